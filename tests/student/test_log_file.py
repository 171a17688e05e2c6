"""The CSV file that `NormLogger` writes."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from grader.student.log_file import COLUMNS, LogFile

HEADER = (
    "epoch,step,loss,accuracy,val_loss,val_accuracy,"
    "variable_norm_before,variable_norm_after,global_norm_before,global_norm_after\n"
)
THREE_ROWS = HEADER + "0,1,2.5,,,,4,1,5,2\n0,2,2.25,,0.5,0.75,4,1,5,2\n1,3,2,,,,4,1,5,2\n"


def a_row(step: int, **cells: float | None) -> dict[str, float | None]:
    """A row of epoch 0 whose norms are all 1.5."""
    return {"epoch": 0, "step": step, **dict.fromkeys(COLUMNS[6:], 1.5), **cells}


def a_log(folder: Path, text: str) -> Path:
    """A file with a text."""
    path = folder / "log.csv"
    path.write_bytes(text.encode())
    return path


def opened(path: Path, step: int) -> int:
    """The epoch that a log is continued after, where it is opened at a step and closed again."""
    log = LogFile(path)
    epoch = log.open(step)
    log.close()
    return epoch


@pytest.fixture
def log(tmp_path: Path) -> Iterator[LogFile]:
    """A log that is open."""
    log = LogFile(tmp_path / "log.csv")
    log.open(0)
    yield log
    log.close()


def test_rows_are_on_disk_at_once(log: LogFile) -> None:
    """A row can be read before the file is closed; what is missing or None is empty."""
    log.write(a_row(1, loss=2.5, accuracy=None))

    assert HEADER + "0,1,2.5,,,,1.5,1.5,1.5,1.5\n" == log.path.read_text()


def test_numbers_come_back_as_they_were(log: LogFile) -> None:
    """Every float32 is the same after writing and reading, NaN and infinity too."""
    values = np.array([1.0000001, 1e-45, 3.4028235e38, 0.1, np.nan, np.inf], np.float32)
    for step, value in enumerate(values, start=1):
        log.write(a_row(step, loss=value))

    np.testing.assert_array_equal(values, pd.read_csv(log.path)["loss"].to_numpy(np.float32))


def test_the_last_row_can_be_amended(log: LogFile) -> None:
    """Values go into the last row, a shorter one leaves nothing of a longer one, and the next row follows."""
    log.write(a_row(1))
    log.amend({"val_loss": 0.123456789, "val_accuracy": 0.875})
    log.amend({"val_loss": 0.5})
    log.write(a_row(2))

    assert HEADER + "0,1,,,0.5,0.875,1.5,1.5,1.5,1.5\n0,2,,,,,1.5,1.5,1.5,1.5\n" == log.path.read_text()


def test_nothing_to_amend(log: LogFile) -> None:
    """Without a row, open or closed, nothing is written."""
    for closed in (False, True):
        if closed:
            log.close()
        log.amend({"val_loss": 0.5})

    assert HEADER == log.path.read_text()


def test_a_closed_log_takes_no_rows(tmp_path: Path) -> None:
    """Writing before `open` is a mistake in the program, and says so."""
    with pytest.raises(ValueError, match=r"^The log must be opened before a row is written\.$"):
        LogFile(tmp_path / "log.csv").write(a_row(1))


@pytest.mark.parametrize(
    ("text", "step", "kept", "epoch"),
    [
        pytest.param(THREE_ROWS, 3, 3, 1, id="goes on"),
        pytest.param(THREE_ROWS, 2, 2, 0, id="goes on where a checkpoint was saved"),
        pytest.param(THREE_ROWS, 0, 0, -1, id="a new optimizer"),
        pytest.param(THREE_ROWS, 4, 0, -1, id="the log ends too early"),
        *((THREE_ROWS + torn, 3, 3, 1) for torn in ("1,4,2,,,,4,1,5,2", "1,4", "1", "x,4,2\n", "\n")),
        pytest.param(THREE_ROWS.rstrip("\n"), 3, 0, -1, id="the row of the step is torn"),
        *((text, 0, 0, -1) for text in ("", "epoch,st", HEADER.rstrip("\n"), HEADER.replace("\n", "\r\n"))),
    ],
)
def test_what_is_kept_of_a_log(tmp_path: Path, text: str, step: int, kept: int, epoch: int) -> None:
    """The rows up to the step, if they reach it, and the epoch of the last is told.

    A last row that was not finished does not count; an empty file, half a header or one with other line ends
    is a log without rows.
    """
    path = a_log(tmp_path, text)

    assert epoch == opened(path, step)
    assert "".join(THREE_ROWS.splitlines(keepends=True)[: kept + 1]) == path.read_text()


def test_settings_of_the_training(tmp_path: Path) -> None:
    """Each that is given is a column with one value; a log goes on only with the same ones."""
    path = tmp_path / "log.csv"
    for settings, step in (({"seed": 7}, 0), ({"seed": 7, "batch_size": None}, 1), ({"batch_size": 32}, 1)):
        log = LogFile(path, **settings)
        log.open(step)
        log.write(a_row(step + 1, loss=2.5))
        log.close()
        rows = path.read_text().splitlines()
        given = {name: value for name, value in settings.items() if value is not None}

        assert [*COLUMNS, *given] == rows[0].split(",")
        assert {tuple(map(str, given.values()))} == {tuple(row.split(",")[10:]) for row in rows[1:]}
        assert (step + 1 if "seed" in given else 1) == len(rows) - 1


@pytest.mark.parametrize(
    "text",
    ["epoch,loss\n0,2.3\n", "\N{BYTE ORDER MARK}" + HEADER, HEADER.rstrip("\n") + ",more\n", "PK\x03\x04"],
)
def test_something_else_is_not_overwritten(tmp_path: Path, text: str) -> None:
    """A file that is no log of ours is refused and stays as it is."""
    path = a_log(tmp_path, text)
    with pytest.raises(ValueError, match=r"which holds something else and would be overwritten\.$"):
        LogFile(path)

    assert text.encode() == path.read_bytes()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing/log.csv", "No such file or directory"),
        ("", "Is a directory"),
        ("log.csv/log.csv", "Not a directory"),
        ("n" * 300, "File name too long"),
    ],
)
def test_a_file_that_cannot_be_written(tmp_path: Path, name: str, reason: str) -> None:
    """The sentence has the reason and the path."""
    (tmp_path / "log.csv").touch()
    with pytest.raises(
        OSError, match=rf"^`path` must be a file that can be written: {reason}\. Received: path="
    ):
        LogFile(tmp_path / name)

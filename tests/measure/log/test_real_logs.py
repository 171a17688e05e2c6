"""Logs as students left them in public repositories; skipped where they are not beside the repository."""

from pathlib import Path

import pytest
from builders_logs import read, refused

LOGS = Path(__file__).parents[4] / "shared" / "real" / "logs"
KERAS = ["accuracy", "epoch", "loss", "val_accuracy", "val_loss"]

pytestmark = pytest.mark.skipif(not LOGS.is_dir(), reason="the real logs are not beside the repository")


def content(name: str) -> bytes:
    """The bytes of the one log whose name has this in it."""
    (path,) = LOGS.glob(f"*{name}*")
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "form", "rows", "columns"),
    [
        ("Cathy-Kuo", "csv", 25, KERAS),
        ("Chol1000", "json", 30, ["accuracy", "loss", "val_accuracy", "val_loss"]),
        ("Deepender25", "csv", 30, sorted([*KERAS, "learning_rate"])),
        ("Faisasa12", "csv", 10, ["epoch", "loss", "val_accuracy", "val_loss"]),
        ("Farru049", "csv", 10, KERAS),
        ("Helgagoit", "json", 30, ["accuracy", "loss", "val_accuracy", "val_loss"]),
        ("LaugeHermansen", "csv", 608, ["epoch", "loss", "step", "val_loss"]),
        ("ManuMollon261297", "csv", 17, KERAS),
        ("DIL700--train", "tensorboard", 20, ["accuracy", "epoch", "learning_rate", "loss"]),
        ("DIL700--validation", "tensorboard", 40, ["epoch", "step", "val_accuracy", "val_loss"]),
        ("SatvikPraveen", "json", 48, ["accuracy", "learning_rate", "loss", "val_accuracy", "val_loss"]),
        ("aksagg88", "csv", 150, [*KERAS[:3], "step", *KERAS[3:]]),
        ("infinity052", "csv", 10, KERAS),
        ("rkn2", "csv", 3, ["accuracy", "epoch", "loss"]),
    ],
)
def test_read(name: str, form: str, rows: int, columns: list[str]) -> None:
    """An honest log is read, with nothing unreadable in it."""
    log = read(content(name))

    assert (form, rows, columns) == (log.form, log.rows, sorted(column.name for column in log.columns))
    assert 0 == sum(column.unreadable_count for column in log.columns)


@pytest.mark.parametrize(("tag", "stage"), [("grad_norm", None), ("grad_norm_clipped", "after")])
def test_downloads_from_tensorboard(tag: str, stage: str | None) -> None:
    """The name of a download says which metric it is."""
    (norm,) = read(content(f"tag-{tag}.csv"), f"run-.-tag-{tag}.csv").norms()

    assert (1000, None, stage) == (len(norm.values), norm.scope, norm.stage)


def test_runs() -> None:
    """Of the log with two runs, the last one is read; of the one with three times `fit`, all of it."""
    assert str(read(content("Farru049")).notes[0]).startswith("The log has 2 runs,")
    assert () == read(content("rkn2")).notes


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Hawkgrad2b", "is text without a table"),
        ("ka-av", "has no column that is known for a loss, an accuracy or a gradient norm"),
        ("onichmath", "has no column that is known for a loss, an accuracy or a gradient norm"),
        ("kulunud", "has an array of shape (5, 8, 2); a log is one series of numbers."),
    ],
)
def test_refused(name: str, sentence: str) -> None:
    """What is no log is refused with the sentence that says why."""
    assert str(refused(content(name)).message).startswith(f"`log.csv` {sentence}")

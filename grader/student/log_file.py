"""The CSV file that `NormLogger` writes: a header, one row a step, and a last row that can be completed."""

import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

NORMS = ("variable_norm_before", "variable_norm_after", "global_norm_before", "global_norm_after")
COLUMNS = ("epoch", "step", "loss", "accuracy", "val_loss", "val_accuracy", *NORMS)


class LogFile:
    """A log on disk; `row` is the last row that was written since `open`, by column.

    Settings of the training that are not None have the same value in every row.

    Raises:
        OSError: The file cannot be written.
        ValueError: The file exists and holds something else.
    """

    def __init__(self, path: Path, **settings: int | None) -> None:
        self.path = path
        self._settings = {name: value for name, value in settings.items() if value is not None}
        self._header = _header(*self._settings)
        self.row: dict[str, Any] = {}
        self._start_of_row = 0
        self._file: BinaryIO | None = None
        with _opened(path) as file:
            first_line = file.readline()
        # A training that was killed at its start may leave half a header, which is still ours.
        if not any(header.startswith(first_line.rstrip()) for header in _HEADERS):
            raise ValueError(
                f"`path` must be a new file or a log of `NormLogger`. Received: path={str(path)!r}, "
                "which holds something else and would be overwritten."
            )

    @property
    def is_open(self) -> bool:
        """Whether rows can be written."""
        return self._file is not None

    def open(self, step: int) -> int:
        """Opens the log to continue after a step, and returns the epoch of the last row that is kept, or -1.

        The rows of later steps are dropped; a log that does not reach this step starts anew.
        """
        self.close()
        self._file = _opened(self.path)
        # After an exception in `fit`, nobody else closes it.
        weakref.finalize(self, self._file.close)
        log = self._file.read()
        is_alike = log.partition(b"\n")[0].rstrip() == self._header.rstrip()
        rows, epoch = _rows_until(step, log) if is_alike else (b"", -1)
        self._file.seek(0)
        self._file.write(self._header + rows)
        self._file.truncate()
        self._file.flush()
        self.row = {}
        return epoch

    def write(self, row: Mapping[str, Any]) -> None:
        """Writes a row; a column that is missing or None is left empty."""
        if self._file is None:
            raise ValueError("The log must be opened before a row is written.")
        self.row = {**row, **self._settings}
        self._start_of_row = self._file.tell()
        self._write_row(self._file)

    def amend(self, values: Mapping[str, Any]) -> None:
        """Writes values into the last row; without a row nothing happens."""
        if self._file is not None and self.row:
            self.row.update(values)
            self._file.seek(self._start_of_row)
            self._write_row(self._file)
            self._file.truncate()

    def close(self) -> None:
        """Closes the file; can be called more than once."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write_row(self, file: BinaryIO) -> None:
        cells = (_cell(self.row.get(column)) for column in (*COLUMNS, *self._settings))
        file.write((",".join(cells) + "\n").encode("ascii"))
        file.flush()


def _header(*settings: str) -> bytes:
    return (",".join((*COLUMNS, *settings)) + "\n").encode("ascii")


_HEADERS = (_header(), _header("seed"), _header("batch_size"), _header("seed", "batch_size"))


def _opened(path: Path) -> BinaryIO:
    try:
        path.touch()
        return path.open("r+b")
    except OSError as error:
        reason = f"{error.strerror}. Received: path={str(path)!r}."
        hint = " Make its folder first." if isinstance(error, FileNotFoundError) else ""
        raise OSError(f"`path` must be a file that can be written: {reason}{hint}") from error


def _rows_until(step: int, log: bytes) -> tuple[bytes, int]:
    """The rows up to a step, and the epoch of the last; none if they do not reach it."""
    rows: list[bytes] = []
    last_epoch, last_step = -1, 0
    for line in log.splitlines(keepends=True)[1:]:
        try:
            row_epoch, row_step = (int(cell) for cell in line.split(b",")[:2])
        except ValueError:
            break
        # A row without its end was being written when the training was killed.
        if row_step > step or not line.endswith(b"\n"):
            break
        rows.append(line)
        last_epoch, last_step = row_epoch, row_step
    return (b"".join(rows), last_epoch) if last_step == step else (b"", -1)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    # Nine digits are enough for every float32 to come back as it was.
    return str(value) if isinstance(value, int) else f"{float(value):.9g}"

"""Where bugs of the program are recorded: for whoever runs it, and never as a traceback on the terminal."""

import contextlib
import logging
import sys
import tempfile
from pathlib import Path
from typing import Self

from grader.messages.safe_text import plain

_LONGEST_LINE = 20_000


class ErrorLog(logging.Handler):
    """Records the errors that the program logs while this is open.

    They go into a file that is made with the first error: a temporary one, unless `record_errors_in` names
    another. What cannot be written to a file goes to stderr, each error on a line.

    Attributes:
        path: The file in which an error was recorded; None if there was no error.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        self.path: Path | None = None
        self.wanted: Path | None = None
        self.has_file = True

    def __enter__(self) -> Self:
        logging.getLogger("grader").addHandler(self)
        _open.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        _open.remove(self)
        logging.getLogger("grader").removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Record an error with its traceback."""
        text = self.format(record)
        if self.has_file:
            with contextlib.suppress(OSError):
                path = self.wanted or self.path or _temporary_file()
                with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                    file.write(text + "\n")
                self.path = path
                return
        # On one line, no part of it can be taken for something else that the program says.
        sys.stderr.write(plain(text.replace("\n", " | "), _LONGEST_LINE) + "\n")


_open: list[ErrorLog] = []


def record_errors_in(path: Path) -> None:
    """Record the errors of the running command in this file."""
    for log in _open:
        log.wanted = path


def record_errors_on_stderr() -> None:
    """Record the errors of the running command on stderr, for a platform that keeps what is printed."""
    for log in _open:
        log.has_file = False


def _temporary_file() -> Path:
    with tempfile.NamedTemporaryFile(prefix="grader-errors-", suffix=".log", delete=False) as file:
        return Path(file.name)

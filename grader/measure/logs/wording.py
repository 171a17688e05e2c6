"""The words in which the readers of logs speak to a student."""

from collections.abc import Iterable

from grader.errors import SubmissionError
from grader.measure.logs.limits import Limits
from grader.safe_text import plain

ADVICE = (
    "Submit a CSV file with one row for each training step; "
    '`grader.student.NormLogger("training_log.csv")` writes it while `model.fit` runs.'
)

_LONGEST_NAME = 60
_MOST_NAMES = 8


def shown(text: str) -> str:
    """A piece of the student's file between backticks, shortened, with nothing in it that acts."""
    return f"`{plain(text, _LONGEST_NAME).replace('`', chr(39))}`"


def listed(names: Iterable[str]) -> str:
    """Several names in a sentence: `a`, `b` and `c`; of many, the first eight and how many follow."""
    every = [shown(name) for name in names]
    if len(every) > _MOST_NAMES:
        every = [*every[:_MOST_NAMES], f"{len(every) - _MOST_NAMES} more"]
    return " and ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)


def counted(count: int, noun: str) -> str:
    """How many of a thing: `1 row`, `2 rows`, `1,719 rows`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def check_size(name: str, rows: int, columns: int, limits: Limits) -> None:
    """Refuse a table that is larger than a log of training can be.

    Raises:
        SubmissionError: it has more rows, columns or cells than `limits` allows.
    """
    cells = rows * columns
    for count, what, most in (
        (rows, "rows", limits.rows),
        (columns, "columns", limits.columns),
        (cells, "cells", limits.cells),
    ):
        if count > most:
            raise SubmissionError(
                f"The log {shown(name)} has {count:,} {what}; at most {most:,} are read.",
                "Submit the log of one run, with one row for each training step and what is asked for in it.",
            )

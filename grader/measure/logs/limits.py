"""The most that is read of one log."""

from dataclasses import dataclass
from typing import Self

from grader import rubric

_DEFAULT = rubric.Limits()


@dataclass(frozen=True)
class Limits:
    """What a log may not exceed; each is far above what a homework needs.

    Attributes:
        bytes: of the file.
        rows: of data; 200,000 steps are more than 100 epochs of 1719 steps.
        columns: with or without a known meaning.
        cells: rows times columns, which is what the memory depends on.
    """

    bytes: int = _DEFAULT.log_file
    rows: int = _DEFAULT.log_rows
    columns: int = 512
    cells: int = 10_000_000

    @classmethod
    def by_rubric(cls, limits: rubric.Limits) -> Self:
        """What a rubric allows; where it says nothing, the defaults."""
        return cls(bytes=limits.log_file, rows=limits.log_rows)


LIMITS = Limits()

"""The most that is read of one log."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a log may not exceed; each is far above what a homework needs.

    Attributes:
        bytes: of the file.
        rows: of data; 200,000 steps are more than 100 epochs of 1719 steps.
        columns: with or without a known meaning.
        cells: rows times columns, which is what the memory depends on.
    """

    bytes: int = 20 * 1024 * 1024
    rows: int = 200_000
    columns: int = 512
    cells: int = 10_000_000


LIMITS = Limits()

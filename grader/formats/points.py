"""What a result is worth as a number: only what has been decided, and always finite."""

import math

from grader.report import ItemResult, Report


def number(value: float) -> float | int | None:
    """The value as it is written to a file: whole numbers without `.0`, six decimals, None if not finite."""
    if not math.isfinite(value):
        return None
    rounded = round(value, 6)
    return int(rounded) if rounded.is_integer() else rounded


def in_words(value: float) -> str:
    """The value as a person reads it: two decimals at most, `unknown` if not finite."""
    if not math.isfinite(value):
        return "unknown"
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def decided(item: ItemResult) -> float | int | None:
    """The points of an item that passed or failed.

    None for `review`, `error` and `skipped`: nobody has said yet what those earn, so a zero would be a claim.
    """
    return number(item.points) if item.status in ("passed", "failed") else None


def so_far(report: Report) -> float | int | None:
    """The points earned so far, or None while somebody must look at the report and no item is decided."""
    waits = report.verdict in ("review", "error")
    if waits and all(decided(item) is None for item in report.items):
        return None
    return number(report.score)

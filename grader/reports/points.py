"""What a result is worth as a number: only what has been decided, and always finite."""

import math

from grader.messages.languages import ENGLISH, Language, translated
from grader.messages.message import Message, say, say_counted
from grader.report import ItemResult, Report


def number(value: float) -> float | int | None:
    """The value as it is written to a file: whole numbers without `.0`, six decimals, None if not finite."""
    if not math.isfinite(value):
        return None
    rounded = round(value, 6)
    return int(rounded) if rounded.is_integer() else rounded


def in_words(value: float) -> Message | str:
    """The value as a person reads it: two decimals at most, `unknown` if not finite."""
    if not math.isfinite(value):
        return say("unknown")
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


def points_of(value: float) -> Message:
    """How many points these are: `1 point`, `2.5 points`."""
    shown = in_words(value)
    # What is not 1 is many, half a point as well.
    return say_counted(1 if value == 1 else 2, "{points} point", "{points} points", points=shown)


def earned_of(item: ItemResult, language: Language = ENGLISH) -> str:
    """The points of an item in words: `2 of 3 points`, or `3 points still open` where nobody has decided."""
    earned, at_most = decided(item), points_of(item.max_points)
    if earned is None:
        return translated(say("{points} still open", points=at_most), language)
    return translated(say("{earned} of {points}", earned=in_words(earned), points=at_most), language)


def share(report: Report) -> float | None:
    """What has been earned so far as a share of all points, in [0, 1]; None where `so_far` is.

    A rubric without points asks only whether it is passed.
    """
    earned, most = so_far(report), number(report.max_score)
    if earned is None or most is None:
        return None
    if most <= 0:
        return 1.0 if report.verdict == "passed" else 0.0
    return round(min(max(earned / most, 0.0), 1.0), 6)

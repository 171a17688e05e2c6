"""What late work costs, as a line of the report that anybody can check."""

from datetime import datetime, timedelta
from math import ceil

from grader.messages.message import EMPTY, Message, say, say_counted
from grader.messages.wording import moment
from grader.report import LATE, ItemResult, cut
from grader.rubric import Rubric
from grader.submissions.handed_in import HandedIn

_DAY = timedelta(days=1)
# Clocks may have been put back since the due date, so another day counts from an hour after its beginning.
_CLOCK_CHANGE = timedelta(hours=1)


def days_late(at: datetime, due: datetime, grace: timedelta) -> int:
    """The days after the due date, a begun one counted; the grace is added to each."""
    over = at - due - grace
    return max(1, ceil((over - _CLOCK_CHANGE) / _DAY)) if over > timedelta(0) else 0


def penalty(rubric: Rubric, handed_in: HandedIn) -> tuple[tuple[ItemResult, ...], tuple[Message, ...]]:
    """The line that takes points off for late work, if any, or a note where a time is not known."""
    rule, at, due = rubric.late, handed_in.at, handed_in.due or rubric.due
    if rule is None:
        return (), ()
    if at is None or due is None:
        return (), (_unknown(handed_in),)
    days = days_late(at, due, timedelta(minutes=rule.grace_minutes))
    if not days:
        return (), ()
    off = cut(rubric.points * min(1.0, rule.per_day * min(days, rule.at_most_days or days)))
    message = say_counted(
        days,
        "Due {due}, handed in {at}: {count} day late. The rubric takes off {percent} % a day{most}.",
        "Due {due}, handed in {at}: {count} days late. The rubric takes off {percent} % a day{most}.",
        due=moment(due),
        at=moment(at),
        percent=f"{round(rule.per_day * 100, 2):g}",
        most=say(" ({days} at most)", days=rule.at_most_days) if rule.at_most_days else EMPTY,
    )
    line = ItemResult(
        id=LATE,
        title=say("Late work"),
        kind=LATE,
        status="failed",
        points=-off,
        max_points=0.0,
        message=message,
        is_extra=True,
    )
    return (line,), ()


def _unknown(handed_in: HandedIn) -> Message:
    if handed_in.is_marked_late:
        return say("It is marked as late, but not by how much, so no points are taken off for that.")
    if handed_in.at is None:
        return say("It is not known when this was handed in, so no points are taken off for late work.")
    return say("No due date is known, so no points are taken off for late work.")

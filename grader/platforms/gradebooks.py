"""Fills grades into a file that a teacher exported from a learning platform, and never invents one.

It says what would change before anything is written. A module `gradebook` in a platform's folder knows the
form of the platform's file.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from grader.errors import UsageError
from grader.messages.safe_text import plain
from grader.messages.wording import counted, quoted
from grader.platforms.gradebook_rows import Row, match
from grader.report import Report, so_far
from grader.reports.sentences import in_words
from grader.submissions.table import Table

# Platforms compare and show grades at two decimals.
DECIMALS = 2


@dataclass(frozen=True)
class Choice:
    """What a teacher decides.

    Attributes:
        scale_to: The points that the reports' maximum becomes; None to take points as they are.
        trust_declared: Whether what students declare about themselves counts.
    """

    scale_to: float | None = None
    trust_declared: bool = False


@dataclass(frozen=True)
class Grades:
    """The column of a gradebook that is filled.

    Attributes:
        title: The title of the column.
        column: The number of the column, from 0.
        rows: The rows of the students.
        possible: The points of the column, where the file says so.
        ids: Gives the ids under which a report may stand in this gradebook.
    """

    title: str
    column: int
    rows: tuple[Row, ...]
    possible: float | None
    ids: Callable[[Report], Iterable[str]]


@dataclass(frozen=True)
class Filled:
    """A gradebook with grades filled in.

    Attributes:
        text: The text of the whole new file.
        grades: Each grade that changes, by its row of the table.
        changes: A line for each of these.
        lower: How many of these become lower.
        same: How many grades stay the same.
        left_alone: A line for each report whose student's grade is not touched, with the reason.
        unmatched: The ids of the reports that no row belongs to.
        hint: What would match more of them. Empty if nothing would.
    """

    text: str
    grades: dict[int, str]
    changes: tuple[str, ...]
    lower: int
    same: int
    left_alone: tuple[str, ...]
    unmatched: tuple[str, ...]
    hint: str = ""

    def lines(self) -> tuple[str, ...]:
        """All that a teacher should know before the file is written, the numbers first."""
        changed, same, left = len(self.changes), self.same, len(self.left_alone)
        verb = "changes" if changed == 1 else "change"
        unmatched = counted(len(self.unmatched), "student")
        numbers = [f"{counted(changed, 'grade')} {verb}, {unmatched} unmatched."]
        if self.lower:
            numbers.append(
                f"{counted(self.lower, 'grade')} {'becomes' if self.lower == 1 else 'become'} lower."
            )
        if same:
            numbers.append(f"{counted(same, 'grade')} {'stays' if same == 1 else 'stay'} the same.")
        if left:
            numbers.append(f"{counted(left, 'grade')} {'is' if left == 1 else 'are'} left alone.")
        return (
            " ".join(numbers),
            *(f"Change: {change}" for change in self.changes),
            *(f"Left alone: {reason}" for reason in self.left_alone),
            *(f"Unmatched: {quoted(identity)}." for identity in self.unmatched),
            *((self.hint,) if self.hint else ()),
        )


def fill(table: Table, grades: Grades, reports: Sequence[Report], choice: Choice) -> Filled:
    """Fill a class' points into a column; who has no report, or one that waits, keeps the grade.

    Raises:
        UsageError: The column's points are others than the reports'.
    """
    _demand_points(reports, grades, choice)
    found = match(reports, grades.rows, grades.ids, trust_declared=choice.trust_declared)
    new: dict[int, str] = {}
    changes, left, same, lower = [], [], 0, 0
    for position, report in enumerate(reports):
        if position in found.unmatched:
            continue
        row = found.rows.get(position)
        reason = found.doubtful.get(position) or waits(report)
        if row is None or reason or (reason := row.fixed):
            left.append(f"{quoted(report.id)}: {reason}.")
            continue
        before, after = table.rows[row.number][grades.column].strip(), _grade(report, choice)
        if _same(before, after):
            same += 1
            continue
        lower += (parsed(before) or 0.0) > (parsed(after) or 0.0)
        new[row.number] = after
        was = quoted(before) if before else "(empty)"
        changes.append(f"{quoted(row.shown)}: {was} → {after}.")
    hint = ""
    if found.declared and not choice.trust_declared:
        hint = (
            f"What `submission.yaml` declares would match {len(found.declared)} of the unmatched; "
            "`--trust-declared` takes it for true."
        )
    unmatched = tuple(reports[position].id for position in found.unmatched)
    text = table.changed({(row, grades.column): grade for row, grade in new.items()})
    return Filled(text, new, tuple(changes), lower, same, tuple(left), unmatched, hint)


def waits(report: Report) -> str:
    """Why a report has no grade yet; "" if it has one."""
    if report.verdict == "review":
        return "it waits for a teacher"
    if report.verdict == "error":
        return "it was not fully graded"
    return "" if so_far(report) is not None and report.max_score > 0 else "its points are not a number"


def _demand_points(reports: Sequence[Report], grades: Grades, choice: Choice) -> None:
    if grades.possible is None:
        return
    most = {choice.scale_to or report.max_score for report in reports if not waits(report)}
    if other := next((one for one in sorted(most) if abs(one - grades.possible) > 1e-6), None):
        raise UsageError(
            f"The column {quoted(grades.title)} has {in_words(grades.possible)} points; "
            f"{'they would be scaled to' if choice.scale_to else 'the reports have'} {in_words(other)}.",
            f"Scale them with `--scale-to {in_words(grades.possible)}`.",
        )


def _grade(report: Report, choice: Choice) -> str:
    """A report's points as every platform reads them: a decimal point, and no mark for thousands."""
    score = report.score if choice.scale_to is None else report.score / report.max_score * choice.scale_to
    return str(in_words(score))


def _same(before: str, after: str) -> bool:
    old, new = parsed(before), parsed(after)
    return old is not None and new is not None and round(old, DECIMALS) == round(new, DECIMALS)


def parsed(text: str) -> float | None:
    """A number with a decimal point or comma; None if it is none."""
    try:
        value = float(plain(text).strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def only_column(header: Sequence[str], wanted: str, found: Sequence[int]) -> int:
    """The one column that was found by a name.

    Raises:
        UsageError: There is none, or more than one.
    """
    if len(found) == 1:
        return found[0]
    there = ", ".join(quoted(title) for title in header if title.strip()) or "none"
    if found:
        raise UsageError(
            f"{len(found)} columns are called {quoted(wanted)}.",
            f"Name one of them in full. The columns are: {there}.",
        )
    raise UsageError(f"There is no column {quoted(wanted)}, and none is made.", f"The columns are: {there}.")

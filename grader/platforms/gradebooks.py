"""Fills grades into a copy of a file that a teacher exported from a learning platform, and invents none.

A module `gradebook` in a platform's folder has `EXPORTS`, functions that return an `Export`. Each is a
command of `grader export` with its name; its parameters are `graded` and, by keyword, its own options, of
which `source` is the teacher's file. A module `api` has such functions that return a `Push`, which goes over
the network.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from grader.errors import UsageError
from grader.messages.safe_text import plain
from grader.messages.wording import counted, quoted
from grader.platforms.missing import Missing, of_missing
from grader.platforms.rows import Row, match
from grader.report import Report, so_far
from grader.reports.sentences import in_words, who
from grader.submissions.roster import Student
from grader.submissions.table import Table

# Platforms compare and show grades at two decimals.
DECIMALS = 2
# As Canvas writes 1200, or as a spreadsheet in another country does; `1,200` alone is taken for a decimal.
_GROUPED = re.compile(r"(-?\d{1,3}(?P<mark>[,.])\d{3}(?:(?P=mark)\d{3})*)(?!(?P=mark))[,.](\d+)")

Gradebook = Annotated[
    Path, typer.Option("--gradebook", metavar="FILE", help="The CSV file you exported. It is not changed.")
]
ScaleTo = Annotated[
    float | None,
    typer.Option(min=0.01, metavar="POINTS", help="Scale the points so that this is the maximum."),
]


@dataclass(frozen=True)
class GradedClass:
    """The reports of a class, and those of its roster who handed in nothing, None where it had no roster.

    With `trust_declared`, what a student declares may say whose a report is.
    """

    reports: Sequence[Report]
    absent: Sequence[Student] | None = None
    trust_declared: bool = False


class Export(NamedTuple):
    """The content of the file for the platform, the lines that a teacher should read first, and what is new.

    That is the grade, or whatever else is given back, by the id of each submission.
    """

    content: str | bytes
    lines: tuple[str, ...]
    given: Mapping[str, str]


class Sending(NamedTuple):
    """What one student gets over the network: the submission's id, "" where there is none, and the grade.

    `send` sends it, or raises `UsageError`.
    """

    submission: str
    what: str
    send: Callable[[], None]


class Push(NamedTuple):
    """The lines that a teacher should read first, and what is sent then, in this order."""

    lines: tuple[str, ...]
    sendings: tuple[Sending, ...]


@dataclass(frozen=True)
class Grades:
    """The column to fill, from 0; the rows; the points that the file calls `possible`; and a report's ids.

    With `only_possible`, the platform takes no grade above the maximum, so that is what a bonus is cut to.
    With `empty_is_nothing`, an empty cell is not known to take a grade away when the file is imported.
    """

    column: int
    rows: tuple[Row, ...]
    possible: float | None
    ids: Callable[[Report], Iterable[str]]
    only_possible: bool = False
    empty_is_nothing: bool = False


def fill(
    table: Table,
    grades: Grades,
    graded: GradedClass,
    *,
    scale_to: float | None = None,
    missing: Missing = "keep",
) -> tuple[Export, dict[int, str]]:
    """Fill a class' points into a column; whoever has no report, or one that waits, keeps the grade.

    What those get who handed in nothing is what `missing` says. With `scale_to`, the reports' maximum becomes
    that many points; where the column has another one, this raises `UsageError`, and also where `missing`
    cannot be done. Beside the file it returns the new grades, by their rows of the table.
    """
    reports = graded.reports
    _demand_points(reports, grades, table.header[grades.column], scale_to)
    cells = {row.number: table.rows[row.number][grades.column].strip() for row in grades.rows}
    new: dict[int, str] = {}
    given: dict[str, str] = {}
    changes, left, unmatched, same, lower, over, declared = [], [], [], 0, 0, 0, 0
    matches = match(reports, grades.rows, grades.ids, trust_declared=graded.trust_declared)
    for report, (row, doubt, would_match, _) in zip(reports, matches, strict=True):
        reason = doubt or waits(report) or (row.fixed if row else "")
        if row is None and not doubt:
            unmatched.append(f"Unmatched: {who(report)}.")
            declared += would_match
        elif row is None or reason:
            left.append(f"Left alone: {who(report)}: {reason}.")
        else:
            before, earned = cells[row.number], scaled(report, scale_to)
            most = grades.possible or scale_to or report.max_score
            # As every platform reads it: a decimal point, and no mark for thousands.
            after = str(in_words(min(earned, most) if grades.only_possible else earned))
            old, grade = parsed(before), parsed(after) or 0.0
            if old is not None and round(old, DECIMALS) == round(grade, DECIMALS):
                same += 1
                continue
            lower += (old or 0.0) > grade
            over += round(earned, DECIMALS) > most
            new[row.number] = given[report.id] = after
            changes.append(f"{_change(row, before, after)}.")
    if missing == "empty" and grades.empty_is_nothing:
        raise UsageError(
            "An empty cell is not known to take a grade away when this file is imported.",
            "Take such grades away in the platform itself, and leave out `--missing empty`.",
        )
    absent, alone = of_missing(missing, grades.rows, cells, reports, matches, graded.absent)
    new |= {row.number: after for row, after in absent}
    changes += [f"{_change(row, cells[row.number], after)}, nothing handed in." for row, after in absent]
    left += alone
    counts = {"unchanged": same, "left alone": len(left), "unmatched": len(unmatched)}
    numbers = [f"{counted(len(new), 'grade')} to change"]
    numbers += [f"{len(absent)} of them with nothing handed in"] if absent else []
    numbers += [f"{count} {word}" for word, count in counts.items() if count]
    first = f"{', '.join(numbers)}.{f' Lower than before: {lower}.' if lower else ''}"
    cut = "Cut to the maximum, above which no grade is taken"
    above = cut if grades.only_possible else "Above the maximum"
    first += f" {above}, with a bonus: {over}." if over else ""
    hint = [f"`--trust-declared` would match {declared} more by what `submission.yaml` says."]
    text = table.changed({(row, grades.column): grade for row, grade in new.items()})
    return Export(text, (first, *changes, *left, *unmatched, *(hint if declared else [])), given), new


def _change(row: Row, before: str, after: str) -> str:
    was, is_now = quoted(before) if before else "(empty)", after or "(empty)"
    return f"Change: {quoted(row.shown)}: {was} → {is_now}"


def waits(report: Report) -> str:
    """Why a report has no grade yet; "" if it has one."""
    if report.verdict == "review":
        return "it needs review"
    if report.verdict == "error":
        return "it was not fully graded"
    return "" if so_far(report) is not None and report.max_score > 0 else "its points are not a number"


def parsed(text: str) -> float | None:
    """A number with a decimal point or comma, and perhaps a mark for thousands; None if it is none."""
    written = plain(text).strip()
    if grouped := _GROUPED.fullmatch(written):
        written = f"{grouped[1].replace(grouped['mark'], '')}.{grouped[3]}"
    try:
        value = float(written.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def only_column(header: Sequence[str], wanted: str, found: Sequence[int]) -> int:
    """The one column that was found by a name; raises `UsageError` where there is none or more than one."""
    if len(found) == 1:
        return found[0]
    there = ", ".join(quoted(title) for title in header if title.strip()) or "none"
    if found:
        raise UsageError(
            f"{len(found)} columns are called {quoted(wanted)}.",
            f"Use the full title of one of them. The columns are: {there}.",
        )
    raise UsageError(f"There is no column {quoted(wanted)}.", f"The columns are: {there}.")


def _demand_points(reports: Sequence[Report], grades: Grades, title: str, scale_to: float | None) -> None:
    if grades.possible is None:
        return
    most = {scale_to or report.max_score for report in reports if not waits(report)}
    if other := next((one for one in sorted(most) if abs(one - grades.possible) > 1e-6), None):
        have = "`--scale-to` asks for" if scale_to else "the reports have"
        raise UsageError(
            f"The column {quoted(title.strip())} has {in_words(grades.possible)} points; "
            f"{have} {in_words(other)}.",
            f"Use `--scale-to {in_words(grades.possible)}`.",
        )


def scaled(report: Report, scale_to: float | None) -> float:
    """A report's points where its maximum becomes `scale_to`."""
    return report.score if scale_to is None else report.score / report.max_score * scale_to

"""Who has a row in a gradebook and handed in nothing: nobody of whom that is not sure.

Every submission must have its row, because one that has none could be anybody's. Whoever a submission may
belong to has handed in, also where it is not clear whose it is, and where it waits for a person. Of a
class that was graded with a roster, only those count whom the roster has: a gradebook often has other
sections, too.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal

import typer

from grader.errors import UsageError
from grader.messages.wording import listed, quoted
from grader.platforms.rows import Match, Row, row_of
from grader.report import Report
from grader.reports.sentences import who
from grader.submissions.people import finder, may_be_one
from grader.submissions.roster import Student

Missing = Annotated[
    Literal["keep", "zero", "empty"],
    typer.Option(
        help="What those get who handed in nothing: keep what is there; zero where there is no grade; or an "
        "empty cell, also in place of a grade."
    ),
]
# As Canvas and as Moodle show that there is none.
_NO_GRADE = {"", "-"}
_MOST_NAMED = 20


def of_missing(  # noqa: PLR0913, PLR0917  (whom the rows, the reports and the roster know)
    missing: Missing,
    rows: Sequence[Row],
    cells: Mapping[int, str],
    reports: Sequence[Report],
    matches: Sequence[Match],
    absent: Sequence[Student] | None,
) -> tuple[list[tuple[Row, str]], list[str]]:
    """The new cells of those who handed in nothing, and a line about each whose cell stays as it is.

    `cells` are the grades that are there, by the row's number; `absent` are those of the roster who handed in
    nothing, None where there was no roster. Where a submission could be of somebody else than it seems,
    nobody is missing for sure, and this raises `UsageError`.
    """
    if missing == "keep":
        return [], []
    _demand_certainty(reports, matches)
    handed_in = {place for match in matches for place in match.places}
    rest = [row for row in rows if row.number not in handed_in]
    sure = _on_the_roster(rest, absent)
    new, left = [], []
    for row in rest:
        before = cells[row.number]
        has_grade = before not in _NO_GRADE
        if reason := row.fixed or (
            "" if row.number in sure else "the roster does not name this student as missing"
        ):
            left.append((row, reason))
        elif row.handed_in:
            left.append((row, "the platform has a submission that is not here"))
        elif missing == "zero" and has_grade and not before.strip("0.,"):
            continue
        elif missing == "zero" and has_grade:
            left.append((row, f"nothing handed in, and the grade {quoted(before)}"))
        elif missing == "zero" or has_grade:
            new.append((row, "0" if missing == "zero" else ""))
    return new, [f"Left alone: {quoted(row.shown)}: {reason}." for row, reason in left]


def _demand_certainty(reports: Sequence[Report], matches: Sequence[Match]) -> None:
    pairs = list(zip(reports, matches, strict=True))
    if unmatched := [report for report, match in pairs if not match.places]:
        raise UsageError(
            f"Nobody is missing for sure: no row was found for {_some(map(who, unmatched))}.",
            "Rename what they handed in to an id, login or name that the gradebook has, and grade again; "
            "`grader forget` removes those who left the course.",
        )
    groups = [report for report, match in pairs if match.row and not _is_one_person(report, match.row)]
    if groups:
        raise UsageError(
            "Nobody is missing for sure: another name than in the gradebook, perhaps that of a group, "
            f"is on what was handed in by {_some(map(who, groups))}.",
            "Leave out `--missing`, and enter the grades of those who handed in nothing yourself.",
        )


def _on_the_roster(rows: Sequence[Row], absent: Sequence[Student] | None) -> set[int]:
    """The numbers of the rows of those who are missing by the roster; all, where there is none."""
    if absent is None:
        return {row.number for row in rows}
    find = finder([_row(student).keys for student in absent])
    found = {row.number: find(row.keys)[0] for row in rows}
    claims = Counter(student for students in found.values() for student in students)
    return {number for number, students in found.items() if len(students) == 1 and claims[students[0]] == 1}


def _is_one_person(report: Report, row: Row) -> bool:
    """Whether the name that a platform gave, if it gave one, may be that of the row; a group has another."""
    is_given = report.id_from == "platform" and not report.name_is_declared and report.name != report.id
    return not is_given or may_be_one(report.name, row.shown)


def _row(student: Student) -> Row:
    logins = (student.login, student.email)
    return row_of(0, "", ids=(student.id, *student.ids), logins=logins, name=student.name)


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = len(every) - _MOST_NAMED
    return str(listed([*every[:_MOST_NAMED], *([f"{more} more"] if more > 0 else [])]))

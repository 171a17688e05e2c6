"""Canvas: one column of the teacher's own export of the gradebook.

The columns that come first, and the rows that are no students, are those that Canvas' importer accepts.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from grader.errors import UsageError
from grader.messages.wording import quoted
from grader.platforms.gradebooks import (
    Export,
    Gradebook,
    GradedClass,
    Grades,
    ScaleTo,
    fill,
    only_column,
    parsed,
)
from grader.platforms.missing import Missing
from grader.platforms.rows import row_of
from grader.report import Report
from grader.submissions.table import Table, read_table

# Canvas names what is in a bulk download `name_LATE_user_attachment_file`.
_ID_IN_NAME = re.compile(r"(?=_([0-9]+)_[0-9]+(?:_|$))")
# In this order, each of them or not, between `ID` and `Section`.
_SIS = ("SIS User ID", "SIS Login ID", "Integration ID", "Root Account")
# The importer passes over each column whose title has one of these anywhere in it.
_COMPUTED = re.compile(r"\b(Current|Final|Override) (Score|Points|Grade|Status)")
_TITLE = re.compile(r"(?P<title>.*\S)\s*\((?P<id>\d+)\)")
# What Canvas writes instead of a grade.
FIXED = {"EX": "the student is excused", "N/A": "the assignment is not for this student"}
_NO_STUDENT = {"", "Muted", "Manual Posting"}


def canvas(
    graded: GradedClass,
    *,
    source: Gradebook,
    column: Annotated[
        str,
        typer.Option(metavar="TITLE|NUMBER", help="The assignment's title, or its number in Canvas."),
    ],
    scale_to: ScaleTo = None,
    missing: Missing = "keep",
) -> Export:
    """Fill one column of a gradebook from Canvas."""
    table = read_table(source, "gradebook")
    given = grades(table, column)
    return fill(table, given, graded, scale_to=scale_to, missing=missing)[0]


EXPORTS = (canvas,)


def grades(table: Table, column: str) -> Grades:
    """The column with this title, with its number in parentheses or without it, or with this number.

    Where this is no export of Canvas, or no such column is there to be written, it raises `UsageError`.
    """
    section = _section(table.header)
    place = _place(table.header, column, section)
    title, names = table.header[place].strip(), list(map(str.strip, table.header[:section]))
    possible, rows = None, []
    for number, row in enumerate(table.rows[1:], start=1):
        if possible is None and "Points Possible" in row[0]:
            possible = row[place]
        elif not set(map(str.strip, row)) <= _NO_STUDENT:
            named = dict(zip(names, row, strict=False))
            student = row_of(
                number,
                row[0].strip(),
                ids=[row[1], named.get("SIS User ID", ""), named.get("Integration ID", "")],
                logins=[named.get("SIS Login ID", "")],
                name=row[0],
                fixed=FIXED.get(row[place].strip().upper(), ""),
            )
            rows.append(student)
    if (marked := _COMPUTED.search(title)) and _TITLE.fullmatch(title):
        raise UsageError(
            f"Canvas' import passes over the column {quoted(title)}, because it takes a title with "
            f"{quoted(marked[0])} for a column that Canvas computes.",
            "Give the assignment another title in Canvas, and export the gradebook again.",
        )
    if marked or "(read only)" in (possible or ""):
        raise UsageError(
            f"Canvas computes the column {quoted(title)} itself.", "Name an assignment's column."
        )
    return Grades(place, tuple(rows), parsed(possible or ""), ids)


def ids(report: Report) -> Iterable[str]:
    """The submission's id, and each number in it that may be the student's in the name of Canvas' file."""
    return (report.id, *_ID_IN_NAME.findall(report.id))


def _section(header: Sequence[str]) -> int:
    """The position of the column `Section`; raises `UsageError` where the header is not from Canvas."""
    names = [title.strip() for title in header]
    if len(names) > 3 and "Student" in names[0] and names[1] == "ID":
        expected = iter(_SIS)
        for position, name in enumerate(names[2:], start=2):
            if position > 2 and "Section" in name:
                return position
            if name not in expected:
                break
    raise UsageError(
        "A gradebook from Canvas begins with the columns `Student`, `ID`, `SIS Login ID` and `Section`. "
        f"Received: {', '.join(map(quoted, header[:4]))}.",
        "Export it in Canvas under Grades, and name the unchanged file.",
    )


def _place(header: Sequence[str], wanted: str, section: int) -> int:
    titles = {position: title.strip() for position, title in enumerate(header) if position > section}
    exact = [position for position, title in titles.items() if title == wanted.strip()]
    parts = {position: _TITLE.fullmatch(title) for position, title in titles.items()}
    found = [position for position, match in parts.items() if match and wanted.strip() in match.groups()]
    return only_column(header[section + 1 :], wanted, exact or found)

"""Brightspace: the points of one grade item, in the teacher's own export of the grades.

Sources: D2L's page `Importing grades` names the columns; it says that a title that is not there becomes a new
grade item, and that a grade above the maximum is cut to it, unless the item `Can Exceed` it. The exports in
public repositories have a `#` before each id, and one as the last cell of each row.
"""

import re
from collections.abc import Sequence
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
from grader.submissions.roster import role_of
from grader.submissions.table import Table, read_table

_KEYS = ("OrgDefinedId", "Username")
_END = "End-of-Line Indicator"
# `Homework 11 Points Grade <Numeric MaxPoints:10 Weight:5 Category:Homework CategoryWeight:20>`
_TITLE = re.compile(
    r"(?P<title>.*\S) Points Grade(?: <(?P<kind>[^ >]+)(?: MaxPoints:(?P<most>[0-9.,]+))?.*>)?"
)


def brightspace(
    graded: GradedClass,
    *,
    source: Gradebook,
    column: Annotated[str, typer.Option(metavar="TITLE", help="The grade item's name.")],
    scale_to: ScaleTo = None,
    missing: Missing = "keep",
) -> Export:
    """Fill one grade item of an export from Brightspace."""
    table = read_table(source, "gradebook")
    return fill(table, grades(table, column), graded, scale_to=scale_to, missing=missing)[0]


EXPORTS = (brightspace,)


def grades(table: Table, column: str) -> Grades:
    """The column with the points of a grade item, by the item's name or the column's whole title.

    Where this is no export of Brightspace, or has no such column, it raises `UsageError`.
    """
    header = [title.strip() for title in table.header]
    keys = [header.index(key) for key in _KEYS if key in header]
    if not keys or header[-1] != _END:
        raise UsageError(
            f"Grades from Brightspace have a column `OrgDefinedId` or `Username`, and end with `{_END}`. "
            f"Received: {', '.join(map(quoted, [*header[:3], header[-1]]))}.",
            "Export them in Brightspace under Grades, with both key fields and points, and name the "
            "unchanged file.",
        )
    place, possible = _place(header, column)
    roles = {role_of(title): position for position, title in enumerate(header)}
    rows = []
    for number, row in enumerate(table.rows[1:], start=1):
        own = [row[key].strip().removeprefix("#") for key in keys]
        names = [row[roles[role]].strip() for role in ("given name", "family name") if role in roles]
        student = row_of(
            number,
            " ".join(filter(None, names)) or next(filter(None, own), ""),
            ids=own,
            logins=[*own, row[roles["email"]] if "email" in roles else ""],
            name=" ".join(names),
            fixed="" if any(own) else "the row has no id",
        )
        rows.append(student)
    return Grades(place, tuple(rows), possible, lambda report: [report.id], empty_is_nothing=True)


def _place(header: Sequence[str], wanted: str) -> tuple[int, float | None]:
    """The column of an item, and the points that it calls possible."""
    points = {place: match for place, title in enumerate(header) if (match := _TITLE.fullmatch(title))}
    exact = [place for place in points if header[place] == wanted.strip()]
    found = [place for place, match in points.items() if match["title"] == wanted.strip()]
    place = only_column([header[place] for place in points], wanted, exact or found)
    kind = points[place]["kind"] or "Numeric"
    if kind != "Numeric":
        raise UsageError(
            f"The column {quoted(header[place])} is {quoted(kind)}, and has no points that can be imported.",
            "Name a numeric grade item.",
        )
    return place, parsed(points[place]["most"] or "")

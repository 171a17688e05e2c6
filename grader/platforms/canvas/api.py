"""Canvas over its API: scores and comments that differ from what is there, sent one student at a time."""

import os
from collections.abc import Mapping
from functools import partial
from typing import Annotated

import typer

from grader.messages.wording import counted, quoted
from grader.platforms.canvas.gradebook import FIXED, ids
from grader.platforms.canvas.service import TOKEN, Student, read_work, send
from grader.platforms.gradebooks import GradedClass, Grades, Push, ScaleTo, Sending, fill, waits
from grader.platforms.missing import Missing
from grader.platforms.rows import match, row_of
from grader.report import Report
from grader.reports import plain_text
from grader.submissions.table import Table


def canvas_api(  # noqa: PLR0913  (each is an option of the command)
    graded: GradedClass,
    *,
    url: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Such as https://canvas.example.edu. CANVAS_TOKEN in the environment has the token.",
        ),
    ],
    course: Annotated[int, typer.Option(metavar="NUMBER", help="The course, by its number in Canvas.")],
    assignment: Annotated[int, typer.Option(metavar="NUMBER", help="The assignment, by its number.")],
    comments: Annotated[
        bool, typer.Option("--comments/--no-comments", help="Whether to send each report as a comment.")
    ] = True,
    scale_to: ScaleTo = None,
    missing: Missing = "keep",
) -> Push:
    """Send scores and comments to Canvas over its API."""
    work = read_work(url, os.environ.get(TOKEN, ""), course, assignment)
    header = ("Student", work.title)
    cells = [(student.name, student.grade) for student in work.students]
    rows = tuple(
        row_of(
            number,
            student.name,
            ids=student.ids,
            logins=student.logins,
            name=student.name,
            fixed=FIXED.get(student.grade, ""),
            handed_in=student.handed_in,
        )
        for number, student in enumerate(work.students, start=1)
    )
    table = Table((header, *cells), tuple(range(1, len(cells) + 2)))
    grades = Grades(1, rows, work.possible, ids)
    filled, new = fill(table, grades, graded, scale_to=scale_to, missing=missing)
    matches = match(graded.reports, rows, ids, trust_declared=graded.trust_declared)
    reports = {
        one.row.number: report
        for report, one in zip(graded.reports, matches, strict=True)
        if one.row and not one.row.fixed and not waits(report)
    }
    texts = _new_comments(reports, work.students) if comments else {}
    first, *others = filled.lines
    said = [f"Comment: {quoted(work.students[number - 1].name)}: the report." for number in sorted(texts)]
    sendings = tuple(
        Sending(
            submission=reports[number].id if number in reports else "",
            what=new.get(number, "comment"),
            send=partial(send, work.students[number - 1], new.get(number), texts.get(number)),
        )
        for number in sorted({*new, *texts})
    )
    return Push((f"{first} {counted(len(texts), 'comment')} to send.", *said, *others), sendings)


EXPORTS = (canvas_api,)


def _new_comments(reports: Mapping[int, Report], students: tuple[Student, ...]) -> dict[int, str]:
    """What each student is to read and does not have as a comment, by the row's number."""
    texts = {number: plain_text.page(report).strip() for number, report in reports.items()}
    return {
        number: text
        for number, text in texts.items()
        if text not in (comment.strip() for comment in students[number - 1].comments)
    }

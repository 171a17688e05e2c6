"""Moodle: grades for the gradebook's import, an assignment's offline worksheet, and a zip of feedback files.

The titles of Moodle's columns depend on the site's language, so a column is known by its place, by what is in
it, or by the title that a teacher gives.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from grader.errors import UsageError
from grader.files import zipped
from grader.messages.safe_text import file_name
from grader.messages.wording import counted, quoted
from grader.platforms.gradebooks import (
    Export,
    Gradebook,
    GradedClass,
    Grades,
    ScaleTo,
    fill,
    only_column,
    parsed,
    scaled,
    waits,
)
from grader.platforms.missing import Missing
from grader.platforms.rows import Row, match, row_of, with_name
from grader.report import Report, cut
from grader.reports import load
from grader.reports.sentences import in_words, who
from grader.submissions.roster import role_of
from grader.submissions.table import Table, read_table

Worksheet = Annotated[
    Path,
    typer.Option("--worksheet", metavar="FILE", help="The worksheet you downloaded. It is not changed."),
]
Column = Annotated[str, typer.Option(metavar="TITLE", help="The title of the column with the grades.")]
# Moodle reads no other delimiter in a worksheet.
_DELIMITER = ","
# One grade above it and Moodle imports none, unless its administrator has raised it.
LARGEST_GRADE = 100.0
# Moodle names what is in a bulk download `Ada L_123_assignsubmission_file`.
# The number of the participant alone is no id: it could be that of another student.
_IN_A_NAME = re.compile(r"(?=(_[0-9]+_assign)(?:submission|feedback)_)")
_IN_A_CELL = re.compile(r"\D*?(?P<id>\d+)")


def moodle(  # noqa: PLR0913  (each is an option of the command)
    graded: GradedClass,
    *,
    source: Gradebook,
    column: Column,
    identify_by: Annotated[
        str | None,
        typer.Option(
            metavar="TITLE",
            help="The title of the column that identifies students. [default: the e-mail address]",
        ),
    ] = None,
    scale_to: ScaleTo = None,
    missing: Missing = "keep",
) -> Export:
    """Write a file of changed grades to import into Moodle."""
    # Moodle imports all rows of a file or none, so it gets only students that the teacher's export has.
    table = read_table(source, "gradebook")
    place, key = _titled(table.header, column), _key(table, identify_by)
    grades = Grades(place, _students(table, key), possible=None, ids=_ids)
    known = [one for one in graded.reports if not waits(one)]
    possible = max((scale_to or one.max_score for one in known), default=0.0)
    most = max((possible, *(scaled(one, scale_to) for one in known)))
    if most > LARGEST_GRADE:
        raise UsageError(
            f"Moodle imports no grade above {LARGEST_GRADE:g}; the reports go up to {in_words(most)}.",
            f"Use `--scale-to {in_words(cut(LARGEST_GRADE * possible / most))}`.",
        )
    filled, changed = fill(table, grades, graded, scale_to=scale_to, missing=missing)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([table.header[key].strip(), table.header[place].strip()])
    writer.writerows([table.rows[row][key].strip(), grade] for row, grade in sorted(changed.items()))
    return Export(text.getvalue(), filled.lines, filled.given)


def moodle_worksheet(
    graded: GradedClass,
    *,
    source: Worksheet,
    column: Column = "Grade",
    scale_to: ScaleTo = None,
    missing: Missing = "keep",
) -> Export:
    """Fill the grading worksheet of a Moodle assignment."""
    table = read_table(source, "worksheet", _DELIMITER)
    rows, possible = _participants(table), next(map(parsed, _column_of(table, "Maximum Grade")), None)
    # Moodle leaves a grade above the maximum out, and says nothing.
    grades = Grades(
        _titled(table.header, column), rows, possible, _ids, only_possible=True, empty_is_nothing=True
    )
    filled, new = fill(table, grades, graded, scale_to=scale_to, missing=missing)
    if zeros := sum(parsed(grade) == 0 for grade in new.values()):
        # `process_import_grades` there asks whether the grade is true, and 0 is not.
        said = f"Moodle 5.2 passes over a grade of 0 in a worksheet. New here: {zeros}."
        hint = "If Moodle does not have it afterwards, use `grader export moodle`."
        filled = filled._replace(lines=(filled.lines[0], f"{said} {hint}", *filled.lines[1:]))
    return filled


def moodle_feedback(
    graded: GradedClass,
    *,
    source: Worksheet,
    form: Annotated[
        str, typer.Option("--format", metavar="NAME", help="The format of the feedback files.")
    ] = "plain_text",
) -> Export:
    """Write a zip of feedback files for a Moodle assignment."""
    chosen = load(form)
    if chosen.of_class:
        raise UsageError(
            f"The format `{chosen.name}` puts a whole class into one file.",
            "Name a format with a file for each student, such as `plain_text`.",
        )
    table = read_table(source, "worksheet", _DELIMITER)
    numbers = _numbers(table)
    files, named, left, given = {}, [], [], {}
    matches = match(graded.reports, _participants(table), _ids, trust_declared=graded.trust_declared)
    for report, (row, doubt, _, _) in zip(graded.reports, matches, strict=True):
        if row is None:
            left.append(f"{who(report)}: {doubt}." if doubt else f"Unmatched: {who(report)}.")
        elif reason := waits(report):
            # It is not the last word.
            left.append(f"{who(report)}: {reason}.")
        else:
            # Moodle splits the folder's name at each underscore.
            name = file_name(row.shown).replace("_", "-")
            folder = f"{name}_{numbers[row.number - 1]}_assignfeedback_file"
            files[f"{folder}/{chosen.file}"] = chosen.page(report)
            given[report.id] = "feedback"
            named.append(f"Feedback: {quoted(row.shown)}: {chosen.file} of {who(report)}.")
    said = f"Feedback for {counted(len(files), 'student')}, {counted(len(left), 'report')} left out."
    return Export(zipped(files), (said, *named, *left), given)


EXPORTS = (moodle, moodle_worksheet, moodle_feedback)


def _students(table: Table, key: int) -> tuple[Row, ...]:
    """The rows of a gradebook, which has the parts of the name first; column `key` identifies a student."""
    mails, ids = _mail_columns(table), {key, *_id_columns(table.header)}
    keys, title = [row[key].strip() for row in table.rows], quoted(table.header[key])
    counts = Counter(keys[1:]).items()
    fixed = {own: f"{count} students have the same {title}" for own, count in counts if count > 1}
    # Moodle takes a row without an id for the student of the row before.
    fixed[""] = f"{title} is empty for this student"
    return tuple(
        row_of(
            number,
            " ".join(map(str.strip, row[:2])),
            ids=[row[one] for one in ids],
            logins=[row[one] for one in mails],
            name=" ".join(row[:2]),
            fixed=fixed.get(keys[number], ""),
        )
        for number, row in enumerate(table.rows[1:], start=1)
    )


def _ids(report: Report) -> Iterable[str]:
    """The ids under which a report may stand in a gradebook or worksheet; see `_id_columns`."""
    school = [report.id] if report.id_from != "platform" else []
    return (*school, *_IN_A_NAME.findall(report.id), *with_name(report.id, report.name))


def _participants(table: Table) -> tuple[Row, ...]:
    """The rows of a worksheet's students."""
    # The first column has the number of the participant, whatever it is called.
    mails, ids = _mail_columns(table), [place for place in _id_columns(table.header) if place]
    changeable = dict(enumerate(_column_of(table, "Grade can be changed"), start=1))
    status = dict(enumerate(_column_of(table, "Status"), start=1))
    return tuple(
        row_of(
            position,
            row[1].strip() or row[0].strip(),
            ids=[f"_{number}_assign", row[0], *with_name(number, row[1]), *(row[place] for place in ids)],
            logins=[row[mail] for mail in mails],
            name=row[1],
            fixed="Moodle does not let this grade be changed" if changeable.get(position) == "No" else "",
            handed_in=status.get(position, "").startswith("Submitted"),
        )
        for position, (number, row) in enumerate(zip(_numbers(table), table.rows[1:], strict=True), start=1)
    )


def _numbers(table: Table) -> tuple[str, ...]:
    """The number of each participant, from the first column; raises `UsageError` where it has none."""
    rows = table.rows[1:]
    matches = [_IN_A_CELL.fullmatch(row[0].strip()) for row in rows]
    numbers = tuple(match["id"] for match in matches if match)
    if len(numbers) != len(rows) or len(set(numbers)) != len(rows) or not rows or len(rows[0]) < 3:
        first = quoted(rows[0][0]) if rows else "no row"
        raise UsageError(
            "The first column of a grading worksheet has a different number for each participant, such as "
            f"`Participant 123`. Received: {first}.",
            "Download the grading worksheet from the assignment, and name the unchanged file.",
        )
    return numbers


def _column_of(table: Table, title: str) -> tuple[str, ...]:
    """What is in a column of an English worksheet; nothing in another language."""
    # Moodle has written `Maximum Grade` and `Maximum grade`.
    titles = [one.strip().casefold() for one in table.header]
    if title.casefold() not in titles:
        return ()
    return tuple(row[titles.index(title.casefold())].strip() for row in table.rows[1:])


def _key(table: Table, identify_by: str | None) -> int:
    if identify_by is not None:
        return _titled(table.header, identify_by)
    if mails := _mail_columns(table):
        return mails[0]
    raise UsageError(
        "The gradebook has no column of e-mail addresses.",
        "Name the column that identifies the students, such as `--identify-by 'ID number'`.",
    )


def _id_columns(header: Sequence[str]) -> tuple[int, ...]:
    """The columns with the school's ids, such as `ID number`, by their usual names in some languages."""
    return tuple(place for place, title in enumerate(header) if role_of(title) in {"id", "other id"})


def _titled(header: Sequence[str], wanted: str) -> int:
    """The only column with this title."""
    found = [position for position, title in enumerate(header) if title.strip() == wanted.strip()]
    return only_column(header, wanted, found)


def _mail_columns(table: Table) -> tuple[int, ...]:
    """The columns after the names that have an e-mail address in every cell that is not empty."""
    # The first two are names, and some students choose their own.
    columns = range(2, len(table.header))
    cells = {place: [row[place].strip() for row in table.rows[1:]] for place in columns}
    return tuple(
        place for place in columns if any(cells[place]) and all("@" in cell for cell in cells[place] if cell)
    )

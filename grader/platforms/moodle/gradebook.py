"""Moodle: a file of grades for the import into the gradebook.

Moodle's columns are called differently in each language, so a column is known by its place, by what is in it,
or by the name that a teacher gives.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.errors import UsageError
from grader.messages.wording import quoted
from grader.platforms.gradebooks.filling import Choice, Filled, Grades, fill, only_column, waits
from grader.platforms.gradebooks.people import person, with_name
from grader.platforms.gradebooks.table import Table
from grader.report import Report
from grader.submissions.roster.columns import role_of

# One grade above it and Moodle imports none, unless its administrator has raised it.
LARGEST_GRADE = 100.0
# Moodle names what is in a bulk download `Ada L_123_assignsubmission_file`.
# The number of the participant alone is no id: it could be that of another student.
_PARTICIPANT = re.compile(r"(?P<id>_\d+_assign)(?:submission|feedback)_")


def gradebook(table: Table, column: str, identify_by: str | None = None) -> Grades:
    """The column of an exported gradebook.

    Args:
        table: the teacher's export; its first two columns are the parts of the name.
        column: the title of the grades' column.
        identify_by: the title of a column that is different for everybody; the e-mail addresses if None.

    Raises:
        UsageError: a column is not there, or there are no e-mail addresses.
    """
    rows, header = table.rows[1:], table.header
    place, key = titled(header, column), _key(table, identify_by)
    mails = mail_columns(table)
    keys = [row[key].text.strip() for row in rows]
    often = Counter(keys)
    return Grades(
        title=header[place].strip(),
        people=tuple(
            person(
                " ".join(cell.text.strip() for cell in row[:2]),
                ids=[row[place].text for place in {key, *id_columns(header)}],
                logins=[row[mail].text for mail in mails],
                names=[" ".join(cell.text for cell in row[:2])],
            )
            for row in rows
        ),
        cells=tuple(row[place] for row in rows),
        possible=None,
        # Moodle takes a row without an id for the student of the row before.
        fixed=tuple(_unfit(one, often[one], header[key]) for one in keys),
        ids=ids_of,
    )


def ids_of(report: Report) -> Iterable[str]:
    """The ids under which a report may stand in a gradebook or worksheet; see `id_columns`."""
    own = _PARTICIPANT.search(report.id)
    participant = [own["id"]] if own else []
    school = [report.id] if report.id_from != "platform" else []
    return (*school, *participant, *with_name(report.id, report.name))


def id_columns(header: Sequence[str]) -> tuple[int, ...]:
    """The columns with the school's ids, such as `ID number`, by their usual names in some languages."""
    return tuple(place for place, title in enumerate(header) if role_of(title) in {"id", "other id"})


def _key(table: Table, identify_by: str | None) -> int:
    if identify_by is not None:
        return titled(table.header, identify_by)
    if mails := mail_columns(table):
        return mails[0]
    raise UsageError(
        "No column of the gradebook has e-mail addresses.",
        "Name the column that identifies the students, such as `--identify-by 'ID number'`.",
    )


def _unfit(key: str, often: int, title: str) -> str:
    if not key:
        return f"the cell {quoted(title)} of the student is empty"
    return f"{often} students have the same {quoted(title)}" if often > 1 else ""


def grade_file(
    table: Table, reports: Sequence[Report], choice: Choice, column: str, identify_by: str | None = None
) -> Filled:
    """A new CSV file with nothing but the grades that change, and whose they are.

    Moodle imports all rows of a file or none, so it has only students that the teacher's export has.

    Raises:
        UsageError: as `gradebook` does, or there are more points than Moodle takes.
    """
    grades, key = gradebook(table, column, identify_by), _key(table, identify_by)
    most = max((choice.scale_to or one.max_score for one in reports if not waits(one)), default=0.0)
    if most > LARGEST_GRADE:
        raise UsageError(
            f"Moodle imports no file with a grade above {LARGEST_GRADE:g}; the reports go up to {most:g}.",
            f"Scale them with `--scale-to {LARGEST_GRADE:g}`.",
        )
    filled = fill(table, grades, reports, choice)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([table.header[key].strip(), grades.title])
    rows = table.rows[1:]
    writer.writerows([rows[row][key].text.strip(), grade] for row, grade in sorted(filled.grades.items()))
    return replace(filled, text=text.getvalue())


def titled(header: Sequence[str], wanted: str) -> int:
    """The column of this title.

    Raises:
        UsageError: there is none, or more than one.
    """
    found = [position for position, title in enumerate(header) if title.strip() == wanted.strip()]
    return only_column(header, wanted, found)


def mail_columns(table: Table) -> tuple[int, ...]:
    """The columns after the names that have an e-mail address in every cell that is not empty."""
    # The first two are names, and some students choose their own.
    columns = range(2, len(table.header))
    cells = {place: [row[place].text.strip() for row in table.rows[1:]] for place in columns}
    return tuple(
        place for place in columns if any(cells[place]) and all("@" in cell for cell in cells[place] if cell)
    )

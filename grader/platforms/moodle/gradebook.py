"""Moodle: grades for the gradebook's import, an assignment's offline worksheet, and a zip of feedback files.

Moodle's columns are called differently in each language, so a column is known by its place, by what is in it,
or by the name that a teacher gives.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from grader.errors import UsageError
from grader.messages.safe_text import file_name
from grader.messages.wording import quoted
from grader.platforms.gradebook_rows import Row, match, row_of, with_name
from grader.platforms.gradebooks import Choice, Filled, Grades, fill, only_column, parsed, waits
from grader.report import Report
from grader.submissions.roster import role_of
from grader.submissions.table import Table

# One grade above it and Moodle imports none, unless its administrator has raised it.
LARGEST_GRADE = 100.0
# Moodle names what is in a bulk download `Ada L_123_assignsubmission_file`.
# The number of the participant alone is no id: it could be that of another student.
_IN_A_NAME = re.compile(r"(?P<id>_\d+_assign)(?:submission|feedback)_")
_IN_A_CELL = re.compile(r"\D*?(?P<id>\d+)")


def gradebook(table: Table, column: str, identify_by: str | None = None) -> Grades:
    """The column of an exported gradebook.

    Args:
        table: The teacher's export; its first two columns are the parts of the name.
        column: The title of the grades' column.
        identify_by: The title of a column that is different for everybody; the e-mail addresses if None.

    Raises:
        UsageError: A column is not there, or there are no e-mail addresses.
    """
    header = table.header
    place, key = _titled(header, column), _key(table, identify_by)
    mails, ids = _mail_columns(table), {key, *_id_columns(header)}
    often = Counter(row[key].strip() for row in table.rows[1:])
    return Grades(
        title=header[place].strip(),
        column=place,
        rows=tuple(
            row_of(
                number,
                " ".join(map(str.strip, row[:2])),
                ids=[row[one] for one in ids],
                logins=[row[one] for one in mails],
                name=" ".join(row[:2]),
                # Moodle takes a row without an id for the student of the row before.
                fixed=_unfit(row[key].strip(), often[row[key].strip()], header[key]),
            )
            for number, row in enumerate(table.rows)
            if number
        ),
        possible=None,
        ids=_ids,
    )


def grade_file(
    table: Table, reports: Sequence[Report], choice: Choice, column: str, identify_by: str | None = None
) -> Filled:
    """A new CSV file with nothing but the grades that change, and whose they are.

    Moodle imports all rows of a file or none, so it has only students that the teacher's export has.

    Raises:
        UsageError: There is no such column, or there are more points than Moodle takes.
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
    writer.writerows([table.rows[row][key].strip(), grade] for row, grade in sorted(filled.grades.items()))
    return replace(filled, text=text.getvalue())


def worksheet(table: Table, column: str = "Grade") -> Grades:
    """The column of an assignment's offline grading worksheet.

    Args:
        table: The worksheet as it was downloaded; its first column says `Participant 123` in some language.
        column: The title of the grades' column.

    Raises:
        UsageError: This is no worksheet, or the column is not there.
    """
    header = table.header
    rows = _participants(table)
    place = _titled(header, column)
    locked = _column_of(table, "Grade can be changed")
    return Grades(
        title=header[place].strip(),
        column=place,
        rows=tuple(
            replace(row, fixed="Moodle does not let this grade be changed") if word == "No" else row
            for row, word in zip(rows, locked or [""] * len(rows), strict=True)
        ),
        possible=next(map(parsed, _column_of(table, "Maximum Grade")), None),
        ids=_ids,
    )


def feedback_files(
    table: Table, reports: Sequence[Report], page: Callable[[Report], str], file: str, choice: Choice
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The files of a zip of feedback, by their paths in it, and what is left out, a line each.

    A report that waits for a teacher is left out: it names other students, and is not the last word.

    Args:
        table: The assignment's offline worksheet, for the numbers of the participants.
        reports: The reports of a class.
        page: Makes the page of a report.
        file: The name of the file that a student gets.
        choice: What a teacher decides.

    Raises:
        UsageError: This is no worksheet.
    """
    numbers = _numbers(table)
    found = match(reports, _participants(table), _ids, trust_declared=choice.trust_declared)
    files, left = {}, []
    for position, report in enumerate(reports):
        row = found.rows.get(position)
        if row is None:
            reason = found.doubtful.get(position)
            left.append(f"{quoted(report.id)}: {reason}." if reason else f"Unmatched: {quoted(report.id)}.")
        elif reason := waits(report):
            left.append(f"{quoted(report.id)}: {reason}.")
        else:
            # Moodle splits the folder's name at each underscore.
            name = file_name(row.shown).replace("_", "-")
            files[f"{name}_{numbers[row.number - 1]}_assignfeedback_file/{file}"] = page(report)
    return files, tuple(left)


def _ids(report: Report) -> Iterable[str]:
    """The ids under which a report may stand in a gradebook or worksheet; see `_id_columns`."""
    own = _IN_A_NAME.search(report.id)
    participant = [own["id"]] if own else []
    school = [report.id] if report.id_from != "platform" else []
    return (*school, *participant, *with_name(report.id, report.name))


def _participants(table: Table) -> tuple[Row, ...]:
    """The rows of a worksheet's students.

    Raises:
        UsageError: This is no worksheet.
    """
    # The first column has the number of the participant, whatever it is called.
    mails, ids = _mail_columns(table), [place for place in _id_columns(table.header) if place]
    return tuple(
        row_of(
            position,
            row[1].strip() or row[0].strip(),
            ids=[f"_{number}_assign", row[0], *with_name(number, row[1]), *(row[place] for place in ids)],
            logins=[row[mail] for mail in mails],
            name=row[1],
        )
        for position, (number, row) in enumerate(zip(_numbers(table), table.rows[1:], strict=True), start=1)
    )


def _numbers(table: Table) -> tuple[str, ...]:
    """The number of each participant, from the first column.

    Raises:
        UsageError: This is no worksheet.
    """
    rows = table.rows[1:]
    matches = [_IN_A_CELL.fullmatch(row[0].strip()) for row in rows]
    numbers = tuple(match["id"] for match in matches if match)
    if len(numbers) != len(rows) or len(set(numbers)) != len(rows) or not rows or len(rows[0]) < 3:
        first = quoted(rows[0][0]) if rows else "no row"
        raise UsageError(
            "The first column of an offline worksheet has a different number for each participant, such as "
            f"`Participant 123`. Received: {first}.",
            "Download the grading worksheet in the assignment, and name the file as it was downloaded.",
        )
    return numbers


def _column_of(table: Table, title: str) -> tuple[str, ...]:
    """What is in a column of an English worksheet; nothing in another language."""
    if title not in table.header:
        return ()
    return tuple(row[table.header.index(title)].strip() for row in table.rows[1:])


def _key(table: Table, identify_by: str | None) -> int:
    if identify_by is not None:
        return _titled(table.header, identify_by)
    if mails := _mail_columns(table):
        return mails[0]
    raise UsageError(
        "No column of the gradebook has e-mail addresses.",
        "Name the column that identifies the students, such as `--identify-by 'ID number'`.",
    )


def _unfit(key: str, often: int, title: str) -> str:
    if not key:
        return f"the cell {quoted(title)} of the student is empty"
    return f"{often} students have the same {quoted(title)}" if often > 1 else ""


def _id_columns(header: Sequence[str]) -> tuple[int, ...]:
    """The columns with the school's ids, such as `ID number`, by their usual names in some languages."""
    return tuple(place for place, title in enumerate(header) if role_of(title) in {"id", "other id"})


def _titled(header: Sequence[str], wanted: str) -> int:
    """The column of this title.

    Raises:
        UsageError: There is none, or more than one.
    """
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

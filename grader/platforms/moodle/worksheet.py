"""Moodle: the offline grading worksheet of an assignment, and the zip of its feedback files."""

import re
from collections.abc import Callable, Sequence

from grader.errors import UsageError
from grader.messages.safe_text import file_name
from grader.messages.wording import quoted
from grader.platforms.gradebooks.filling import Choice, Grades, parsed, waits
from grader.platforms.gradebooks.people import Person, match, person, with_name
from grader.platforms.gradebooks.table import Cell, Table
from grader.platforms.moodle.gradebook import id_columns, ids_of, mail_columns, titled
from grader.report import Report

_PARTICIPANT = re.compile(r"\D*?(?P<id>\d+)")


def worksheet(table: Table, column: str = "Grade") -> Grades:
    """The column of an assignment's offline grading worksheet.

    Args:
        table: the worksheet as it was downloaded; its first column says `Participant 123` in some language.
        column: the title of the grades' column.

    Raises:
        UsageError: this is no worksheet, or the column is not there.
    """
    rows, header = table.rows[1:], table.header
    numbers = _numbers(rows)
    place = titled(header, column)
    locked = _column_of(rows, header, "Grade can be changed")
    return Grades(
        title=header[place].strip(),
        people=_participants(table, numbers),
        cells=tuple(row[place] for row in rows),
        possible=next(map(parsed, _column_of(rows, header, "Maximum Grade")), None),
        fixed=tuple("Moodle does not let this grade be changed" if word == "No" else "" for word in locked)
        or ("",) * len(rows),
        ids=ids_of,
    )


def feedback_files(
    table: Table, reports: Sequence[Report], page: Callable[[Report], str], file: str, choice: Choice
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The files of a zip of feedback, by their paths in it, and what is left out, a line each.

    A report that waits for a teacher is left out: it names other students, and is not the last word.

    Args:
        table: the assignment's offline worksheet, for the numbers of the participants.
        reports: of a class.
        page: a format.
        file: the name of the file that a student gets.
        choice: what a teacher decides.

    Raises:
        UsageError: this is no worksheet.
    """
    rows = table.rows[1:]
    numbers = _numbers(rows)
    people = _participants(table, numbers)
    found = match(reports, people, ids_of, trust_declared=choice.trust_declared)
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
            name = file_name(people[row].shown).replace("_", "-")
            files[f"{name}_{numbers[row]}_assignfeedback_file/{file}"] = page(report)
    return files, tuple(left)


def _numbers(rows: Sequence[tuple[Cell, ...]]) -> tuple[str, ...]:
    """The number of each participant, from the first column.

    Raises:
        UsageError: this is no worksheet.
    """
    matches = [_PARTICIPANT.fullmatch(row[0].text.strip()) for row in rows]
    numbers = tuple(match["id"] for match in matches if match)
    if len(numbers) != len(rows) or len(set(numbers)) != len(rows) or not rows or len(rows[0]) < 3:
        first = quoted(rows[0][0].text) if rows else "no row"
        raise UsageError(
            "The first column of an offline worksheet has a different number for each participant, such as "
            f"`Participant 123`. Received: {first}.",
            "Download the grading worksheet in the assignment, and name the file as it was downloaded.",
        )
    return numbers


def _participants(table: Table, numbers: Sequence[str]) -> tuple[Person, ...]:
    # The first column has the number of the participant, whatever it is called.
    mails, ids = mail_columns(table), [place for place in id_columns(table.header) if place]
    return tuple(
        person(
            row[1].text.strip() or row[0].text.strip(),
            ids=[
                f"_{number}_assign",
                row[0].text,
                *with_name(number, row[1].text),
                *(row[place].text for place in ids),
            ],
            logins=[row[mail].text for mail in mails],
            names=[row[1].text],
        )
        for number, row in zip(numbers, table.rows[1:], strict=True)
    )


def _column_of(rows: Sequence[tuple[Cell, ...]], header: Sequence[str], title: str) -> tuple[str, ...]:
    """What is in a column of an English worksheet; nothing in another language."""
    if title not in header:
        return ()
    return tuple(row[header.index(title)].text.strip() for row in rows)

"""The grades of a class as CSV, one row for each submission, for a spreadsheet or a gradebook.

`like` has the ids of similar submissions, `reason` the sentence that explains the verdict, `comment` and
`decided_by` what people told the student and who they are, and `files_read` the time in UTC; the columns
after it have the points of each item. The last two have the e-mail address and the folder or file that was
handed in, where they are known. An empty cell is not a zero: a person may still grant the points, or has to
say what `not submitted` earns.
Lines end with a line feed alone, which every spreadsheet reads and `diff`, `cut` and `awk` expect.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest

from grader.messages.safe_text import csv_cell
from grader.report import FILES, Report, decided, made, number, so_far
from grader.reports.sentences import others, reason
from grader.submissions.roster import Student

NOT_SUBMITTED = "not submitted"
COLUMNS = (
    *("id", "name", "verdict", "score", "max_score", "like", "reason", "comment", "decided_by", "files_read"),
)
LAST = ("email", "folder")
_UNKNOWN = ("", "")


def page(
    reports: Iterable[Report],
    absent: Iterable[Student] = (),
    known: Mapping[str, tuple[str, str]] | None = None,
) -> str:
    """The table: a row for each report, then for each absent student, with the items of all reports.

    What is `known` of each by their id is in the last columns. The reports are gone through once, because
    there may be too many for the memory: of each its row is kept.
    """
    known, items = known or {}, dict[str, None]()
    # The beginning of each row, how many items there were until then, and its end.
    rows: list[tuple[str, int, str]] = []
    for report in reports:
        points = {item.id: decided(item) for item in report.items}
        items |= dict.fromkeys(item.id for item in report.items if item.kind != FILES)
        cells = (*_about(report), *map(points.get, items))
        rows.append((_line(cells), len(items), _line(map(csv_cell, known.get(report.id, _UNKNOWN)))))
    for student in absent:
        cells = (csv_cell(student.id), csv_cell(student.name), NOT_SUBMITTED, *[""] * (len(COLUMNS) - 3))
        rows.append((_line(cells), 0, _line(map(csv_cell, known.get(student.id, _UNKNOWN)))))
    header = _line((*COLUMNS, *map(_column, items), *LAST))
    lines = (f"{start}{',' * (len(items) - count)},{end}\n" for start, count, end in rows)
    return "".join((f"{header}\n", *lines))


def _about(report: Report) -> Iterator[str | float | None]:
    """The cells of a report before those of its items."""
    decisions = tuple(one for one in made(report) if not one.is_earlier)
    comments = " ".join(one.comment for one in decisions if one.comment)
    people = ", ".join(dict.fromkeys(one.by for one in decisions))
    yield from (csv_cell(report.id), csv_cell(report.name))
    yield from (report.verdict, so_far(report), number(report.max_score))
    yield from map(csv_cell, (", ".join(others(report)), reason(report), comments, people))
    yield f"{report.measured_at:%Y-%m-%d %H:%M}" if report.measured_at else None


def _line(cells: Iterable[str | float | None]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def changed(table: str, report: Report) -> str | None:
    """The table with another report in the row of its submission; None if it has no such row or columns.

    What a report does not say stays, also in a column of somebody else.
    """
    header, own = csv.reader(io.StringIO(page([report])))
    cells = {title: cell for title, cell in zip(header, own, strict=True) if title not in LAST}
    rows = list(csv.reader(io.StringIO(table)))
    place = next((at for at, row in enumerate(rows) if row[:1] == own[:1]), None)
    if not place or not set(header) <= set(rows[0]):
        return None
    rows[place] = [cells.get(title, cell) for title, cell in zip_longest(rows[0], rows[place], fillvalue="")]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _column(item: str) -> str:
    # An item may be called `score`; two columns of one name would hide each other from a reader.
    return csv_cell(f"item {item}" if item in (*COLUMNS, *LAST) else item)

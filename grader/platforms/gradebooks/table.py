"""A CSV file as cells that know where they stand in it, so that one cell can change and no other byte."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.messages.safe_text import plain
from grader.messages.wording import counted

LARGEST = 20_000_000
_EXPORT_AGAIN = "Export it again, and do not save it in a spreadsheet."
_LINE_END = re.compile(r"\r\n|\n|\r")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


@dataclass(frozen=True)
class Cell:
    """A cell of a file.

    Attributes:
        text: what it says, without quotes.
        start: where it begins in the file's text, its quotes included.
        end: where it ends.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Table:
    """A file with its cells.

    Attributes:
        text: all of it, a byte order mark included.
        rows: those that are not blank, the header first; all have equally many cells.
        lines: of each row, the line on which it begins, from 1.
    """

    text: str
    rows: tuple[tuple[Cell, ...], ...]
    lines: tuple[int, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """What the columns are called."""
        return tuple(cell.text for cell in self.rows[0])

    def changed(self, texts: Mapping[Cell, str]) -> str:
        """The file's text with other texts in some of its cells; a cell that had quotes keeps them."""
        pieces, done = [], 0
        for cell in sorted(texts, key=lambda cell: cell.start):
            quoted = self.text.startswith('"', cell.start)
            new = texts[cell].replace('"', '""')
            pieces += [self.text[done : cell.start], f'"{new}"' if quoted else new]
            done = cell.end
        return "".join([*pieces, self.text[done:]])


def read_table(path: Path, delimiters: str = ",;") -> Table:
    """Read a CSV file in UTF-8.

    Args:
        path: of the file.
        delimiters: those that it can have; the one that makes more columns of the header is its own.

    Raises:
        UsageError: it cannot be read, or is not such a file; the line is named.
    """
    name = f"`{plain(str(path))}`"
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(
            f"{name} cannot be read: {error.strerror}.", "Name the file that the platform exported."
        ) from None
    if len(content) > LARGEST:
        raise UsageError(f"{name} must be at most {LARGEST // 1_000_000} MB.", "Name a gradebook.")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} must be UTF-8; byte {error.start + 1} is not.", _EXPORT_AGAIN) from None
    if "\0" in text:
        raise UsageError(f"{name} must be text; it has a byte that is 0.", _EXPORT_AGAIN)
    header = _LINE_END.split(text, maxsplit=1)[0]
    delimiter = max(delimiters, key=lambda one: len(_cells(header, 0, one)[0]))
    return _table(text, delimiter, name)


def _table(text: str, delimiter: str, name: str) -> Table:
    rows: list[tuple[Cell, ...]] = []
    lines: list[int] = []
    place, line = 1 if text.startswith("\ufeff") else 0, 1
    while place < len(text):
        cells, end = _cells(text, place, delimiter)
        if end is None:
            raise UsageError(
                f"On line {line} of {name} a quotation mark is not closed, or text follows a closed one.",
                _EXPORT_AGAIN,
            )
        if any(cell.text.strip() for cell in cells):
            if rows and len(cells) != len(rows[0]):
                raise UsageError(
                    f"Line {line} of {name} has {counted(len(cells), 'cell')}; its header has "
                    f"{len(rows[0])}.",
                    _EXPORT_AGAIN,
                )
            rows.append(cells)
            lines.append(line)
        line += len(_LINE_END.findall(text, place, end))
        place = end
    if not rows:
        raise UsageError(f"{name} is empty.", _EXPORT_AGAIN)
    return Table(text, tuple(rows), tuple(lines))


def _cells(text: str, place: int, delimiter: str) -> tuple[tuple[Cell, ...], int | None]:
    """The cells of the row that begins at a place, and where the next row begins; None if it is broken."""
    bare = re.compile(rf"(?!\")[^{re.escape(delimiter)}\r\n]*")
    cells: list[Cell] = []
    while match := _QUOTED.match(text, place) or bare.match(text, place):
        quoted = match.re is _QUOTED
        said = match[1].replace('""', '"') if quoted else match[0]
        cells.append(Cell(said, place, match.end()))
        place = match.end()
        if ending := _LINE_END.match(text, place):
            return tuple(cells), ending.end()
        if place == len(text):
            return tuple(cells), place
        if not text.startswith(delimiter, place):
            break
        place += len(delimiter)
    return tuple(cells), None

"""Delimited text: CSV, tables of Markdown, columns with blanks between them, or a number on each line."""

import csv
import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grader.errors import SubmissionError
from grader.measure.log.document import Document
from grader.measure.log.names import meaning
from grader.measure.log.table import (
    ADVICE,
    MISSING,
    RawColumn,
    Table,
    check_size,
    is_number,
    listed,
    raw_column,
    refusal,
)
from grader.messages.message import Message, say, together
from grader.messages.wording import counted, quoted
from grader.rubric import Limits

_BLANKS = " "
_SEPARATORS = (",", ";", "\t", "|", _BLANKS)
# Lines of Markdown and of `tabulate` between the header and the rows, and around them.
_RULE = re.compile(r"[\s|+:=-]*--[\s|+:=-]*|[\s|+:=-]*==[\s|+:=-]*")
_FEWEST_BETWEEN_BLANKS = 2
_DOWNLOAD = ("Wall time", "Step", "Value")


@dataclass(frozen=True)
class _Header:
    """The names of the columns, what separates them, and the lines down to theirs that are not blank."""

    cells: tuple[str, ...]
    separator: str
    lines: Sequence[str]


def recognises(document: Document) -> bool:
    """Whether it is text; prose is refused in `read`."""
    return bool(document.opening())


def read(document: Document, limits: Limits) -> Table:
    """Read the rows under the header, or numbers alone as series without a name.

    The separator is `,`, `;`, a tab, `|` or blanks; but for the first, numbers may have a decimal comma.
    Lines above the header, blank rows, repeated headers and a last row that was cut off are left out.
    Refused if there is no header or no row, a row has too many cells, or a quote is not closed.
    """
    name, text = document.name, document.text
    if all(map(is_number, document.opening())):
        lines = [stripped for line in text.split("\n") if (stripped := line.strip())]
        check_size(name, len(lines), 1, limits)
        return Table("numbers", len(lines), (raw_column("value", lines),))
    if numbers := _without_names(document, limits):
        return numbers
    header = _find_header(name, document.opening())
    body, cut = _below(text, header)
    widest = max(len(header.cells), 1 + max(line.count(header.separator) for line in body.split("\n")))
    check_size(name, body.count("\n") + 1, widest, limits)
    frame = _parse(name, body, header, widest)
    repeated = _repeated(frame, header)
    kept = frame.notna().any(axis=1).to_numpy() & ~repeated
    data = frame[kept]
    if data.empty:
        raise refusal(
            say(
                "{name} has the header {cells} and no rows.",
                name=quoted(name),
                cells=listed(header.cells),
            )
        )
    # A repeated header stands before the row whose number is the count of the rows above it.
    restarts = np.cumsum(kept)[repeated]
    return Table(
        form="csv",
        rows=len(data),
        # `DataFrame.to_csv` writes an index without a name in front.
        columns=tuple(_column(title, data[at], header) for at, title in enumerate(header.cells) if title),
        restarts=tuple(int(row) for row in restarts if row < len(data)),
        decimal_comma=header.separator != ",",
        notes=_notes(header, len(data), cut=cut),
    )


def _without_names(document: Document, limits: Limits) -> Table | None:
    """Rows of as many numbers each, as `print(step, loss, norm)` writes them: columns called 1, 2, ..."""
    if not all(_is_data(_split(line.replace(",", " "), _BLANKS)) for line in document.opening()):
        return None
    rows = [line.replace(",", " ").split() for line in document.text.split("\n") if line.strip()]
    if len(rows[-1]) < len(rows[0]):
        rows.pop()
    if any(len(row) != len(rows[0]) for row in rows):
        return None
    check_size(document.name, len(rows), len(rows[0]), limits)
    columns = (raw_column(str(at), cells) for at, cells in enumerate(zip(*rows, strict=True), start=1))
    return Table("numbers", len(rows), tuple(columns))


def _find_header(name: str, opening: Sequence[str]) -> _Header:
    """Find the header among the first lines of a text: the one with the most names that are known.

    Where none has a known name, it is the first line of names above a line with as many cells and a number,
    for `submission.yaml` may know one of them.
    """
    candidates = [
        (sum(map(_is_known, cells)), -at, _Header(cells, separator, opening[: at + 1]))
        for separator in _SEPARATORS
        for at, line in enumerate(opening)
        if (cells := _titles(line, separator, opening[at + 1 :]))
    ]
    known, _, best = max(candidates, key=lambda candidate: candidate[:2])
    if known:
        return best
    for _, _, candidate in candidates:
        if _names_the_next(candidate, opening):
            return candidate
    raise _no_header(name, opening)


def _titles(line: str, separator: str, below: Sequence[str]) -> tuple[str, ...]:
    """The cells of one line as names of columns; with blanks between them, only over as many cells.

    Where a row has one more, its first is the row's name, as pandas and R print it.
    """
    if separator != _BLANKS:
        return _split(line, separator)
    titles, row = line.removeprefix("#").split(), next(iter(below), "").split()
    numbers, more = sum(is_number(cell.replace(",", ".")) for cell in row), len(row) - len(titles)
    if len(row) < _FEWEST_BETWEEN_BLANKS or 2 * numbers < len(row) or more not in {0, 1}:
        return ()
    return () if any(map(is_number, titles)) else tuple(title.strip('"') for title in [""] * more + titles)


def _split(line: str, separator: str) -> tuple[str, ...]:
    """The cells of one line, blanks around them taken off."""
    if separator == _BLANKS:
        return tuple(line.split())
    try:
        cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        # A cell of more than 128 KiB, which is no name.
        return ()
    # `numpy.savetxt` writes its header behind a `#`.
    return tuple(cell.strip().removeprefix("# ") for cell in cells)


def _is_known(cell: str) -> bool:
    return any(map(str.isalpha, cell)) and not is_number(cell) and meaning(cell) is not None


def _names_the_next(header: _Header, opening: Sequence[str]) -> bool:
    at = len(header.lines)
    if at >= len(opening) or not any(header.cells) or any(map(is_number, header.cells)):
        return False
    below = _split(opening[at], header.separator)
    return len(below) == len(header.cells) and any(is_number(cell.replace(",", ".")) for cell in below)


def _no_header(name: str, opening: Sequence[str]) -> SubmissionError:
    log, first = quoted(name), quoted(opening[0])
    if any(_is_data(_split(opening[0], separator)) for separator in _SEPARATORS):
        advice = say(
            "Put the names of the columns into the first line, such as `epoch,step,loss,gradient_norm`."
        )
        return refusal(
            say("{name} has no header; its first line is {first}.", name=log, first=first),
            together(advice, ADVICE),
        )
    return refusal(
        say(
            "{name} is text without a table: none of its first lines names columns such as "
            "`epoch` or `loss`. It begins with {first}.",
            name=log,
            first=first,
        )
    )


def _is_data(cells: Sequence[str]) -> bool:
    numbers = sum(is_number(cell) for cell in cells)
    return numbers > 0 and all(is_number(cell) or cell in MISSING for cell in cells)


def _below(text: str, header: _Header) -> tuple[str, bool]:
    """The rows below the header, and whether a last one was left out that a stopped training had cut off."""
    start = 0
    for line in header.lines:
        start = text.index(line, start) + len(line)
    body = re.sub("\n{2,}", "\n", text[start:].strip("\n"))
    if header.separator in {_BLANKS, "|"}:
        lines = (line for line in body.split("\n") if not _RULE.fullmatch(line))
        body = "\n".join(
            _BLANKS.join(line.split()) if header.separator == _BLANKS else line for line in lines
        )
    last = body.rpartition("\n")[2]
    is_cut = bool(last) and not text.endswith("\n") and '"' not in last
    is_cut = is_cut and last.count(header.separator) < len(header.cells) - 1
    return (body[: -len(last)].rstrip("\n") if is_cut else body), is_cut


def _parse(name: str, body: str, header: _Header, widest: int) -> pd.DataFrame:
    """The cells under the header: numbers where a whole column is, else texts; NaN for no value."""
    try:
        with warnings.catch_warnings():
            # A quote that swallows the end of its row makes a row longer than any line.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            # Always a buffer: with a name, pandas would open an address or unpack an archive.
            frame = pd.read_csv(
                io.StringIO(body),
                sep=header.separator,
                header=None,
                names=range(widest),
                index_col=False,
                # `nan` is a value and no gap, so it must stay a text here.
                # What pandas takes for a number now, the grammar of `table` takes too; a test holds that.
                keep_default_na=False,
                na_values=sorted(MISSING),
                skipinitialspace=True,
                low_memory=False,
            )
    except pd.errors.EmptyDataError:
        return pd.DataFrame(columns=range(len(header.cells)), dtype=np.float64)
    except (pd.errors.ParserError, pd.errors.ParserWarning):
        raise _mistake(name, body, header) from None
    beyond = range(len(header.cells), widest)
    if frame[beyond].notna().any(axis=None) or ('"' in body and _has_newline(frame)):
        raise _mistake(name, body, header)
    return frame.drop(columns=beyond)


def _column(title: str, cells: "pd.Series[Any]", header: _Header) -> RawColumn:
    known = meaning(title)
    if header.separator in {_BLANKS, "|"} and not header.cells[0] and known and known.name.startswith("val_"):
        # pandas prints NaN where there is no value; of validation there is one for each epoch.
        cells = cells.mask(cells.astype(str).str.strip().str.lower() == "nan")
    values = cells.to_numpy(dtype=np.float64 if cells.dtype.kind in "fiu" else object)
    present = cells.notna().to_numpy()
    return RawColumn(title, np.flatnonzero(present), values[present])


def _has_newline(frame: pd.DataFrame) -> bool:
    texts = (frame[at].dropna().astype(str) for at in frame if frame[at].dtype.kind not in "fiub")
    return any(cells.str.contains("\n", regex=False).any() for cells in texts)


def _mistake(name: str, body: str, header: _Header) -> SubmissionError:
    """What is wrong with rows that pandas cannot take apart."""
    again = together(say("Write it with Python's `csv` module or with `DataFrame.to_csv`."), ADVICE)
    width = len(header.cells)
    reader = csv.reader(io.StringIO(body), delimiter=header.separator, skipinitialspace=True)
    try:
        for at, cells in enumerate(row for row in reader if row):
            if any("\n" in cell for cell in cells):
                break
            if any(cell.strip() for cell in cells[width:]):
                sentence = say(
                    "Row {at} below the header of the log {name} has {count} cells; the header has {width}.",
                    at=at + 1,
                    name=quoted(name),
                    count=len(cells),
                    width=width,
                )
                return refusal(sentence, again)
    except csv.Error:
        pass
    return refusal(
        say("A quotation mark in the log {name} is opened and not closed in its row.", name=quoted(name)),
        again,
    )


def _repeated(frame: pd.DataFrame, header: _Header) -> npt.NDArray[np.bool_]:
    """Which rows are the header again, as a second run writes it that is appended."""
    titles = [(at, title) for at, title in enumerate(header.cells) if title]
    same = np.ones(len(frame), dtype=bool)
    for at, title in titles:
        if frame[at].dtype.kind in "fiub":
            return np.zeros(len(frame), dtype=bool)
        same[same] = [isinstance(cell, str) and cell.strip() == title for cell in frame[at].to_numpy()[same]]
    return same


def _notes(header: _Header, rows: int, *, cut: bool) -> tuple[Message, ...]:
    notes = []
    if above := len(header.lines) - 1:
        count = counted(above, "line")
        notes.append(say("The text above the header was left out ({count}).", count=count))
    if cut:
        notes.append(say("The last row was cut off; it was left out."))
    if header.cells == _DOWNLOAD:
        notes.append(
            say(
                "This is a download from TensorBoard, which keeps at most 1,000 steps; it has {rows}.",
                rows=f"{rows:,}",
            )
        )
    return tuple(notes)

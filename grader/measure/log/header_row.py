"""Finds the row of a delimited text that names its columns."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass

from grader.errors import SubmissionError
from grader.measure.log.names import meaning
from grader.measure.log.table import ADVICE, MISSING, is_number, refusal
from grader.messages.message import say, together
from grader.messages.wording import quoted

SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True)
class HeaderRow:
    """Where the header stands.

    Attributes:
        line: the line itself.
        separator: what stands between its cells.
        cells: the names of the columns.
        above: the lines before it that are not blank.
    """

    line: str
    separator: str
    cells: tuple[str, ...]
    above: tuple[str, ...]


def find_header(name: str, opening: Sequence[str]) -> HeaderRow:
    """Find the header among the first lines of a text: the one with the most names that are known.

    Where none has a known name, it is the first line of names above a line with as many cells and a number,
    for `submission.yaml` may know one of them. Where there is none, the refusal says what the text is.
    """
    candidates = [
        (sum(map(_is_known, cells)), -at, HeaderRow(line, separator, cells, tuple(opening[:at])))
        for separator in SEPARATORS
        for at, line in enumerate(opening)
        if (cells := split(line, separator))
    ]
    known, _, best = max(candidates, key=lambda candidate: candidate[:2])
    if known:
        return best
    for _, _, candidate in candidates:
        if _names_the_next(candidate, opening):
            return candidate
    raise _no_header(name, opening)


def split(line: str, separator: str) -> tuple[str, ...]:
    """The cells of one line, blanks around them taken off."""
    try:
        cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        # A cell of more than 128 KiB, which is no name.
        return ()
    # `numpy.savetxt` writes its header behind a `#`.
    return tuple(cell.strip().removeprefix("# ") for cell in cells)


def _is_known(cell: str) -> bool:
    return not is_number(cell) and meaning(cell) is not None


def _names_the_next(header: HeaderRow, opening: Sequence[str]) -> bool:
    at = len(header.above)
    if at + 1 >= len(opening) or not any(header.cells) or any(is_number(cell) for cell in header.cells):
        return False
    below = split(opening[at + 1], header.separator)
    return len(below) == len(header.cells) and any(is_number(cell.replace(",", ".")) for cell in below)


def _no_header(name: str, opening: Sequence[str]) -> SubmissionError:
    log, first = quoted(name), quoted(opening[0])
    if any(_is_data(split(opening[0], separator)) for separator in SEPARATORS):
        advice = say(
            "Put the names of the columns into the first line, such as `epoch,step,loss,gradient_norm`."
        )
        return refusal(
            say("The log {name} has no header; its first line is {first}.", name=log, first=first),
            together(advice, ADVICE),
        )
    if any("━━" in line or "ms/step" in line for line in opening):
        return refusal(say("The log {name} is what `model.fit` prints on the screen, not a table.", name=log))
    return refusal(
        say(
            "The log {name} is text without a table: none of its first lines names columns such as "
            "`epoch` or `loss`. It begins with {first}.",
            name=log,
            first=first,
        )
    )


def _is_data(cells: Sequence[str]) -> bool:
    numbers = sum(is_number(cell) for cell in cells)
    return numbers > 0 and all(is_number(cell) or cell in MISSING for cell in cells)

"""Which cells of a notebook are meant by a tag or a heading, and how a sentence names them."""

from collections.abc import Iterable, Sequence

from grader.evidence.notebook import Cell
from grader.messages.message import EMPTY, Message, say, together
from grader.messages.wording import listed, quoted

_MOST_NAMED = 5


def chosen(cells: Iterable[Cell], tag: str = "", under: str = "") -> tuple[Cell, ...]:
    """The cells that have the tag, and stand below the heading, as far as either is asked for.

    A heading is meant by some of its words that follow one another: `Exercise 2` means `Exercise 2: clipping`
    and not `Exercise 20`. Letter case does not matter.
    """
    return tuple(
        cell
        for cell in cells
        if (not tag or tag.casefold() in map(str.casefold, cell.tags))
        and (not under or any(_has_words(heading, under) for heading in cell.headings))
    )


def _has_words(heading: str, words: str) -> bool:
    asked, there = _words(words), _words(heading)
    return any(there[at : at + len(asked)] == asked for at in range(len(there) - len(asked) + 1))


def _words(text: str) -> list[str]:
    return "".join(one if one.isalnum() else " " for one in text.casefold()).split()


def where(tag: str, under: str) -> Message:
    """Where is looked, as the end of a sentence: with a tag, below a heading, both or neither."""
    tagged = say("with the tag {tag}", tag=quoted(tag)) if tag else EMPTY
    below = say("below the heading {heading}", heading=quoted(under)) if under else EMPTY
    return together(tagged, below)


def called(cell: Cell) -> Message:
    """A cell by its place and by how it begins, for Jupyter shows no numbers of cells."""
    if not cell.begins:
        return say("cell {number}", number=cell.number)
    return say("cell {number} ({begins})", number=cell.number, begins=quoted(cell.begins))


def first_called(cell: Cell) -> Message:
    """The same at the beginning of a sentence."""
    if not cell.begins:
        return say("Cell {number}", number=cell.number)
    return say("Cell {number} ({begins})", number=cell.number, begins=quoted(cell.begins))


def several(cells: Sequence[Cell]) -> Message:
    """Some cells by their places."""
    named: list[Message | str] = [called(cell) for cell in cells[:_MOST_NAMED]]
    if len(cells) > _MOST_NAMED:
        named.append(say("{left_out} more", left_out=len(cells) - _MOST_NAMED))
    return listed(named)

"""The notebook that a teacher hands out, beside the rubric: its cells, or what is wrong with it."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from grader.analysis.notebook.cells import where
from grader.analysis.notebook.work import headings, work_in
from grader.checks import LooksAtCells
from grader.evidence.notebook import MOST_CELLS, Cell, beginning, source_hash
from grader.files import UnreadableError, read_limited
from grader.messages.safe_text import plain
from grader.messages.wording import quoted
from grader.rubric import Rubric
from grader.rubric.document import Document, Mistake

_LARGEST = 20 << 20
_LONGEST = 300
_SAVE = "Save it with Jupyter, in version 4 of its format."


def read_starter(document: Document, source: Path) -> tuple[tuple[Cell, ...], tuple[Mistake, ...]]:
    """The cells of the notebook that a rubric names as its `starter`, and the mistake, if there is one."""
    name = document.content.get("starter")
    if not isinstance(name, str) or not name:
        return (), ()
    try:
        content = read_limited(source.absolute().parent / name, _LARGEST)
    except UnreadableError as error:
        hint = "A relative path starts at the rubric's folder."
        return (), (_mistake(document, name, str(error).removesuffix("."), hint),)
    try:
        whole = json.loads(content)
        if whole["nbformat"] != 4:
            return (), (_mistake(document, name, "is of another version of the format", _SAVE),)
        return tuple(_cells(whole["cells"][:MOST_CELLS])), ()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return (), (_mistake(document, name, "is no notebook", _SAVE),)


def cell_mistakes(rubric: Rubric, document: Document, starter: Sequence[Cell]) -> Iterator[Mistake]:
    """A mistake for each item that asks for cells which the starter notebook does not have."""
    for number, item in enumerate(rubric.items):
        check = item.check
        if isinstance(check, LooksAtCells) and check.compares_with_starter and not check.given(starter):
            yield document.mistake(
                ("items", number, check.kind()),
                f"The starter notebook has no code in a cell {where(check.tag, check.under)}".rstrip(),
                "Give the cells the tag in Jupyter, or name a heading of the notebook.",
            )


def _mistake(document: Document, name: str, what: str, hint: str) -> Mistake:
    return document.mistake(("starter",), f"The starter notebook {quoted(name)} {what}", hint)


def _cells(cells: Sequence[Any]) -> Iterator[Cell]:
    below: tuple[tuple[int, str], ...] = ()
    for number, cell in enumerate(cells, start=1):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            below = headings(below, source)
        yield Cell(
            number=number,
            kind=cell["cell_type"],
            begins=beginning(source),
            source=source_hash(source),
            work=work_in(cell["cell_type"], source),
            tags=tuple(plain(tag, _LONGEST) for tag in cell.get("metadata", {}).get("tags", ())),
            headings=tuple(plain(text, _LONGEST) for _, text in below),
        )

"""What pages show of a notebook: the outputs that an item looked at, that broke, or that a part came from."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from grader.analysis.notebook.cells import chosen, first_called
from grader.analysis.targets import Targets
from grader.evidence import Evidence
from grader.evidence.figure import Figure
from grader.evidence.log import Log
from grader.evidence.notebook import Cell, Notebook
from grader.messages.message import Message
from grader.messages.safe_text import plain

MOST_CELLS = 12
MOST_PICTURES = 4
LONGEST = 4_000


@dataclass(frozen=True)
class Shown:
    """The output of one cell: its name, lines in which nothing acts, and pictures (`data:` addresses)."""

    name: Message
    lines: tuple[str, ...]
    pictures: tuple[str, ...] = ()


def outputs_of(evidence: Evidence, targets: Targets) -> Iterator[Shown]:
    """The outputs of the cells that an item is about and of the others that matter, in their order."""
    notebook = evidence.found(Notebook)
    if notebook is None:
        return
    asked = (cell.number for tag, under in targets.cells for cell in chosen(notebook.cells, tag, under))
    numbers = {*asked, *_sources(evidence)}
    left = MOST_PICTURES
    meant = (cell for cell in notebook.cells if cell.number in numbers or cell.error)
    for cell in islice((cell for cell in meant if cell.shows or cell.pictures or cell.error), MOST_CELLS):
        pictures = tuple(one.small for one in cell.pictures if one.small)[:left]
        left -= len(pictures)
        yield Shown(first_called(cell), tuple(_lines(cell)), pictures)


def _sources(evidence: Evidence) -> Iterator[int]:
    """The cells of the notebook that a log or the figure came from."""
    name = next((file.name for file in evidence.files if file.role == Notebook.part_name()), "")
    for run, kind, part in evidence.every():
        if isinstance(part, Log | Figure) and part.cell:
            files = (file.name for file in evidence.files if (file.role, file.run) == (kind, run))
            if next(files, "") == name:
                yield part.cell


def _lines(cell: Cell) -> Iterator[str]:
    text = cell.shows
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]}\n...\n{text[-LONGEST // 2 :]}"
    yield from (plain(line) for line in text.split("\n") if text)
    if cell.error:
        yield plain(f"{cell.error}: {cell.error_says}")

"""A Jupyter notebook that was handed in, as it was saved: its cells, and what their outputs show."""

import hashlib
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from grader.evidence.figure import Figure
from grader.evidence.frozen import Frozen
from grader.evidence.part import Merit, Part, Wanted
from grader.evidence.values import Count, Hash, Text
from grader.messages.message import say
from grader.messages.safe_text import plain

MOST_CELLS = 2_000
# Of what one cell prints, and of what all print together.
LONGEST_SHOWN = 20_000
LONGEST_SHOWN_TOGETHER = 400_000
MOST_PICTURES = 12
_LONGEST_BEGINNING = 60


class Cell(Frozen):
    """One cell, with its place in the notebook, from 1, and the first line of its source.

    `work` says what stands in it: nothing, comments alone, a placeholder such as `raise NotImplementedError`,
    or somebody's work. `headings` are those that it stands below, the outermost first. `shows` is the text of
    its outputs as a terminal shows it; where it, or a picture, was too much to keep, it `is_cut`. An `error`
    is the name of the exception that it ended with.
    """

    number: Count
    kind: Literal["code", "markdown", "raw"]
    begins: Text = ""
    source: Hash = ""
    work: Literal["nothing", "comments", "placeholder", "done"] = "done"
    count: Count | None = None
    tags: Annotated[tuple[Text, ...], Field(max_length=50)] = ()
    headings: Annotated[tuple[Text, ...], Field(max_length=6)] = ()
    error: Text = ""
    error_says: Text = ""
    shows: Annotated[str, Field(max_length=LONGEST_SHOWN)] = ""
    is_cut: bool = False
    pictures: Annotated[tuple[Figure, ...], Field(max_length=MOST_PICTURES)] = ()


class Notebook(Part):
    """A notebook, of the `version` of its format; nothing of it was run."""

    per_run: ClassVar[bool] = False
    wanted: ClassVar[Wanted | None] = Wanted(
        word=say("notebook"),
        description="Patterns for a Jupyter notebook, such as `*.ipynb`, for the checks of it; without any, "
        "none is looked for. A notebook is also read as the log or the figure where their patterns name it.",
        advice=say(
            "Run the notebook from top to bottom, save it with its outputs, and put the `.ipynb` file into "
            "the submission's folder."
        ),
        others=("*.ipynb", "*.ipynb.*", "*notebook*.html", "*notebook*.pdf", "*.html", "*.py"),
    )

    version: Text
    cells: Annotated[tuple[Cell, ...], Field(max_length=MOST_CELLS)]

    @property
    def merits(self) -> tuple[Merit, ...]:
        """That it was run, and has outputs."""
        return (
            Merit(any(cell.count for cell in self.cells), say("it was run")),
            Merit(any(cell.shows or cell.pictures for cell in self.cells), say("it has outputs")),
        )


def beginning(source: str) -> str:
    """The first line of a source that is not blank, by which a person finds its cell."""
    return plain(next(filter(None, map(str.strip, source.splitlines())), ""), _LONGEST_BEGINNING)


def source_hash(source: str) -> str:
    """A hash that sources share which differ in blanks at the ends of lines and in empty lines at the end."""
    lines = [line.rstrip() for line in source.splitlines()]
    return hashlib.sha256("\n".join(lines).rstrip().encode("utf-8", "surrogatepass")).hexdigest()

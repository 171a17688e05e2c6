"""Checks that the outputs of a notebook show a text or figures."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from grader.analysis.notebook.cells import first_called, where
from grader.analysis.targets import Targets
from grader.checks import LooksAtCells
from grader.evidence.figure import SOME_INK
from grader.evidence.notebook import Cell, Notebook
from grader.messages.message import EMPTY, Message, say, say_counted, together
from grader.messages.wording import quoted
from grader.report import Finding, failed, passed, review

_SHOW = say("Let these cells show it, run the notebook from its beginning, and save it with its outputs.")


class NotebookShows(LooksAtCells):
    """Do the outputs of the notebook show what was asked for?

    Looked at are the outputs of the cells with code that stand below a heading or have a tag, or of all. The
    text is looked for in what each cell printed, without regard to letter case and to how many blanks there
    are; no pattern is meant. A figure is a PNG or JPEG in which something is to be seen, as Matplotlib shows
    it; HTML, SVG and widgets are never drawn and count as nothing. Without `text` and `figures`, any output
    will do. Outputs are text in a file, so they prove little: let the model or a log decide about numbers.

    Args:
        text: What one of the cells must print; "" for nothing in particular.
        figures: How many figures the cells must show together.
        under: The words of a heading, such as `Exercise 2`; "" for the whole notebook.
        tag: The tag of the cells; "" for any.

    Example:
        notebook_shows: {text: "test accuracy", figures: 1, under: "Exercise 2", tag: ""}
    """

    text: Annotated[str, Field(max_length=1_000)] = ""
    figures: int = Field(default=0, ge=0, le=10)

    def targets(self) -> Targets:
        """The cells whose outputs it is about."""
        return Targets(cells=((self.tag, self.under),))

    def find(self, notebook: Notebook) -> Finding:
        """Look for the text and count the figures."""
        cells = [cell for cell in self.chosen(notebook.cells) if cell.kind == "code"]
        if not cells:
            return (
                self.no_cell() if self.under or self.tag else failed(say("The notebook has no code."), _SHOW)
            )
        printing = [cell for cell in cells if not self.text or _flat(self.text) in _flat(cell.shows)]
        pictures = sum(one.ink >= SOME_INK for cell in cells for one in cell.pictures)
        shows = any(cell.shows or cell.pictures for cell in cells)
        found = self._found(cells, printing, pictures)
        if printing and pictures >= self.figures and shows:
            return passed(found)
        if any(cell.is_cut for cell in cells):
            hint = say("Look into the notebook itself: a cell shows more than the grader keeps.")
            return review(found, hint)
        return failed(found, _SHOW)

    def _found(self, cells: Sequence[Cell], printing: Sequence[Cell], pictures: int) -> Message:
        looked = where(self.tag, self.under) or say("with code")
        if not (self.text or self.figures):
            first = next((cell for cell in cells if cell.shows or cell.pictures), None)
            if first is None:
                return say("No cell {where} shows anything; an output is asked for.", where=looked)
            return say("{cell} has an output, as is asked for.", cell=first_called(first))
        text, figures = EMPTY, EMPTY
        if self.text:
            text = say(
                "No cell {where} prints {text}; that is asked for.", where=looked, text=quoted(self.text)
            )
        if self.text and printing:
            text = say(
                "{cell} prints {text}, as is asked for.",
                cell=first_called(printing[0]),
                text=quoted(self.text),
            )
        if self.figures:
            figures = say_counted(
                pictures,
                "The cells {where} show {count} figure; asked for are at least {asked}.",
                "The cells {where} show {count} figures; asked for are at least {asked}.",
                where=looked,
                asked=self.figures,
            )
        return together(text, figures)


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())

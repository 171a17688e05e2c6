"""Checks that cells of the notebook that was handed out are still in it as they were."""

from collections import Counter
from typing import ClassVar

from grader.analysis.notebook.cells import several
from grader.checks import LooksAtCells
from grader.evidence.notebook import Notebook
from grader.exercises.handed_out import HandedOut
from grader.messages.message import say, say_counted
from grader.report import Finding, failed, passed


class NotebookCellsUnchanged(LooksAtCells):
    """Are the cells that were handed out still as they were?

    Meant are the cells with code of the rubric's `starter` notebook that have a tag, or stand below a
    heading: data that is to be loaded as given, or tests. Each must be in the notebook that was handed in,
    with the same source, wherever it stands; blanks at the ends of lines do not count. Which cells are meant
    is read from your notebook, so nobody escapes by removing a tag.

    Args:
        under: The words of a heading in your notebook; "" for the whole notebook.
        tag: The tag of the cells in your notebook, such as `do-not-edit`; "" for any.

    Example:
        notebook_cells_unchanged: {under: "", tag: do-not-edit}
    """

    compares_with_starter: ClassVar[bool] = True

    def find(self, notebook: Notebook, handed_out: HandedOut) -> Finding:
        """Look for each cell that was handed out."""
        asked = self.given(handed_out.notebook)
        there = Counter(cell.source for cell in notebook.cells if cell.kind == "code")
        needed = Counter(cell.source for cell in asked)
        gone = [cell for cell in asked if there[cell.source] < needed[cell.source]]
        if not gone:
            return passed(
                say_counted(
                    len(asked),
                    "{count} cell is as it was handed out, as is asked for.",
                    "{count} cells are as they were handed out, as is asked for.",
                )
            )
        return failed(
            say_counted(
                len(gone),
                "{count} of {asked} cells is missing or was changed; it was handed out as {cells}.",
                "{count} of {asked} cells are missing or were changed; they were handed out as {cells}.",
                asked=len(asked),
                cells=several(gone),
            ),
            say("Copy these cells from the notebook that was handed out, run yours again, and save it."),
        )

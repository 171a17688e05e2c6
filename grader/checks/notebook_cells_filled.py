"""Checks that a student has worked in the cells that a notebook leaves to do."""

from collections.abc import Mapping

from grader.analysis.notebook.cells import first_called, several, where
from grader.checks import LooksAtCells
from grader.evidence.notebook import Cell, Notebook
from grader.exercises.handed_out import HandedOut
from grader.messages.message import Message, say, say_counted
from grader.report import Finding, failed, passed

_HOW: Mapping[str, Message] = {
    "nothing": say("is empty"),
    "comments": say("has only comments"),
    "placeholder": say("has only what is to be replaced"),
}
_UNCHANGED = say("is as it was handed out")
_FILL = say("Work in these cells, run the notebook from its beginning, and save it.")


class NotebookCellsFilled(LooksAtCells):
    """Has the student worked in the cells that were to be filled in?

    Meant are the cells with a tag, or the cells with code below a heading. A cell counts as filled in unless
    it is empty, has only comments, or only `pass`, `...`, `return None`, `raise NotImplementedError` or a
    function without a body; of text, unless it has only headings or words such as `YOUR ANSWER HERE`. Where
    the rubric names the `starter` notebook, a cell must also differ from every cell of that. What stands in a
    cell is never run: whether it is right, other checks or a person must say.

    Args:
        under: The words of a heading, such as `Exercise 2`; "" for the whole notebook.
        tag: The tag of the cells, such as `solution`; "" for any.

    Example:
        notebook_cells_filled: {under: "Exercise 2", tag: solution}
    """

    def find(self, notebook: Notebook, handed_out: HandedOut) -> Finding:
        """Look at the work in each cell."""
        cells = [cell for cell in self.chosen(notebook.cells) if self.tag or cell.kind == "code"]
        if not cells:
            return self.no_cell()
        given = {cell.source for cell in handed_out.notebook}
        left = [cell for cell in cells if cell.work != "done" or cell.source in given]
        if not left:
            return passed(
                say_counted(
                    len(cells),
                    "{count} cell {where} is filled in, as is asked for.",
                    "All {count} cells {where} are filled in, as is asked for.",
                    where=self._where(),
                )
            )
        if len(left) == 1:
            sentence = say(
                "{cell} is to be filled in; it {how}.", cell=first_called(left[0]), how=_how(left[0])
            )
        else:
            sentence = say(
                "Of {count} cells {where} {left} are not filled in: {cells}.",
                count=len(cells),
                where=self._where(),
                left=len(left),
                cells=several(left),
            )
        return failed(sentence, _FILL)

    def _where(self) -> Message:
        return where(self.tag, self.under) or say("with code")


def _how(cell: Cell) -> Message:
    return _HOW.get(cell.work, _UNCHANGED)

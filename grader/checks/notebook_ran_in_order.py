"""Checks that the cells of a notebook ran once each, from top to bottom."""

from grader.analysis.notebook.cells import first_called
from grader.checks import Check
from grader.evidence.notebook import Cell, Notebook
from grader.messages.message import Message, say, say_counted
from grader.report import Finding, failed, passed, review

_RUN_ALL = say(
    "Restart the kernel and run all cells (`Restart & Run All`; in Colab `Restart session and run all`), "
    "wait for the last one, save, and hand in the notebook again."
)


class NotebookRanInOrder(Check):
    """Did the notebook run from top to bottom, each cell once?

    The numbers in brackets beside the code cells, which Jupyter counts, must be 1, 2, 3, ... over all code
    cells that are not empty. Then what the outputs show came of the code as it stands. Which cell breaks the
    order is named. Where no cell has a number although there are outputs, as some programs save a notebook, a
    teacher must look. The numbers are text in a file: this is a check of care, and proves nothing.

    Example:
        notebook_ran_in_order: {}
    """

    def find(self, notebook: Notebook) -> Finding:
        """Compare the number of each code cell with its place among them."""
        # Some programs count a cell of comments, others do not.
        code = [
            cell
            for cell in notebook.cells
            if cell.kind == "code" and cell.work != "nothing" and (cell.count or cell.work != "comments")
        ]
        if not code:
            return failed(say("The notebook has no code; asked for are cells that ran in order."), _RUN_ALL)
        if not any(cell.count for cell in code):
            if any(cell.shows or cell.pictures for cell in code):
                return review(
                    say(
                        "No cell of the notebook has a number, although there are outputs, so it does not "
                        "tell in which order they ran."
                    ),
                    say("Ask in which program it was run, or to run it in Jupyter and to save it there."),
                )
            return failed(
                say("No cell of the notebook has run; asked for are cells that ran in order."), _RUN_ALL
            )
        for number, cell in enumerate(code, start=1):
            if cell.count != number:
                return failed(_broken(number, cell), _RUN_ALL)
        return passed(
            say_counted(
                len(code),
                "{count} cell with code ran, as is asked for.",
                "{count} cells with code ran in order, each once, as is asked for.",
            )
        )


def _broken(number: int, cell: Cell) -> Message:
    if not cell.count:
        return say("{cell} did not run; asked for are cells that ran in order.", cell=first_called(cell))
    return say(
        "{cell} has the number {found}; in a notebook that ran once from top to bottom it has {asked}.",
        cell=first_called(cell),
        found=cell.count,
        asked=number,
    )

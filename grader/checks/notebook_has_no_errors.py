"""Checks that no cell of a notebook ended with an error."""

from grader.analysis.notebook.cells import first_called, several
from grader.checks import Check
from grader.evidence.notebook import Notebook
from grader.messages.message import say, say_counted
from grader.messages.wording import quoted
from grader.report import Finding, failed, passed


class NotebookHasNoErrors(Check):
    """Did every cell of the notebook end without an error?

    Asked for is that no cell has an error among its outputs. What is printed about errors, such as a warning
    or a traceback that the student's own code caught, is none. A notebook that did not run has no errors
    either, so ask for `notebook_ran_in_order` as well.

    Example:
        notebook_has_no_errors: {}
    """

    def find(self, notebook: Notebook) -> Finding:
        """Look for outputs that are errors."""
        broken = [cell for cell in notebook.cells if cell.error]
        if not broken:
            return passed(say("No cell of the notebook ended with an error."))
        first = broken[0]
        if len(broken) == 1:
            sentence = say(
                "{cell} ended with the error {error}; none may.",
                cell=first_called(first),
                error=quoted(first.error),
            )
        else:
            sentence = say_counted(
                len(broken),
                "{count} cell ended with an error: {cells}; the first error is {error}, and none may.",
                "{count} cells ended with an error: {cells}; the first error is {error}, and none may.",
                cells=several(broken),
                error=quoted(first.error),
            )
        return failed(
            sentence,
            say("Correct the first cell that fails, run the notebook again from its beginning, and save it."),
        )

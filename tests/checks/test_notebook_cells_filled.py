"""Tests of `notebook_cells_filled`: work in the cells that were to be filled in."""

import pytest
from builders_evidence import ask
from builders_notebooks import Raw, code, notebook, read_notebook, text

from grader.checks.notebook_cells_filled import NotebookCellsFilled
from grader.exercises.handed_out import HandedOut

STUB = "def clip(gradients):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
WORK = "def clip(gradients):\n    # YOUR CODE HERE\n    return gradients"
GIVEN = "step_size = 0.1  # change it"


def status_of(check: NotebookCellsFilled, *cells: Raw, given: tuple[Raw, ...] = ()) -> str:
    handed_out = HandedOut(notebook=read_notebook(notebook(*given)).cells)
    return ask(check, notebook=read_notebook(notebook(*cells)), handed_out=handed_out).status


@pytest.mark.parametrize(
    ("sources", "status"),
    [
        ([WORK], "passed"),
        ([WORK, WORK], "passed"),
        ([WORK, STUB], "failed"),
        ([""], "failed"),
        (["# YOUR CODE HERE"], "failed"),
        ([STUB, "", WORK], "failed"),
        ([], "failed"),
    ],
    ids=["one", "two", "stub", "empty", "comments", "several", "none"],
)
def test_by_tag(sources: list[str], status: str) -> None:
    """Cells without the tag do not count, and a notebook without such cells fails."""
    cells = [code(source, tags=["solution"]) for source in sources]

    assert status == status_of(NotebookCellsFilled(tag="solution"), code(STUB), *cells)


def test_by_heading() -> None:
    """The cells with code below it, down to the next heading as high."""
    below = (
        text("# Exercise 1"),
        code(WORK),
        text("## A part of it"),
        code(WORK),
        text("# Exercise 2"),
        code(STUB),
    )

    assert "passed" == status_of(NotebookCellsFilled(under="Exercise 1"), *below)
    assert "failed" == status_of(NotebookCellsFilled(under="Exercise 2"), *below)


@pytest.mark.parametrize(("answer", "status"), [("YOUR ANSWER HERE", "failed"), ("They explode.", "passed")])
def test_an_answer_in_words(answer: str, status: str) -> None:
    """A tagged cell of text is one that is to be filled in, too."""
    assert status == status_of(NotebookCellsFilled(tag="answer"), text(answer, metadata={"tags": ["answer"]}))


def test_a_cell_that_is_as_it_was_handed_out() -> None:
    """Where the teacher gives the notebook, code that runs as it is counts only if it differs."""
    check = NotebookCellsFilled(tag="solution")
    given = (code(GIVEN, tags=["solution"]),)

    assert "failed" == status_of(check, code(GIVEN + " ", tags=["solution"]), given=given)
    assert "passed" == status_of(check, code("step_size = 0.2", tags=["solution"]), given=given)
    assert "passed" == status_of(check, code(GIVEN, tags=["solution"]))

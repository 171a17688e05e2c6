"""Tests of `notebook_cells_unchanged`: cells that were handed out."""

import pytest
from builders_evidence import ask
from builders_notebooks import Raw, code, notebook, read_notebook, text

from grader.checks.notebook_cells_unchanged import NotebookCellsUnchanged
from grader.exercises.handed_out import HandedOut

TESTS = "assert clip(3) == 1\nassert clip(0) == 0"
GIVEN = (
    text("# Data"),
    code("x, y = load()", tags=["keep"]),
    code("", tags=["keep"]),
    text("# Tests"),
    code(TESTS, tags=["keep"]),
    code("your_code()"),
)


def status_of(*cells: Raw, **asked: str) -> str:
    handed_out = HandedOut(notebook=read_notebook(notebook(*GIVEN)).cells)
    check = NotebookCellsUnchanged(**asked)
    return ask(check, notebook=read_notebook(notebook(*cells)), handed_out=handed_out).status


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        (GIVEN, "passed"),
        ([code(TESTS.replace("\n", " \r\n") + "\n\n"), code("mine"), code("x, y = load()")], "passed"),
        ([*GIVEN[:4], code(TESTS.replace("== 0", "== 1"), tags=["keep"])], "failed"),
        ([code("x, y = load()", tags=["keep"])], "failed"),
        ([text(TESTS), text("x, y = load()")], "failed"),
    ],
    ids=["as it was", "elsewhere, without tags", "changed", "missing", "as text"],
)
def test_by_tag(cells: list[Raw], status: str) -> None:
    """Each must be there with its source; the student's tags, places and blanks do not matter."""
    assert status == status_of(*cells, tag="keep")


def test_by_heading_and_all() -> None:
    """Below a heading of the teacher's notebook, or every cell with code of it."""
    assert "passed" == status_of(code("x, y = load()"), under="Data")
    assert "failed" == status_of(code("x, y = load()"), under="Tests")
    assert "failed" == status_of(*GIVEN[:-1])

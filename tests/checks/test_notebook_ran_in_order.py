"""Tests of `notebook_ran_in_order`: execution counts from 1 without gaps."""

import pytest
from builders_evidence import ask
from builders_notebooks import code, counted, notebook, read_notebook, stream, text

from grader.checks.notebook_ran_in_order import NotebookRanInOrder

IN_ORDER = counted(
    text("# Homework"), code("a"), code(""), text("words"), code("# only a comment"), code("b")
)


def status_of(*cells: object, **whole: object) -> str:
    return ask(NotebookRanInOrder(), notebook=read_notebook(notebook(*cells, **whole))).status


def test_a_notebook_that_ran_in_order() -> None:
    """Text and empty cells have no number, and a cell of comments has one."""
    assert "passed" == status_of(*IN_ORDER)
    assert "passed" == status_of(code("a", count=1))


def test_cells_that_programs_count_differently() -> None:
    """A cell of comments may have a number or none, and an empty one keeps an old one in some programs."""
    assert "passed" == status_of(code("a", count=1), code("# words"), code("", count=1), code("b", count=2))


@pytest.mark.parametrize(
    "cells",
    [
        [code("a", count=1), code("b", count=3), code("c", count=2)],
        [code("a", count=1), code("b", count=2), code("c", count=7)],
        [code("a", count=1), code("b", count=1)],
        [code("a", count=1), code("b"), code("c", count=2)],
        counted(code("a"), code("b"), start=5),
        [code("a", count=0), code("b", count=1)],
    ],
    ids=["out of order", "again", "twice", "left out", "second run", "from 0"],
)
def test_a_cell_that_breaks_the_order(cells: list[object]) -> None:
    """It is named with the number that it has and the one that it should have."""
    assert "failed" == status_of(*cells)


def test_a_notebook_that_never_ran() -> None:
    """Cleared outputs, or none yet: the student can run it."""
    assert "failed" == status_of(code("a"), code("b"))
    assert "failed" == status_of(text("words"), code(""))


def test_a_notebook_without_numbers() -> None:
    """Some programs save outputs without numbers; nobody fails for that."""
    assert "review" == status_of(code("a", stream("1")), code("b"))
    assert "review" == status_of(code("a", stream("1"), count=0), code("b", count=0))

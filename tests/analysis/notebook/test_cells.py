"""Which cells are meant by a tag or a heading."""

import pytest

from grader.analysis.notebook.cells import chosen
from grader.evidence.notebook import Cell

CELLS = (
    Cell(number=1, kind="code"),
    Cell(number=2, kind="code", headings=("Homework 11", "Exercise 2: clipping"), tags=("solution",)),
    Cell(number=3, kind="code", headings=("Homework 11", "Exercise 20")),
    Cell(number=4, kind="code", headings=("Ejercicio 2 · recorte",), tags=("Solution", "graded")),
)


@pytest.mark.parametrize(
    ("tag", "under", "numbers"),
    [
        ("", "", [1, 2, 3, 4]),
        ("solution", "", [2, 4]),
        ("solutions", "", []),
        ("", "exercise 2", [2]),
        ("", "Homework 11", [2, 3]),
        ("", "2 Recorte", [4]),
        ("", "2 clip", []),
        ("graded", "Ejercicio 2", [4]),
        ("graded", "Exercise 2", []),
    ],
)
def test_chosen(tag: str, under: str, numbers: list[int]) -> None:
    """A tag is meant as a whole, a heading by words of it that follow one another, in any letter case."""
    assert numbers == [cell.number for cell in chosen(CELLS, tag, under)]

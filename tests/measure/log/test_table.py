"""Columns as they stand in a file, and which of their cells are numbers."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import rubric
from grader.evidence.log import Cell
from grader.measure.log.table import Limits, Table, is_number, raw_column, read_numbers


@pytest.mark.hostile_row(58)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.5", 0.5),
        (" 0.5 ", 0.5),
        ("-1", -1.0),
        ("+.5", 0.5),
        ("1.", 1.0),
        ("1e-3", 1e-3),
        ("3.62E-06", 3.62e-6),
        ("1e999", math.inf),
        ("inf", math.inf),
        ("-Infinity", -math.inf),
        ("9" * 5000, math.inf),
    ],
)
def test_numbers(text: str, expected: float) -> None:
    """Decimal numbers, exponents and infinity are numbers."""
    assert is_number(text)
    assert [expected] == read_numbers(raw_column("loss", [text])).values.tolist()


@pytest.mark.hostile_row(58)
def test_nan_is_a_value() -> None:
    """`nan` is kept, because a check must see it."""
    numbers = read_numbers(raw_column("loss", ["0.5", "nan", "NaN"]))

    assert [0, 1, 2] == numbers.rows.tolist()
    assert [False, True, True] == np.isnan(numbers.values).tolist()


@pytest.mark.hostile_row(58)
@pytest.mark.parametrize("cell", ["", "NA", "N/A", "None", "none", "null", "-", None])
def test_missing(cell: str | None) -> None:
    """What people and programs write for no value is left out."""
    numbers = read_numbers(raw_column("loss", ["0.5", cell, "0.4"]))

    assert [0, 2] == numbers.rows.tolist()
    assert [0.5, 0.4] == numbers.values.tolist()
    assert 0 == numbers.unreadable_count


@pytest.mark.hostile_row(58, 62)
@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("1_000", "1_000"),
        ("0x1p3", "0x1p3"),
        ("0x10", "0x10"),
        ("\uff11\uff12", "\uff11\uff12"),
        ("True", "True"),
        (True, "true"),
        ("0,5", "0,5"),
        ("1,719", "1,719"),
        ("50%", "50%"),
        ("tf.Tensor(0.5)", "tf.Tensor(0.5)"),
        ("\x1b[2J", "\\x1b[2J"),
        ("x" * 100, "x" * 37 + "..."),
        ([1.0], "a list"),
        ({"a": 1.0}, "an object"),
    ],
)
def test_unreadable(cell: Any, text: str) -> None:
    """What is no number is counted and shown with its row, shortened and harmless."""
    numbers = read_numbers(raw_column("loss", ["0.5", cell]))

    assert [0.5] == numbers.values.tolist()
    assert (Cell(row=1, text=f"{text}"),) == numbers.unreadable
    assert 1 == numbers.unreadable_count


def test_three_unreadable_cells_are_shown() -> None:
    """Of many cells, the first three are shown and all are counted."""
    numbers = read_numbers(raw_column("loss", list("abcde")))

    assert (Cell(row=0, text="a"), Cell(row=1, text="b"), Cell(row=2, text="c")) == numbers.unreadable
    assert 5 == numbers.unreadable_count


def test_decimal_commas() -> None:
    """Where it is allowed, a comma is a decimal point, but no separator of thousands."""
    numbers = read_numbers(
        raw_column("loss", ["0,5", "-1,5e-3", "1,000,000", "1.000,5", "2"]), decimal_comma=True
    )

    assert [0.5, -1.5e-3, 2.0] == numbers.values.tolist()
    assert (Cell(row=2, text="1,000,000"), Cell(row=3, text="1.000,5")) == numbers.unreadable


@pytest.mark.hostile_row(90)
def test_truth_values_are_no_numbers() -> None:
    """A column of `True` and `False` is made of them by pandas, also where a comma may be a decimal point."""
    numbers = read_numbers(raw_column("loss", [True, "0,5", False]), decimal_comma=True, percent=True)

    assert [0.5] == numbers.values.tolist()
    assert (Cell(row=0, text="true"), Cell(row=2, text="false")) == numbers.unreadable


def test_percent_signs() -> None:
    """Where it is allowed, a percentage is a fraction."""
    numbers = read_numbers(raw_column("accuracy", ["87%", "90 %", "0.5"]), percent=True)

    assert [0.87, 0.9, 0.5] == numbers.values.tolist()
    assert 2 == numbers.percent_signs


def test_numbers_of_json() -> None:
    """Numbers, texts and missing values stand in one list."""
    numbers = read_numbers(raw_column("loss", [0.5, "0.25", None, "NaN", "Infinity"]))

    assert [0, 1, 3, 4] == numbers.rows.tolist()
    assert [0.5, 0.25, math.inf] == numbers.values[[0, 1, 3]].tolist()


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.one_of(st.floats().map(repr), st.text(alphabet="0123456789.eE+-_ xnaif,%\uff11", max_size=8)))
)
def test_quick_way_and_grammar_agree(cells: list[str]) -> None:
    """All cells at once and each alone give the same numbers, and nothing that the grammar refuses."""
    together = read_numbers(raw_column("loss", cells))
    alone = [read_numbers(raw_column("loss", [cell])) for cell in cells]

    assert [at for at, numbers in enumerate(alone) if len(numbers.rows)] == together.rows.tolist()
    assert repr([value for numbers in alone for value in numbers.values.tolist()]) == repr(
        together.values.tolist()
    )
    assert all(is_number(cells[row]) for row in together.rows)


def test_raw_column() -> None:
    """A column of numbers is an array of numbers, any other an array of objects."""
    numbers = raw_column("loss", [0.5, 1.0])
    mixed = raw_column("loss", [0.5, "1", None, [1.0]])

    assert (np.float64, [0, 1]) == (numbers.cells.dtype, numbers.rows.tolist())
    assert ([0.5, "1", None, [1.0]], [0, 1, 2, 3]) == (mixed.cells.tolist(), mixed.rows.tolist())


def test_since() -> None:
    """The rows from one row on are counted from 0 again."""
    table = Table("csv", 3, (raw_column("loss", [3.0, 2.0, 1.0]),), restarts=(1,)).since(1)

    assert (2, ()) == (table.rows, table.restarts)
    assert ([0, 1], [2.0, 1.0]) == (table.columns[0].rows.tolist(), table.columns[0].cells.tolist())


def test_a_rubric_that_says_nothing_leaves_the_defaults() -> None:
    """They stand once, in the rubric; what it lowers is lowered."""
    assert Limits() == Limits.by_rubric(rubric.Limits())
    assert Limits(bytes=1024, rows=3) == Limits.by_rubric(rubric.Limits(log_file=1024, log_rows=3))

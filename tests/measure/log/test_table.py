"""Columns as they stand in a file, and which of their cells are numbers."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.evidence.log import Cell
from grader.measure.log.table import is_number, raw_column, read_numbers


@pytest.mark.hostile_row(58, 62, 90)
@pytest.mark.parametrize(
    ("cells", "allowed", "expected"),
    [
        (["0.5", " 0.5 ", "-1", "+.5", "1.", "1e-3", "3.62E-06"], {}, [0.5, 0.5, -1, 0.5, 1, 1e-3, 3.62e-6]),
        (["1e999", "inf", "-Infinity", "9" * 5000], {}, [math.inf, math.inf, -math.inf, math.inf]),
        ([0.5, "0.25", None, "NaN", "Infinity"], {}, [0.5, 0.25, None, math.nan, math.inf]),
        (
            ["0.5", "", "NA", "N/A", "None", "none", "null", "-", None, "nan"],
            {},
            [0.5, *[None] * 8, math.nan],
        ),
        (["1_000", "0x1p3", "0x10"], {}, ["1_000", "0x1p3", "0x10"]),
        (["\x1c.3", "\u20030.5\xa0"], {}, [0.3, 0.5]),
        (["\uff11\uff12", "True", True], {}, ["\uff11\uff12", "True", "true"]),
        (["0,5", "1,719", "50%"], {}, ["0,5", "1,719", "50%"]),
        (["tf.Tensor(0.5)", "\x1b[2J", "x" * 100], {}, ["tf.Tensor(0.5)", "\\x1b[2J", "x" * 37 + "..."]),
        ([[1.0], {"a": 1.0}], {}, ["a list", "an object"]),
        (["0,5", "-1,5e-3", "2"], {"decimal_comma": True}, [0.5, -1.5e-3, 2.0]),
        (["1,000,000", "1.000,5"], {"decimal_comma": True}, ["1,000,000", "1.000,5"]),
        ([True, "0,5", False], {"decimal_comma": True, "percent": True}, ["true", 0.5, "false"]),
        (["87%", "90 %", "0.5"], {"percent": True}, [0.87, 0.9, 0.5]),
    ],
)
def test_cells(cells: list[Any], allowed: dict[str, bool], expected: list[float | str | None]) -> None:
    """A cell is a number, or it is missing (None), or it is counted and shown, shortened and harmless."""
    numbers = read_numbers(raw_column("loss", cells), **allowed)
    read: list[float | str | None] = [None] * len(cells)
    for row, value in zip(numbers.rows, numbers.values, strict=True):
        read[row] = float(value)
    for cell in numbers.unreadable:
        read[cell.row] = cell.text

    # NaN is not equal to itself; as text it is.
    assert repr([float(one) if isinstance(one, int) else one for one in expected]) == repr(read)
    assert sum(isinstance(one, str) for one in expected) == numbers.unreadable_count
    assert sum("%" in str(cell) for cell in cells if allowed.get("percent")) == numbers.percent_signs


def test_three_unreadable_cells_are_shown() -> None:
    """Of many cells, the first three are shown and all are counted."""
    numbers = read_numbers(raw_column("loss", list("abcde")))

    assert (Cell(row=0, text="a"), Cell(row=1, text="b"), Cell(row=2, text="c")) == numbers.unreadable
    assert 5 == numbers.unreadable_count


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

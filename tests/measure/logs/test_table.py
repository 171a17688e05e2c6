"""Columns as they stand in a file."""

import numpy as np

from grader.measure.logs.table import Table, raw_column


def test_raw_column() -> None:
    """A column of numbers is an array of numbers, any other an array of objects."""
    numbers = raw_column("loss", [0.5, 1.0])
    mixed = raw_column("loss", [0.5, "1", None, [1.0]])

    assert (np.float64, [0, 1]) == (numbers.cells.dtype, numbers.rows.tolist())
    assert [0.5, "1", None, [1.0]] == mixed.cells.tolist()
    assert [0, 1, 2, 3] == mixed.rows.tolist()


def test_since() -> None:
    """The rows from one row on are counted from 0 again."""
    table = Table("csv", 3, (raw_column("loss", [3.0, 2.0, 1.0]),), restarts=(1,)).since(1)

    assert (2, ()) == (table.rows, table.restarts)
    assert ([0, 1], [2.0, 1.0]) == (table.columns[0].rows.tolist(), table.columns[0].cells.tolist())

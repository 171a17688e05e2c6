"""Columns as they stand in a file."""

import numpy as np
import pytest
from builders_logs import read, refused

from grader import rubric
from grader.measure.log.table import Limits, Table, raw_column


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


@pytest.mark.hostile_row(54)
def test_limits_of_a_log() -> None:
    """Rows, columns and cells are counted, and the sentence has both numbers."""
    hint = "Submit the log of one run, with one row for each training step and what is asked for in it."
    limits = Limits(rows=3, columns=3, cells=8)
    allowed = read("loss\n1\n2\n3\n", limits=limits)
    rows = refused("loss\n1\n2\n3\n4\n", limits=limits)
    columns = refused("loss,a,b,c\n1,2,3,4\n", limits=limits)
    cells = refused("loss,a,b\n1,2,3\n1,2,3\n1,2,3\n", limits=limits)

    assert 3 == allowed.rows
    assert "The log `log.csv` has 4 rows; at most 3 are read." == str(rows.message)
    assert "The log `log.csv` has 4 columns; at most 3 are read." == str(columns.message)
    assert "The log `log.csv` has 9 cells; at most 8 are read." == str(cells.message)
    assert [hint] * 3 == [str(rows.hint), str(columns.hint), str(cells.hint)]


@pytest.mark.hostile_row(54)
def test_default_limits() -> None:
    """A log of 200,001 rows is too long."""
    refusal = refused("epoch,loss\n" + "0,1\n" * 200_001)

    assert "The log `log.csv` has 200,001 rows; at most 200,000 are read." == str(refusal.message)


def test_a_rubric_that_says_nothing_leaves_the_defaults() -> None:
    """They stand once, in the rubric; what it lowers is lowered."""
    assert Limits() == Limits.by_rubric(rubric.Limits())
    assert Limits(bytes=1024, rows=3) == Limits.by_rubric(rubric.Limits(log_file=1024, log_rows=3))

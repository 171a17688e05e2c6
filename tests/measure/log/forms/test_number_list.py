"""Plain lists of numbers."""

from builders_logs import read, refused, values

from grader.evidence.log import Cell
from grader.measure.log.table import Limits


def test_numbers() -> None:
    """One number on each line is a series that the file names."""
    log = read("2.5e+00\n\n 2.0\r\n1\n", "grad_norm.txt")

    assert ("numbers", 3, "gradient_norm") == (log.form, log.rows, log.columns[0].name)
    assert {"value": [2.5, 2.0, 1.0]} == values(log)


def test_file_without_an_extension() -> None:
    """A file named `norm` has norms, one named `loss` losses."""
    assert "gradient_norm" == read("2.5\n2.0\n", "norm").columns[0].name
    assert "loss" == read("2.5\n2.0\n", "loss").columns[0].name


def test_odd_lines() -> None:
    """Lines further down that are no numbers are unreadable."""
    column = read("1.0\n" * 20 + "two\nnan\n", "loss.txt").columns[0]

    assert (Cell(row=20, text="two"),) == column.unreadable
    assert 21 == len(column.values)


def test_nothing_says_what_it_is() -> None:
    """A series without a name is refused."""
    assert "The log `log.csv` has a series of 2 numbers, and nothing says what it is." == str(
        refused("2.5\n2.0\n").message
    )


def test_too_many() -> None:
    """The rows are counted."""
    assert "The log `log.csv` has 3 rows; at most 2 are read." == str(
        refused("1\n2\n3\n", limits=Limits(rows=2)).message
    )

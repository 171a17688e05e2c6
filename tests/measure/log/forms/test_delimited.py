"""Delimited text in all its dialects."""

import pytest
from builders_logs import ADVICE, read, refused, values

AGAIN = f"Write it with Python's `csv` module or with `DataFrame.to_csv`. {ADVICE}"
RIGHT = {"epoch": [0.0, 1.0], "loss": [0.5, 0.25]}


@pytest.mark.hostile_row(57)
@pytest.mark.parametrize(
    "text",
    [
        "epoch,loss\n0,0.5\n1,0.25\n",
        "epoch,loss\n0,0.5\n1,0.25",
        "epoch;loss\n0;0.5\n1;0.25\n",
        "epoch;loss\n0;0,5\n1;0,25\n",
        "epoch\tloss\n0\t0,5\n1\t0.25\n",
        "epoch,loss\r\r\n0,0.5\r\r\n1,0.25\r\r\n",
        "epoch,loss\r0,0.5\r1,0.25\r",
        "\n\nepoch,loss\n\n0,0.5\n   \n1,0.25\n\n\n",
        "epoch,loss\n0,0.5\n,\n1,0.25\n,,\n",
        " epoch , loss \n 0 , 0.5 \n 1 , 0.25 \n",
        '"epoch","loss"\n"0","0.5"\n"1","0.25"\n',
        "epoch,loss,\n0,0.5,\n1,0.25,\n",
        "epoch,loss\n0,0.5,\n1,0.25,\n",
        "epoch,loss\n0,0.5\n1,0.25,,,\n",
        "epoch,loss\n0,0.5,,,\n1,0.25\n",
        ",epoch,loss\n0,0,0.5\n1,1,0.25\n",
        "# epoch,loss\n0,0.5\n1,0.25\n",
    ],
)
def test_dialects(text: str) -> None:
    """Separators, decimal commas, newlines, blank rows, quotes and trailing separators do not matter."""
    log = read(text)

    assert RIGHT == values(log)
    assert ("csv", 2, ()) == (log.form, log.rows, log.notes)


def test_single_column() -> None:
    """One column needs no separator."""
    assert {"grad_norm": [2.5, 2.0]} == values(read("grad_norm\n2.5\n2.0\n"))


def test_sparse_rows() -> None:
    """Empty cells have no value; rows are counted without the blank ones."""
    log = read("loss,epoch,step,val_loss\n0.5,0,9,\n\n,0,19,0.75\n")

    assert [(0,), (0, 1), (0, 1), (1,)] == [column.rows for column in log.columns]


@pytest.mark.hostile_row(57)
def test_short_rows() -> None:
    """A row with too few cells has no values at its end."""
    assert {"epoch": [0.0, 1.0], "loss": [0.5]} == values(read("epoch,loss\n0,0.5\n1\n"))


def test_last_row_is_cut_off() -> None:
    """A last row without a newline and with too few cells may end within a number, so it is left out."""
    log = read("epoch,step,loss\n0,1,0.5\n0,2,0.25\n0,1")

    assert {"epoch": [0.0, 0.0], "step": [1.0, 2.0], "loss": [0.5, 0.25]} == values(log)
    assert ("The last row was cut off; it was left out.",) == tuple(map(str, log.notes))


@pytest.mark.hostile_row(57)
@pytest.mark.parametrize(
    "rows",
    [
        "0,0.5,0.7\n",
        "0,0.5,,7\n",
        "0,0.5\n1,0.4,,,7\n",
        "0,0.5\n1,0.4,0.7\n",
        "0,0.5\n1,0.4,0,7,8,9\n",
        '"0",0.5\n"1",0.4,1\n',
    ],
)
def test_too_many_cells(rows: str) -> None:
    """A row with more cells than the header is named, with both numbers."""
    refusal = refused(f"epoch,loss\n{rows}")
    number = rows.count("\n")
    cells = rows.splitlines()[-1].count(",") + 1

    assert f"Row {number} below the header of the log `log.csv` has {cells} cells; the header has 2." == str(
        refusal.message
    )
    assert str(AGAIN) == str(refusal.hint)


@pytest.mark.hostile_row(56)
@pytest.mark.parametrize(
    "rows",
    [
        '0,"0.5\n1,0.4\n',
        '0,"0.5\n1,0.4"\n2,0.3\n',
        '"0,0.5\n',
        '0,0.5\n"1,0.4\n"2",0.3\n',
        '0,x"y,"z\n1,2,3",4,5,6,7\n',
    ],
)
def test_quote_is_not_closed(rows: str) -> None:
    """A quote that swallows rows is refused."""
    refusal = refused(f"epoch,loss\n{rows}")

    assert "A quotation mark in the log `log.csv` is opened and not closed in its row." == str(
        refusal.message
    )
    assert str(AGAIN) == str(refusal.hint)


@pytest.mark.hostile_row(56)
def test_long_cell() -> None:
    """A cell of 200,000 characters is a cell that is no number."""
    column = read(f"epoch,loss\n0,{'x' * 200_000}\n1,0.5\n").column("loss")

    assert column is not None
    assert ((1,), 1) == (column.rows, column.unreadable_count)


@pytest.mark.hostile_row(59)
@pytest.mark.parametrize("rows", ["", ",\n", "epoch,loss\n"])
def test_no_rows(rows: str) -> None:
    """A header alone is no log."""
    refusal = refused(f"epoch,loss\n{rows}")

    assert "The log `log.csv` has the header `epoch` and `loss` and no rows." == str(refusal.message)
    assert str(ADVICE) == str(refusal.hint)

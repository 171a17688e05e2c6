"""Logs whose columns cannot be understood."""

import pytest
from builders_logs import ADVICE, csv_text, refused


@pytest.mark.hostile_row(57)
def test_same_header_twice() -> None:
    """Two columns of one name are refused, since one could only guess which is meant."""
    refusal = refused("epoch,acc,loss,acc\n0,0.5,1,0.9\n")

    assert "The log `log.csv` has 2 columns with the name `acc`; each name must be there once." == str(
        refusal.message
    )
    assert "Rename one of the columns or take it out." == str(refusal.hint)


def test_nothing_measured() -> None:
    """A log without loss, accuracy and norm is refused with its columns."""
    refusal = refused("optimizer,epoch,mean,std\nadam,1,2.0,2.3\n")

    assert (
        "The log `log.csv` has no column that is known for a loss, an accuracy or a gradient norm; "
        "its columns are: `optimizer`, `epoch`, `mean` and `std`."
    ) == str(refusal.message)
    assert (
        f"Name the columns `epoch`, `step`, `loss`, `accuracy`, `val_accuracy` and `gradient_norm`. {ADVICE}"
    ) == str(refusal.hint)


def test_many_columns_are_counted() -> None:
    """Of many columns, eight are named."""
    message = refused(csv_text({f"column {letter}": [1] for letter in "abcdefghij"})).message

    assert str(message).endswith("`column g`, `column h` and 2 more.")


def test_no_values() -> None:
    """A log whose columns are all empty is refused."""
    refusal = refused("epoch,loss,acc\n0,,NA\n1,,NA\n")

    assert (
        "The log `log.csv` has the columns `epoch`, `loss` and `acc`, "
        "but no value of a loss, an accuracy or a gradient norm."
    ) == str(refusal.message)
    assert str(ADVICE) == str(refusal.hint)


def test_series_without_a_name() -> None:
    """A series that neither its header nor its file names is refused."""
    refusal = refused("Wall time,Step,Value\n1748869402.7,250,107.5\n", "training_log.csv")

    assert "The log `training_log.csv` has a series of 1 number, and nothing says what it is." == str(
        refusal.message
    )
    assert (
        "Name the file for what it holds, such as `grad_norm`, or write `norm: {column: value}` into "
        "`submission.yaml`."
    ) == str(refusal.hint)


def test_export_of_two_runs() -> None:
    """An export of several runs is refused."""
    refusal = refused("Step,a - loss,b - loss\n1,2,3\n")

    assert "The log `log.csv` has 2 runs, `a` and `b`; it must be the log of one." == str(refusal.message)
    assert "Export the run of the submitted model alone." == str(refusal.hint)

"""Where a log begins again: a new run, or the same one going on."""

import pytest
from builders_logs import csv_text, read, rows, values

BEGINS = "epoch,loss\n"
RUN = [2.3 - 0.02 * step for step in range(100)]
# One odd loss at either end of many.
ODD = [2.3, *RUN[1:99], 2.3]


@pytest.mark.parametrize(
    ("text", "losses", "notes"),
    [
        (f"{BEGINS}0,0.9\n1,0.5\n2,0.3\n0,0.95\n1,0.55\n", [0.95, 0.55], 1),
        (f"{BEGINS}0,0.9\n1,0.5\n0,0.9\n1,0.4\n0,0.9\n1,0.3\n", [0.9, 0.3], 1),
        (f"{BEGINS}0,0.9\n1,0.5\n2,0.3\n0,0.28\n1,0.25\n", [0.9, 0.5, 0.3, 0.28, 0.25], 1),
        (f"{BEGINS}0,0.9\n0,0.9\n1,0.5\n0,0.9\n1,0.5\n2,0.3\n", [0.9, 0.5, 0.3], 1),
        (f"{BEGINS}0,0.9\n1,0.5\n0,0.9\n1,0.5\n2,0.3\n", [0.9, 0.5, 0.3], 1),
        (f"{BEGINS}0,33.8\n0,314.4\n0,14.8\n", [33.8, 314.4, 14.8], 0),
        (f"{BEGINS}0,0.9\n1,0.3\n0,0.92\n1,0.4\n0,0.35\n1,0.3\n", [0.92, 0.4, 0.35, 0.3], 2),
        ("epoch,step,loss\n0,1,0.9\n1,2,0.3\n0,3,0.9\n1,4,0.3\n", [0.9, 0.3, 0.9, 0.3], 1),
        ("step,loss\n1,2.3\n2,1.5\n3,0.9\n1,2.2\n2,1.4\n3,0.8\n", [2.2, 1.4, 0.8], 1),
        ("step,loss\n1,2.3\n2,1.5\n3,0.9\n1,0.8\n2,0.7\n3,0.6\n", [2.3, 1.5, 0.9, 0.8, 0.7, 0.6], 1),
        ("epoch,step,loss\n0,0,2.3\n0,1,1.5\n1,0,2.2\n1,1,0.8\n", [2.3, 1.5, 2.2, 0.8], 0),
        (f"{BEGINS}0,2.0\n1,nan\n0,0.9\n1,0.5\n", [0.9, 0.5], 1),
        (f"{BEGINS}0,2.0\n1,nan\n0,nan\n1,nan\n", [2.0, float("nan"), float("nan"), float("nan")], 1),
        (f"{BEGINS}0,0.9\n1,0.3\n0,\n", [0.9, 0.3], 1),
        ("loss,grad_norm\n0.9,1\n0.5,1\n0.3,1\nloss,grad_norm\n0.92,1\n0.5,1\n", [0.92, 0.5], 1),
        (
            "loss,grad_norm\n0.9,1\n0.5,1\n0.3,1\n loss , grad_norm\n0.31,1\n0.2,1\nloss,grad_norm\n",
            [0.9, 0.5, 0.3, 0.31, 0.2],
            1,
        ),
        (csv_text({"epoch": [0] * 100 + [1] * 100 + [0] * 100, "loss": [*ODD, *[0.3] * 100, *ODD]}), ODD, 1),
        (csv_text({"epoch": [1, 0] * 600, "loss": [0.5, 0.9] * 600}), [0.5, 0.9] * 600, 0),
        # This note is on the empty column.
        (f"{BEGINS},0.5\n,0.4\n", [0.5, 0.4], 1),
        ("loss\n0.5\n0.9\n0.5\n", [0.5, 0.9, 0.5], 0),
        (f"{BEGINS}nan,1\n0,1\nnan,2\n", [1.0, 1.0, 2.0], 0),
    ],
    ids=[
        *(
            "appended",
            "three runs",
            "a second fit",
            "saved thrice",
            "saved twice",
            "fit in a loop",
            "a second fit in the second run",
        ),
        *("steps count on", "steps without epochs", "steps of a second fit", "steps within epochs"),
        *("diverged", "NaN after NaN", "no loss to compare", "a header again", "a header in one run"),
        *("noisy steps", "rows in no order", "no epochs", "neither epochs nor steps", "epochs of NaN"),
    ],
)
def test_the_rows_that_count(text: str, losses: list[float], notes: int) -> None:
    """Of runs from fresh weights the last one counts; of a training that goes on, every row does."""
    log = read(text)

    # NaN is not equal to itself; as text it is.
    assert str(losses) == str(values(log)["loss"])
    assert notes == len(log.notes)


def test_the_rows_of_the_last_run_begin_at_0() -> None:
    """What could not be read before it is forgotten, and losses may stand in other rows than the epochs."""
    log = read("epoch,loss,acc\n0,0.9,oops\n1,0.5,0.7\n2,0.3,0.8\n0,0.95,0.4\n1,0.55,0.6\n")
    sparse = read("epoch,loss,val_loss\n0,2.3,\n,1.0,\n1,0.5,0.4\n0,2.2,\n,0.9,\n1,0.4,0.3\n")

    assert ([0, 1], 2, 0) == (rows(log, "loss"), log.rows, log.columns[2].unreadable_count)
    assert ([2.2, 0.9, 0.4], [2]) == (values(sparse)["loss"], rows(sparse, "val_loss"))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("epoch,acc\n0,0.2\n1,0.9\n0,0.25\n1,0.85\n", 2),
        ("epoch,acc\n0,0.2\n1,0.9\n0,0.91\n1,0.92\n", 4),
        ("epoch,grad_norm\n0,2.5\n1,1.0\n0,2.5\n1,1.0\n", 4),
    ],
)
def test_without_a_loss(text: str, count: int) -> None:
    """The accuracy tells whether the weights were fresh; norms alone tell nothing, so every row counts."""
    assert (count, 1) == (read(text).rows, len(read(text).notes))

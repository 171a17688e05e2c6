"""Where a log begins again: a new run, or the same one going on."""

import pytest
from builders_logs import csv_text, read, rows, values


def test_appended_runs() -> None:
    """Of runs from fresh weights, the last one counts; its rows begin at 0."""
    log = read("epoch,loss,acc\n0,0.9,oops\n1,0.5,0.7\n2,0.3,0.8\n0,0.95,0.4\n1,0.55,0.6\n")

    assert {"epoch": [0.0, 1.0], "loss": [0.95, 0.55], "acc": [0.4, 0.6]} == values(log)
    assert [0, 1] == rows(log, "loss")
    assert 2 == log.rows
    assert 0 == log.columns[2].unreadable_count
    assert 1 == len(log.notes)


def test_three_runs() -> None:
    """The last of three runs counts."""
    log = read("epoch,loss\n0,0.9\n1,0.5\n0,0.9\n1,0.4\n0,0.9\n1,0.3\n")

    assert [0.9, 0.3] == values(log)["loss"]
    assert str(log.notes[0]).startswith("The log has 3 runs,")


def test_repeated_fit() -> None:
    """A second `fit` on the same model goes on where the first ended; every row counts."""
    log = read("epoch,loss\n0,0.9\n1,0.5\n2,0.3\n0,0.28\n1,0.25\n")

    assert [0.9, 0.5, 0.3, 0.28, 0.25] == values(log)["loss"]
    assert 1 == len(log.notes)


def test_fit_in_a_loop() -> None:
    """`fit` for one epoch, many times, has the epoch 0 in every row; every row counts."""
    log = read("epoch,loss\n0,33.8\n0,314.4\n0,14.8\n")

    assert 3 == log.rows
    assert () == log.notes


def test_run_that_goes_on_after_a_new_one() -> None:
    """A new run with a second `fit` counts from its beginning."""
    log = read("epoch,loss\n0,0.9\n1,0.3\n0,0.92\n1,0.4\n0,0.35\n1,0.3\n")

    assert [0.92, 0.4, 0.35, 0.3] == values(log)["loss"]
    assert 2 == len(log.notes)


def test_accuracy_in_place_of_the_loss() -> None:
    """Without a loss, the accuracy tells whether the weights were fresh."""
    assert 2 == read("epoch,acc\n0,0.2\n1,0.9\n0,0.25\n1,0.85\n").rows
    assert 4 == read("epoch,acc\n0,0.2\n1,0.9\n0,0.91\n1,0.92\n").rows


def test_norms_alone() -> None:
    """Where only norms are logged, nothing tells; every row counts."""
    log = read("epoch,grad_norm\n0,2.5\n1,1.0\n0,2.5\n1,1.0\n")

    assert 4 == log.rows
    assert 1 == len(log.notes)


def test_steps_that_count_on() -> None:
    """Steps that go on counting mean one training, whatever the loss does."""
    log = read("epoch,step,loss\n0,1,0.9\n1,2,0.3\n0,3,0.9\n1,4,0.3\n")

    assert 4 == log.rows


def test_steps_without_epochs() -> None:
    """Without epochs, steps that return to the first begin a run if the loss does too."""
    fresh = read("step,loss\n1,2.3\n2,1.5\n3,0.9\n1,2.2\n2,1.4\n3,0.8\n")
    within_epochs = read("step,loss\n1,2.3\n2,1.5\n3,0.9\n1,0.8\n2,0.7\n3,0.6\n")

    assert [2.2, 1.4, 0.8] == values(fresh)["loss"]
    assert 6 == within_epochs.rows


def test_steps_within_epochs() -> None:
    """Steps that begin again in each epoch are no runs."""
    log = read("epoch,step,loss\n0,0,2.3\n0,1,1.5\n1,0,2.2\n1,1,0.8\n")

    assert 4 == log.rows
    assert () == log.notes


def test_diverged_run() -> None:
    """A training does not come back from NaN, so what follows is a new run; NaN after NaN is none."""
    assert [0.9, 0.5] == values(read("epoch,loss\n0,2.0\n1,nan\n0,0.9\n1,0.5\n"))["loss"]
    assert 4 == read("epoch,loss\n0,2.0\n1,nan\n0,nan\n1,nan\n").rows


def test_sparse_epochs() -> None:
    """Losses in other rows than the epochs are compared too."""
    log = read("epoch,loss,val_loss\n0,2.3,\n,1.0,\n1,0.5,0.4\n0,2.2,\n,0.9,\n1,0.4,0.3\n")

    assert [2.2, 0.9, 0.4] == values(log)["loss"]
    assert [2] == rows(log, "val_loss")


def test_loss_is_missing_after_the_restart() -> None:
    """Where there is no loss to compare, the training goes on."""
    assert 3 == read("epoch,loss\n0,0.9\n1,0.3\n0,\n").rows


def test_repeated_header() -> None:
    """A header that stands again is no data, and a place where a run may begin."""
    fresh = read("loss,grad_norm\n0.9,1\n0.5,1\n0.3,1\nloss,grad_norm\n0.92,1\n0.5,1\n")
    going_on = read("loss,grad_norm\n0.9,1\n0.5,1\n0.3,1\n loss , grad_norm\n0.31,1\n0.2,1\nloss,grad_norm\n")

    assert [0.92, 0.5] == values(fresh)["loss"]
    assert [0.9, 0.5, 0.3, 0.31, 0.2] == values(going_on)["loss"]


def test_noisy_steps() -> None:
    """Of many steps, the medians of some are compared, so that one odd loss does not decide."""
    run = [2.3 - 0.02 * step for step in range(100)]
    odd = [2.3, *run[1:99], 2.3]
    log = read(csv_text({"epoch": [0] * 100 + [1] * 100 + [0] * 100, "loss": [*odd, *[0.3] * 100, *odd]}))

    assert odd == values(log)["loss"]


def test_rows_in_no_order() -> None:
    """Epochs that go back all the time say nothing about runs."""
    log = read(csv_text({"epoch": [1, 0] * 600, "loss": [0.5, 0.9] * 600}))

    assert 1200 == log.rows
    assert () == log.notes


@pytest.mark.parametrize(
    "text", ["epoch,loss\n,0.5\n,0.4\n", "loss\n0.5\n0.9\n0.5\n", "epoch,loss\nnan,1\n0,1\nnan,2\n"]
)
def test_nothing_to_go_back(text: str) -> None:
    """Without epochs and steps, and with NaN for them, there is one run."""
    assert () == tuple(
        note for note in read(text).notes if "begins again" in str(note) or "runs" in str(note)
    )

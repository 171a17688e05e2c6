"""Tests of what is done to a log."""

import log_edits
import numpy as np
import pandas as pd
import pytest

EPOCHS, STEPS = 3, 4
BEFORE = [3.0, 2.0, 0.5, 1.5, 2.0, 1.0, 0.5, 4.0, 0.2, 0.4, 0.6, 0.8]


@pytest.fixture
def log() -> pd.DataFrame:
    count = EPOCHS * STEPS
    accuracies = np.full(count, np.nan)
    accuracies[STEPS - 1 :: STEPS] = [0.80, 0.85, 0.87]
    before = np.array(BEFORE)
    return pd.DataFrame(
        {
            "epoch": np.repeat(np.arange(EPOCHS), STEPS),
            "step": np.arange(1, count + 1),
            "loss": np.linspace(2, 1, count),
            "accuracy": np.linspace(0.1, 0.8, count),
            "val_loss": accuracies * 2,
            "val_accuracy": accuracies,
            "variable_norm_before": before,
            "variable_norm_after": np.minimum(before, 1),
            "global_norm_before": before * 1.5,
            "global_norm_after": np.minimum(before, 1) * 1.5,
        }
    )


def edited(log: pd.DataFrame, *edits: log_edits.Edit) -> pd.DataFrame:
    random = np.random.default_rng(1)
    for edit in edits:
        log = edit(log, random)
    return log


ONE = log_edits.norms(grad_norm="variable_norm_before")


def norms(log: pd.DataFrame, *edits: log_edits.Edit) -> list[float]:
    values: list[float] = edited(log, ONE, *edits)["grad_norm"].tolist()
    return values


def test_validation_accuracies_are_invented(log: pd.DataFrame) -> None:
    """Each epoch has its own, in its last row."""
    found = edited(log, log_edits.validated(0.5, 0.6, 0.7))

    assert [0.5, 0.6, 0.7] == found["val_accuracy"].dropna().tolist()
    assert log["val_accuracy"].notna().equals(found["val_accuracy"].notna())


def test_of_the_four_norms_those_named_are_kept(log) -> None:
    """They have the student's names, and the other columns stay."""
    found = edited(log, log_edits.norms(g="global_norm_after"))

    assert ["epoch", "step", "loss", "accuracy", "val_loss", "val_accuracy", "g"] == list(found)
    assert log["global_norm_after"].tolist() == found["g"].tolist()


def test_no_edit_changes_the_log_that_it_is_given(log) -> None:
    """A training's log is read once and used for many stories."""
    untouched = log.copy()
    edited(
        log, log_edits.claimed_accuracy(0.9), log_edits.capped(1.0), log_edits.first_epochs(1, accuracy=0.9)
    )

    pd.testing.assert_frame_equal(untouched, log)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (log_edits.constant(0.8), [0.8] * 12),
        (log_edits.capped(1.0), np.minimum(BEFORE, 1.0)),
        (log_edits.scaled(0.5), np.array(BEFORE) / 2),
        (log_edits.scaled_to(1.0), np.array(BEFORE) / 4),
        (log_edits.backwards, BEFORE[::-1]),
        (log_edits.tiled(5), [*BEFORE[:5], *BEFORE[:5], *BEFORE[:2]]),
        (log_edits.rounded(0), np.round(BEFORE)),
        (log_edits.shuffled, np.random.default_rng(1).permutation(BEFORE)),
    ],
)
def test_norms_are_changed(log, edit, expected) -> None:
    """Each manipulation does what its name says."""
    assert list(expected) == pytest.approx(norms(log, edit))


@pytest.mark.parametrize(
    "edit", [log_edits.uniform(0.2, 1.0), log_edits.gaussian(0.85, 0.15), log_edits.smooth(1.2, 0.5)]
)
def test_invented_norms_stay_within_the_cap(log, edit) -> None:
    """Who invents norms sees to it that none is over 1, and that no two logs are equal by chance."""
    found = norms(log, edit)

    assert 0 < min(found)
    assert max(found) <= 1
    assert len(set(found)) > 6


@pytest.mark.parametrize(
    ("edit", "columns"),
    [
        # The first value of an epoch is the norm itself, the last the mean of the epoch.
        (
            log_edits.running_means,
            {"grad_norm": [3, 2.5, 5.5 / 3, 1.75, 2, 1.5, 3.5 / 3, 1.875, 0.2, 0.3, 0.4, 0.5]},
        ),
        # All epochs are raised alike.
        (log_edits.claimed_accuracy(0.89), {"val_accuracy": [0.82, 0.87, 0.89]}),
        (
            log_edits.first_epochs(2, accuracy=0.9),
            {"val_accuracy": [0.8, 0.9], "step": [1, 2, 3, 4, 5, 6, 7, 8]},
        ),
        (log_edits.begun_later(9), {"step": [1, 2, 3], "grad_norm": [0.4, 0.6, 0.8]}),
        (log_edits.epochs_restart(2), {"epoch": [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0]}),
        (
            log_edits.counted_from_1_in_each_epoch,
            {"epoch": [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], "batch": [0, 1, 2, 3] * 3, "step": None},
        ),
        # Rows with a validation accuracy stay, too.
        (log_edits.every(5), {"step": [1, 4, 6, 8, 11, 12]}),
        (log_edits.one_row_an_epoch, {"grad_norm": [1.75, 1.875, 0.5], "val_accuracy": [0.80, 0.85, 0.87]}),
        (log_edits.as_percent, {"val_accuracy": [80, 85, 87], "val_loss": [1.6, 1.7, 1.74]}),
        (log_edits.renamed(loss="g"), {"loss": None, "g": np.linspace(2, 1, 12).tolist()}),
        (
            log_edits.without("loss", "val_loss"),
            {"loss": None, "val_loss": None, "epoch": [0] * 4 + [1] * 4 + [2] * 4},
        ),
        (log_edits.no_rows, {"epoch": [], "grad_norm": []}),
    ],
)
def test_columns_are_changed(log, edit, columns) -> None:
    """Of each the values that there are, or None where it is gone."""
    found = edited(log, ONE, edit)

    assert {name: None if values is None else pytest.approx(values) for name, values in columns.items()} == {
        name: found[name].dropna().tolist() if name in found else None for name in columns
    }


def test_rows_shuffled_within_stretches_stay_in_them(log) -> None:
    """Each stretch has its numbers in another order; steps and validation stay where they were."""
    found = edited(log, ONE, log_edits.shuffled_within(6))

    assert found["grad_norm"].tolist() != BEFORE
    assert [sorted(BEFORE[:6]), sorted(BEFORE[6:])] == [
        sorted(found["grad_norm"][part]) for part in (slice(6), slice(6, None))
    ]
    assert log[["step", "val_accuracy"]].equals(found[["step", "val_accuracy"]])


def test_noise_moves_no_norm_over_the_cap(log) -> None:
    """Every number is another one, and what was within the cap still is."""
    found = edited(log, log_edits.norms(grad_norm="variable_norm_after"), log_edits.with_noise(1e-3))

    assert found["grad_norm"].max() <= 1
    assert not (log["loss"] == found["loss"]).any()
    assert log["loss"].tolist() == pytest.approx(found["loss"].tolist(), rel=1e-2)

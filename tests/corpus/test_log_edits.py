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
    ],
)
def test_norms_are_changed(log, edit, expected) -> None:
    """Each manipulation does what its name says."""
    assert list(expected) == pytest.approx(norms(log, edit))


def test_shuffled_norms_are_the_same_in_another_order(log) -> None:
    """Nothing is added and nothing lost."""
    found = norms(log, log_edits.shuffled)

    assert sorted(BEFORE) == sorted(found)
    assert found != BEFORE


@pytest.mark.parametrize(
    "edit", [log_edits.uniform(0.2, 1.0), log_edits.gaussian(0.85, 0.15), log_edits.smooth(1.2, 0.5)]
)
def test_invented_norms_stay_within_the_cap(log, edit) -> None:
    """Who invents norms sees to it that none is over 1, and that no two logs are equal by chance."""
    found = norms(log, edit)

    assert 0 < min(found)
    assert max(found) <= 1
    assert len(set(found)) > 6


def test_a_running_mean_begins_anew_in_each_epoch(log) -> None:
    """The first value of an epoch is the norm itself, the last the mean of the epoch."""
    found = norms(log, log_edits.running_means)

    assert [3.0, 2.5, pytest.approx(5.5 / 3), 1.75] == found[:4]
    assert [2.0, 0.2] == found[4::4]


def test_a_claimed_accuracy_ends_where_it_should(log) -> None:
    """All epochs are raised alike."""
    found = edited(log, log_edits.claimed_accuracy(0.89))["val_accuracy"].dropna().tolist()

    assert [0.82, 0.87, 0.89] == pytest.approx(found)


def test_the_last_of_the_epochs_that_are_left_may_claim_an_accuracy(log) -> None:
    """The rows of later epochs are gone."""
    found = edited(log, log_edits.first_epochs(2, accuracy=0.9))

    assert 8 == len(found)
    assert [0.8, 0.9] == found["val_accuracy"].dropna().tolist()


def test_a_head_that_was_cut_off_leaves_no_gap(log) -> None:
    """The steps that are left are numbered from 1."""
    found = edited(log, log_edits.begun_later(5))

    assert list(range(1, 8)) == found["step"].tolist()
    assert log["loss"].tolist()[5:] == found["loss"].tolist()


def test_epochs_restart(log) -> None:
    """The epochs of the second `fit` are counted from 0."""
    assert [0, 1, 0] == edited(log, log_edits.epochs_restart(2))["epoch"].tolist()[::4]


def test_batches_are_counted_in_each_epoch(log) -> None:
    """Epochs from 1, batches from 0, no steps."""
    found = edited(log, log_edits.counted_from_1_in_each_epoch)

    assert [1, 1, 1, 1, 2] == found["epoch"].tolist()[:5]
    assert [0, 1, 2, 3, 0] == found["batch"].tolist()[:5]
    assert "step" not in found


def test_every_few_steps_keeps_the_validation(log) -> None:
    """Rows with a validation accuracy stay, too."""
    assert [1, 4, 6, 8, 11, 12] == edited(log, log_edits.every(5))["step"].tolist()


def test_one_row_an_epoch(log) -> None:
    """The means of each epoch, with its validation accuracy."""
    found = edited(log, ONE, log_edits.one_row_an_epoch)

    assert [1.75, 1.875, 0.5] == found["grad_norm"].tolist()
    assert [0.80, 0.85, 0.87] == found["val_accuracy"].tolist()


def test_percent_is_for_accuracies_only(log) -> None:
    """The loss and the norms stay."""
    found = edited(log, log_edits.as_percent)

    assert [80, 85, 87] == pytest.approx(found["val_accuracy"].dropna().tolist())
    assert log["val_loss"].dropna().tolist() == found["val_loss"].dropna().tolist()


def test_noise_moves_no_norm_over_the_cap(log) -> None:
    """Every number is another one, and what was within the cap still is."""
    found = edited(log, log_edits.norms(grad_norm="variable_norm_after"), log_edits.with_noise(1e-3))

    assert found["grad_norm"].max() <= 1
    assert not (log["loss"] == found["loss"]).any()
    assert log["loss"].tolist() == pytest.approx(found["loss"].tolist(), rel=1e-2)


def test_columns_get_other_names_and_are_left_out(log) -> None:
    """Nothing else changes."""
    found = edited(
        log, log_edits.renamed(accuracy="acc"), log_edits.without("loss", "val_loss"), log_edits.no_rows
    )

    assert ["epoch", "step", "acc", "val_accuracy", *log_edits.FOUR] == list(found)
    assert 0 == len(found)

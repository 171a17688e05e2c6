"""What two trainings have in common."""

import math

import pytest
from builders_evidence import a_log, a_norm, a_step_log
from builders_two_runs import STEPS, a_log_of_norms, some_losses
from hypothesis import given
from hypothesis import strategies as st

from grader.analysis.two_runs import batch_losses, in_common, roughness
from grader.evidence.log import Log


def share(mine: Log, theirs: Log) -> float:
    common = in_common(mine, theirs)
    return common.share if common else 0.0


@pytest.mark.parametrize(
    ("mine", "theirs", "share"),
    [
        (a_log(loss=some_losses(1)), a_log(loss=some_losses(1)), 1.0),
        (a_log(loss=some_losses(1)), a_log(loss=[round(loss, 3) for loss in some_losses(1)]), 1.0),
        (a_log(loss=some_losses(1)), a_log(loss=some_losses(1)[:300]), 1.0),
        (a_log(loss=[0.5, 0.4]), a_log(loss=[0.5, 0.4]), 1.0),
        (a_log(loss=[0.5, 0.4]), a_log(loss=[0.5, 0.3999]), 0.0),
        (a_log(loss=[math.nan] * 30), a_log(loss=[math.nan] * 30), None),
        (
            a_log(loss=[*some_losses(1), *[math.nan] * 900]),
            a_log(loss=[*some_losses(1), *[math.nan] * 900]),
            1.0,
        ),
        (a_log(accuracy=[0.5]), a_log(loss=[0.5]), None),
    ],
    ids=["equal", "rounded", "cut", "few and equal", "few", "not finite", "finite at first", "no loss"],
)
def test_the_losses_in_common(mine: Log, theirs: Log, share: float | None) -> None:
    """A log that was rounded or cut is still that of the same training."""
    common = in_common(mine, theirs)

    assert share == (common.share if common else None)


def test_two_trainings_have_little_in_common() -> None:
    """Losses of two trainings are near each other by chance alone."""
    assert (share(a_log(loss=some_losses(1)), a_log(loss=some_losses(2)))) < 0.2


def test_losses_that_hardly_change_are_no_copies() -> None:
    """Two networks that only guess have nearly the same loss at every step, and not the same changes."""
    first, second = ([2.3 + loss / 100 for loss in some_losses(seed)] for seed in (1, 2))

    assert share(a_log(loss=first), a_log(loss=second)) < 0.2


def test_norms_in_common() -> None:
    """Losses that were changed do not hide norms that were not; norms that are held at a cap tell nothing."""
    first, second = (a_log_of_norms(1), a_log_of_norms(1))
    losses = [loss * (1.1 if step % 2 else 1.0) for step, loss in enumerate(some_losses(1))]
    changed = a_step_log(*second.norms(), steps=STEPS, loss=losses)
    held = [a_step_log(a_norm([1.0] * STEPS), steps=STEPS, loss=some_losses(seed)) for seed in (1, 2)]

    assert share(first, changed) > 0.99
    assert share(*held) < 0.2


@given(st.lists(st.floats(), max_size=40))
def test_any_loss_can_be_measured(losses: list[float]) -> None:
    """No number of a log breaks what is worked out of it."""
    found = roughness(batch_losses(a_log(loss=losses)))

    assert len(found.changes) == max(0, len(losses) - 1)
    assert not any(math.isnan(change) for change in found.changes)

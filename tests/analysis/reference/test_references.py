"""Tests of the two ends of a log beside what the grader measured."""

from dataclasses import replace

import pytest
from builders_evidence import a_log, a_model, a_norm, an_accuracy
from builders_runs import a_measured_probe, a_measured_rerun, a_run, a_series, the_calibration

from grader.analysis.moments import memory_of
from grader.analysis.norms.columns import Series, readings
from grader.analysis.reference.references import Anchors, first_steps, largest_batch, values_up_to
from grader.evidence.log import Log

ANCHORS = Anchors(cap=1.0, calibration=the_calibration(), rerun=a_measured_rerun(), probe=a_measured_probe())
BEFORE: Series = ("global", "before")


def test_both_ends_of_an_honest_log_fit() -> None:
    """The head fits the rerun, the tail the probe."""
    column = a_series(a_run(3))

    head, tail = ANCHORS.head(column, BEFORE), ANCHORS.tail(column, BEFORE, 2000)

    assert head
    assert tail
    assert (True, True) == (head.fits, tail.fits)


def test_a_reversed_log_does_not_fit_at_its_head() -> None:
    """Norms fall while a network learns, if the batches cannot be larger ones."""
    head = replace(ANCHORS, largest_batch=35).head(a_series(a_run(3)[::-1]), BEFORE)

    assert head
    assert not head.fits


def test_norms_of_other_weights_do_not_fit_at_the_tail() -> None:
    """Four times as large is not explained by a batch size."""
    tail = ANCHORS.tail(a_series([4 * norm for norm in a_run(3)]), BEFORE, 2000)

    assert tail
    assert not tail.fits


def test_nothing_is_compared_without_both_sides() -> None:
    """No calibration, no rerun, no probe, or too few norms."""
    column, short = a_series(a_run(3)), a_series(a_run(3)[:19])
    alone = Anchors(cap=1.0, calibration=the_calibration())
    without = Anchors(cap=1.0, calibration=None, rerun=ANCHORS.rerun, probe=ANCHORS.probe)

    assert [None] * 6 == [
        alone.head(column, BEFORE),
        alone.tail(column, BEFORE, 2000),
        without.head(column, BEFORE),
        without.tail(column, BEFORE, 2000),
        ANCHORS.head(short, BEFORE),
        ANCHORS.tail(column, BEFORE, 39),
    ]


def test_the_best_of_the_possible_series_counts() -> None:
    """A column that is not known is compared with each that it can be."""
    (reading,) = readings(a_log(a_norm(a_run(3))))
    both = replace(reading, possible=(("variable", "after"), BEFORE))

    head, tail = ANCHORS.nearest_head(both), ANCHORS.nearest_tail(both, 2000)

    assert head
    assert tail
    assert (True, True) == (head.fits, tail.fits)


def test_the_first_steps_are_cut_off() -> None:
    """Of all four series."""
    norms = first_steps(a_measured_rerun().norms, 3)

    assert 3 == len(norms.variable_after) == len(norms.global_before) == len(norms.global_after)
    assert a_measured_rerun().norms.variable_before[:3] == norms.variable_before


@pytest.mark.parametrize(
    ("log", "images", "expected"),
    [
        (a_log(a_norm([1.0] * 3438), epoch=[0] * 1719 + [1] * 1719), 60_000, 60_000 / 1718),
        (a_log(a_norm([1.0] * 3438), epoch=[0] * 1719 + [1] * 1719), None, None),
        (a_log(a_norm([1.0] * 3438)), 60_000, None),
        (a_log(a_norm([1.0]), epoch=[0]), 60_000, None),
    ],
)
def test_the_rows_of_an_epoch_bound_the_batch_size(
    log: Log, images: int | None, expected: float | None
) -> None:
    """1719 steps an epoch are batches of 34 at most; the last one may be smaller."""
    assert expected == largest_batch(log, images)


def test_values_are_counted_up_to_a_row() -> None:
    """Rows without a value do not count."""
    column = a_norm([1.0, None, 2.0, 3.0])

    assert [1, 1, 2, 3, 3] == [values_up_to(column, row) for row in range(5)]


def test_the_anchors_of_evidence() -> None:
    """How the pixels were given and what the optimizer remembers are taken out of their parts."""
    rerun, probe, accuracy = a_measured_rerun(), a_measured_probe(), an_accuracy(0.87)
    whole = Anchors.of(
        1.0, None, model=a_model(), accuracy=accuracy, rerun=rerun, probe=probe, largest_batch=32.0
    )
    alone = Anchors.of(1.0, None, model=None, accuracy=None, rerun=None, probe=None)

    assert whole == Anchors(
        cap=1.0,
        calibration=None,
        rerun=rerun,
        probe=probe,
        inputs=accuracy.inputs,
        largest_batch=32.0,
        memory=memory_of(a_model()),
    )
    assert Anchors(cap=1.0, calibration=None) == alone

"""The two ends of a log beside what the grader measured."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from builders_evidence import a_log, a_model, a_norm, a_rerun, an_accuracy, an_optimizer
from builders_golden import said
from builders_runs import (
    a_calibration,
    a_measured_probe,
    a_measured_rerun,
    a_network_with,
    a_run,
    a_series,
    the_calibration,
)

from grader.analysis.moments.adam import adam_state_of
from grader.analysis.norms.columns import NormColumn, Series, bound_after_clipping, declared_columns
from grader.analysis.reference.fit import Fit
from grader.analysis.reference.references import (
    References,
    agreed,
    first_steps,
    in_numbers,
    largest_batch,
    misfit,
    values_up_to,
)
from grader.analysis.targets import Targets
from grader.evidence.log import Log

TARGETS = Targets(cap=1.0, calibration=the_calibration())
RERUN, PROBE = a_measured_rerun(), a_measured_probe()
REFERENCES = References(TARGETS, rerun=RERUN, probe=PROBE)
BEFORE: Series = ("global", "before")


def a_norm_column(values: Sequence[float]) -> NormColumn:
    """A column of these norms."""
    (column,) = declared_columns(a_log(a_norm(values)))
    return column


@pytest.mark.parametrize(
    ("values", "head", "tail"),
    [
        pytest.param(a_run(3), True, True, id="honest"),
        # Norms fall while a network learns, if the batches cannot be larger ones.
        pytest.param(a_run(3)[::-1], False, True, id="reversed"),
        pytest.param([4 * norm for norm in a_run(3)], False, False, id="four times as large"),
    ],
)
def test_the_head_is_compared_with_the_rerun_and_the_tail_with_the_probe(
    values: Sequence[float], head: bool, tail: bool
) -> None:
    """An honest log fits both; no batch size explains the others."""
    column, references = a_norm_column(values), replace(REFERENCES, largest_batch=35)

    fits = (references.first_fit(column, BEFORE, RERUN), references.last_fit(column, BEFORE, PROBE, 2000))

    assert [head, tail] == [fit.fits for fit in fits if fit]


def test_nothing_is_compared_without_both_sides() -> None:
    """No calibration, no rerun, no probe, or too few norms."""
    column, short = a_norm_column(a_run(3)), a_norm_column(a_run(3)[:19])
    without = References(Targets(cap=1.0), rerun=RERUN, probe=PROBE)

    assert [None] * 6 == [
        REFERENCES.first_fit(column, BEFORE, None),
        REFERENCES.last_fit(column, BEFORE, None, 2000),
        without.first_fit(column, BEFORE, RERUN),
        without.last_fit(column, BEFORE, PROBE, 2000),
        REFERENCES.first_fit(short, BEFORE, RERUN),
        REFERENCES.last_fit(column, BEFORE, PROBE, 39),
    ]


def test_the_best_of_the_possible_series_counts() -> None:
    """A column that is not known is compared with each that it can be."""
    both = replace(a_norm_column(a_run(3)), possible=(("variable", "after"), BEFORE))

    first, last = REFERENCES.nearest_first(both, RERUN), REFERENCES.nearest_last(both, PROBE, 2000)

    assert first
    assert last
    assert (True, True) == (first.fits, last.fits)


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


def test_layers_that_only_move_numbers_make_no_other_network() -> None:
    """The calibration knows its honest runs."""
    network = a_network_with("Identity", "Permute", "Reshape", "Flatten")

    assert the_calibration() == References(TARGETS, model=network).calibration


def test_what_follows_from_the_parts() -> None:
    """What the optimizer remembers, the widest bound and the batch sizes; nothing follows from nothing."""
    whole = References(TARGETS, largest_batch=40, model=a_model(), accuracy=an_accuracy(0.87))
    nothing = References()
    models = [None, a_model(variables=9), a_model(variables=9)]
    reruns = [None, None, a_rerun(trainable_variables=4)]
    counted = [References(model=model, rerun=rerun) for model, rerun in zip(models, reruns, strict=True)]

    assert adam_state_of(a_model()) == whole.adam_state
    assert whole.bound(1.0, "global") == bound_after_clipping(1.0, "global", an_optimizer(), 6)
    assert [None, 9, 4] == [one.variables for one in counted]
    assert [16, 32, 64] == [size.batch_size for size in whole.sizes]
    assert (math.inf, None, None, ()) == (
        nothing.cap,
        nothing.adam_state,
        nothing.bound(1.0, "global"),
        nothing.sizes,
    )


FIT = Fit(5.0, 30.0, 32, (1.9, 2.3, 2.9, 3.6, 4.7, 6.1, 0.31), (1.8, 2.2, 2.8, 3.5, 4.6, 6.0, 0.1))
(READING,) = declared_columns(a_log(a_series([2.9], ("global", "before"))))


def test_what_is_said_of_fits() -> None:
    """Medians of what fits, and what they rest on; of what does not, the number that is farthest off."""
    fitting = [(READING, FIT), (READING, FIT)]
    # Only too little difference of neighbours speaks against a log.
    smooth = replace(FIT, found=(*FIT.found[:-1], 0.01))

    assert said(agreed(REFERENCES, fitting, "first", "those of the rerun", a_calibration()).message)
    assert said(misfit(REFERENCES, READING, FIT, "last", "an honest run"))
    assert said(misfit(REFERENCES, READING, smooth, "last", "an honest run"))
    table = in_numbers(REFERENCES, READING, FIT, "last")
    assert said(table.about, *(f"{name}: {found}, {expected}" for name, found, expected in table.rows))


@pytest.mark.parametrize(
    ("largest", "batch_size", "words"),
    [
        (None, 16, "at the nearest calibrated batch size, 16"),
        (34.9, 32, "at batch size 32"),
        (34.9, 16, "at a smaller batch size"),
        (34.9, 64, "at a larger batch size"),
        # Who holds images out for validation has fewer rows an epoch.
        (40.1, 32, "at batch size 32"),
        (50.0, 64, "at the nearest calibrated batch size, 64"),
    ],
)
def test_no_other_batch_size_is_named(largest: float | None, batch_size: int, words: str) -> None:
    """Only the one that rows, epochs and training images allow, or that none is known."""
    found = replace(REFERENCES, largest_batch=largest).at_batch_size(replace(FIT, batch_size=batch_size))

    assert words == str(found)


@pytest.mark.parametrize(("shift", "batch_size"), [(0.9, 32), (1.0, 32), (1.1, 32), (1.25, 16)])
def test_a_fit_is_shown_at_the_batch_size_of_the_run(shift: float, batch_size: int) -> None:
    """Where that fits, though another size may come nearer."""
    column = a_norm_column([shift * norm for norm in a_run(3)])

    fit = replace(REFERENCES, largest_batch=35).first_fit(column, BEFORE, RERUN)

    assert fit
    assert (True, batch_size) == (fit.fits, fit.batch_size)

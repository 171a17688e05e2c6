"""Norms that were not measured at each step."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from builders_evidence import a_log, a_norm
from builders_golden import said
from builders_runs import (
    EVERY_SERIES,
    a_measured_probe,
    a_measured_rerun,
    a_run,
    a_run_log,
    a_series,
    a_training,
    the_calibration,
    the_model,
)

from grader.analysis.norms.columns import Series, declared_columns
from grader.analysis.norms.fabrication import fabrication, is_running_mean
from grader.analysis.norms.infer import infer_columns
from grader.analysis.reference.references import References
from grader.analysis.targets import Targets
from grader.evidence.log import Log
from grader.report import Finding

TARGETS = Targets(cap=1.0, calibration=the_calibration())
REFERENCES = References(TARGETS, rerun=a_measured_rerun(), probe=a_measured_probe())
AFTER: Series = ("variable", "after")
CURVE = tuple(0.4 + math.exp(-place / 700) for place in range(2000))


def found(
    values: tuple[float, ...], series: Series = AFTER, references: References = REFERENCES
) -> Finding | None:
    return found_in(a_run_log(a_series(values, series)), references)


def found_in(log: Log, references: References = REFERENCES) -> Finding | None:
    norms = infer_columns(log, references)
    return fabrication(norms, norms.columns[0])


@pytest.mark.parametrize("series", [AFTER, ("variable", "before"), ("global", "after"), ("global", "before")])
@pytest.mark.parametrize("decimals", [2, 15])
def test_nothing_is_said_of_measured_norms(series: Series, decimals: int) -> None:
    """Of none of the four series."""
    assert found(tuple(round(norm, decimals) for norm in a_run(3, 2000, series)), series) is None


def test_a_constant_is_right_where_the_grader_measures_one() -> None:
    """With raw pixels every gradient can be over the cap, so that what is left of it is the cap."""
    norms = a_measured_rerun().norms
    large = {name: tuple(100 * norm for norm in getattr(norms, name)) for name in type(norms).model_fields}
    rerun = a_measured_rerun().model_copy(update={"norms": norms.model_copy(update=large)})

    assert found((1.0,) * 2000, references=References(TARGETS, rerun=rerun)) is None


@pytest.mark.parametrize(
    ("values", "series"),
    [
        # The grader's own steps vary.
        pytest.param((1.0,) * 2000, AFTER, id="a constant"),
        pytest.param(a_run(3, 500, ("global", "before")) * 3, ("global", "before"), id="a block"),
        pytest.param(CURVE, ("global", "before"), id="a smooth curve"),
    ],
)
def test_what_was_not_measured_is_left_to_a_teacher(values: tuple[float, ...], series: Series) -> None:
    """The sentence has what is odd, where it is, and what honest runs have."""
    finding = found(values, series)

    assert finding
    assert finding.status == "review"
    assert said(finding.message)
    assert said(finding.hint)


def test_a_run_that_was_made_again_with_its_seed_is_right() -> None:
    """Behind the first one in the log, where the epochs begin again."""
    values = a_run(3, 500, ("global", "before")) * 2
    log = a_log(a_series(values, ("global", "before")), epoch=[*[0] * 250, *[1] * 250] * 2)

    assert found_in(log) is None


def rounded_as_float32(values: Sequence[float]) -> tuple[float, ...]:
    """Every fifth norm at the cap is a step of float32 below it."""
    return tuple(0.99999994 if value == 1 and place % 5 == 0 else value for place, value in enumerate(values))


def references_with_float32() -> References:
    rerun = a_measured_rerun()
    norms = rerun.norms.model_copy(update={"variable_after": rounded_as_float32(rerun.norms.variable_after)})
    return replace(REFERENCES, rerun=rerun.model_copy(update={"norms": norms}))


def test_norms_that_are_the_cap_to_the_last_digit_are_not_measured() -> None:
    """The sentence says how many of the grader's own clipped norms are not."""
    values = tuple(round(value, 9) for value in a_run(3, 2000, AFTER))

    finding = found(values, AFTER, references_with_float32())

    assert finding
    assert finding.status == "review"
    assert said(finding.message)
    assert said(finding.hint)


@pytest.mark.parametrize(
    ("values", "series"),
    [
        pytest.param(rounded_as_float32(a_run(3, 2000, AFTER)), AFTER, id="measured"),
        pytest.param(tuple(round(value, 7) for value in a_run(3, 2000, AFTER)), AFTER, id="seven decimals"),
        pytest.param(a_run(3, 2000, ("global", "before")), ("global", "before"), id="before clipping"),
        pytest.param(a_run(3, 40, AFTER), AFTER, id="few"),
    ],
)
def test_norms_at_the_cap_are_right(values: tuple[float, ...], series: Series) -> None:
    """Where float32 shows, where the log is too coarse to show it, and where so many are exact by chance."""
    assert found(values, series, references_with_float32()) is None


def test_the_moments_clear_norms_that_are_the_cap_to_the_last_digit() -> None:
    """They are those of gradients with just these norms."""
    training = a_training(600, clipnorm=1.0)
    values = tuple(1.0 if abs(value - 1) < 1e-6 else value for value in training.logged("global", "after"))
    own = replace(references_with_float32(), model=the_model(training))
    log = a_run_log(a_series(values, ("global", "after")))

    assert found_in(log, own) is None


def test_without_a_calibration_smoothness_is_not_judged() -> None:
    """There is nothing to compare it with."""
    assert found(CURVE, references=References(Targets(cap=1.0))) is None


@pytest.mark.parametrize(("restarts", "is_found"), [(200, True), (201, False)])
def test_copied_rows_are_looked_for_in_up_to_201_runs(restarts: int, is_found: bool) -> None:
    """A log that begins again more often counts something else by its epochs."""
    norms = a_run(3, 16 + 2 * restarts)
    epochs = [0] * 32 + [1, 0] * restarts

    assert is_found == (found_in(a_log(a_norm([*norms[:16], *norms]), epoch=epochs)) is not None)


def test_few_norms_are_no_constant() -> None:
    """Nineteen steps at the cap are nothing strange."""
    assert found((1.0,) * 19) is None


PER_EPOCH = 500


def means(values: Sequence[float], per_epoch: int = PER_EPOCH) -> list[float]:
    """The running mean within each epoch."""
    found: list[float] = []
    for begin in range(0, len(values), per_epoch):
        total = 0.0
        for place, value in enumerate(values[begin : begin + per_epoch], start=1):
            total += value
            found.append(total / place)
    return found


def is_mean(values: Sequence[float], **columns: Sequence[float | None]) -> bool:
    named = columns or {"epoch": [place // PER_EPOCH for place in range(len(values))]}
    log: Log = a_log(a_norm(values), **named)
    return is_running_mean(log, declared_columns(log)[0])


@pytest.mark.parametrize("series", EVERY_SERIES)
@pytest.mark.parametrize("decimals", [4, 15])
def test_a_running_mean_is_recognised(series: Series, decimals: int) -> None:
    """Of each of the four series, with the digits that logs have."""
    assert is_mean([round(value, decimals) for value in means(a_run(1, 2000, series))])


@pytest.mark.parametrize("series", EVERY_SERIES)
@pytest.mark.parametrize("decimals", [1, 2, 4, 15])
def test_norms_of_steps_are_none(series: Series, decimals: int) -> None:
    """However they are rounded."""
    assert not is_mean([round(value, decimals) for value in a_run(1, 2000, series)])


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"step": list(range(500)) * 4}, id="steps of each epoch"),
        pytest.param({"val_accuracy": ([None] * 499 + [0.8]) * 4}, id="validation"),
        pytest.param({"epoch": [1] * 2000, "batch": list(range(500)) * 4}, id="batches"),
    ],
)
def test_an_epoch_begins_where_the_log_says_it(columns: dict[str, list[float | None]]) -> None:
    """By its steps or by its validation, where it has no epochs."""
    assert is_mean(means(a_run(1)), **columns)


def test_a_mean_over_the_whole_training_is_one_epoch() -> None:
    """A metric that is never reset."""
    assert is_mean(means(a_run(1), 2000), step=list(range(2000)))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([1.0] * 2000, id="constant"),
        pytest.param([1.0 + 2 * math.exp(-place / 400) for place in range(2000)], id="curve"),
        pytest.param(
            [1.0 + 2 * math.exp(-place / 400) + 0.001 * norm for place, norm in enumerate(a_run(1))],
            id="curve with noise",
        ),
        pytest.param(means(a_run(1, 60), 20), id="short epochs"),
        pytest.param([round(value, 1) for value in means(a_run(1))], id="too much rounded"),
        pytest.param([0.0] * 2000, id="nothing"),
        pytest.param([1.0], id="one"),
    ],
)
def test_what_is_no_mean_of_norms_is_none(values: list[float]) -> None:
    """Undone, it gives no norms, or too few to tell."""
    assert not is_mean(values)

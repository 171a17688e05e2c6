"""Which logs fit an optimizer."""

import math
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from builders_evidence import a_log, a_model, a_norm, an_optimizer
from builders_runs import Training, a_training, the_log, the_state

from grader.analysis.moments.adam import adam_state_of
from grader.analysis.moments.compare import SERIES, Fit, fits, fits_in_log
from grader.analysis.moments.rows import RowRange, has_every_step, is_whole, row_ranges, row_ranges_in
from grader.analysis.norms.columns import Series
from grader.evidence.log import Log
from grader.evidence.model import Moments
from grader.evidence.values import Scope, Stage


def the_fit(
    training: Training,
    values: tuple[float, ...],
    scope: Scope = "global",
    stage: Stage = "after",
    **stored: Any,
) -> Fit:
    """How these norms fit what the optimizer of a training remembers, as this series."""
    epochs, step = stored.pop("epochs", None), stored.pop("step", 0)
    state = the_state(training, step, **stored)
    (fit,) = fits(values, state, row_ranges(len(values), state.iterations, None, epochs), [(scope, stage)])
    return fit


def test_the_norms_of_all_gradients_predict_the_second_moment() -> None:
    """To the rounding of float32, and so they tell what they are."""
    training = a_training()
    fit = the_fit(training, training.logged())

    assert fit.is_conclusive
    assert abs(fit.stored / fit.predicted - 1) < 1e-6
    assert ("sum", 0, 600) == (fit.quantity, fit.row_range.start, fit.row_range.end)


@pytest.mark.parametrize(
    ("logged", "taken_for", "fits_it"),
    [
        *((series, series, True) for series in SERIES),
        # The norm before clipping is too large for one after it, the largest of a variable too small.
        (("global", "before"), ("global", "after"), False),
        (("variable", "after"), ("global", "after"), False),
        (("variable", "after"), ("global", "before"), False),
        (("global", "before"), ("variable", "after"), False),
    ],
)
def test_each_series_fits_as_what_it_is(logged: Series, taken_for: Series, fits_it: bool) -> None:
    """And not as another one."""
    training = a_training()

    assert fits_it == the_fit(training, training.logged(*logged), *taken_for).fits


@pytest.mark.parametrize(
    "write",
    [
        *(pytest.param(partial(round, ndigits=decimals), id=f"{decimals}") for decimals in (1, 2, 3, 4, 6)),
        pytest.param(lambda value: int(value * 100) / 100, id="cut off"),
        pytest.param(lambda value: float(f"{value:.4g}"), id="four digits"),
    ],
)
def test_a_rounded_log_fits(write: Callable[[float], float]) -> None:
    """The tolerance comes from the log's own digits, and not everybody rounds."""
    training = a_training()

    assert the_fit(training, tuple(map(write, training.logged()))).fits


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda values: [0.999 * value for value in values], id="scaled"),
        pytest.param(lambda values: np.random.default_rng(1).permutation(values).tolist(), id="shuffled"),
        pytest.param(lambda values: values[::-1], id="reversed"),
        pytest.param(lambda values: [min(1.0, value) for value in values], id="capped"),
        pytest.param(lambda values: [1.0] * len(values), id="constant"),
        pytest.param(
            lambda values: [values[0], *((one + other) / 2 for one, other in pairwise(values))], id="smoothed"
        ),
    ],
)
def test_a_changed_log_does_not_fit(change) -> None:
    """Another way to make up a log is another sum."""
    training = a_training()

    assert not the_fit(training, tuple(change(training.logged()))).fits


def test_a_log_without_its_end_or_of_another_training_does_not_fit() -> None:
    """The optimizer has seen more, and smaller, gradients since; or all is the same but the chance."""
    training = a_training(3000)

    assert the_fit(training, training.logged()).is_conclusive
    assert not the_fit(training, training.logged()[:1500]).fits
    assert not the_fit(a_training(), a_training(seed=1).logged()).fits


def test_the_first_moment_bounds_the_last_norms() -> None:
    """Norms that became small only at the end cannot have left so long a first moment."""
    training = a_training()
    fit = the_fit(training, training.logged("global", "before")[:-30] + (0.1,) * 30, "global", "before")

    assert not fit.fits
    assert "norm" == fit.quantity


@pytest.mark.parametrize("beta", [0.9, 0.999])
@pytest.mark.parametrize("decimals", [2, 9])
def test_gradients_in_one_direction_have_the_longest_first_moment(beta: float, decimals: int) -> None:
    """Exactly the average of the norms: digits that were cut off and float32 do not make it too long."""
    norms = np.random.default_rng(1).uniform(1, 3, 3000)
    first, rest = np.float32(0), np.float32(1) - np.float32(beta)
    for norm in norms.astype("float32"):
        first += (norm - first) * rest
    cut = (np.floor(norms * 10**decimals) / 10**decimals).tolist()

    def fit(longer: float) -> Fit:
        moments = Moments(beta_1=beta, beta_2=0.999, first=(float(first) * longer,), second=(1.0,))
        model = a_model(
            parameters=48, optimizer=an_optimizer(clipnorm=None, iterations=3000, moments=moments)
        )
        state = adam_state_of(model)
        assert state is not None
        return fits(cut, state, row_ranges(3000, 3000), [("variable", "before")])[0]

    assert fit(1).fits
    assert ("norm", False) == (fit(1.01).quantity, fit(1.01).fits)


def test_norms_before_clipping_are_not_shorter_after_it_than_the_cap() -> None:
    """Ten times the norms cannot have been before a clipping that left so little; without a cap they can."""
    training = a_training(clipnorm=0.3)
    fit = the_fit(training, training.logged("global", "before"), "global", "before", clipnorm=1.0)

    assert not fit.fits
    assert "sum" == fit.quantity
    assert the_fit(training, training.logged("global", "before"), "global", "before", clipnorm=None).fits


EPOCHS = [row // 200 for row in range(600)]


@pytest.mark.parametrize(
    ("trained", "stored", "rows", "is_conclusive"),
    [
        pytest.param({"saved": (250,)}, {"step": 250}, (0, 250), True, id="a checkpoint"),
        pytest.param({"fresh": 401}, {"iterations": 200}, (400, 600), True, id="compiled again in between"),
        # Keras counts one step too many in each epoch of data of unknown size.
        pytest.param({}, {"iterations": 603, "epochs": EPOCHS}, (0, 600), False, id="only counted"),
        pytest.param(
            {"saved": (400,)},
            {"step": 400, "iterations": 402, "epochs": EPOCHS},
            (0, 400),
            False,
            id="only counted, in a checkpoint",
        ),
    ],
)
def test_the_rows_that_fit_are_found(
    trained: dict[str, Any], stored: dict[str, Any], rows: tuple[int, int], is_conclusive: bool
) -> None:
    """The log may go on after the saved step, or begin before the optimizer did."""
    training = a_training(**trained)
    fit = the_fit(training, training.logged(), **stored)

    assert fit.fits
    assert fit.is_conclusive or not is_conclusive
    assert rows == (fit.row_range.start, fit.row_range.end)


def test_a_log_that_lacks_the_beginning_fits() -> None:
    """What came before it is forgotten, or allowed for."""
    training = a_training()
    fit = the_fit(training, training.logged()[200:])

    assert fit.fits
    assert fit.allowed > 0.1


def test_a_doubtful_span_needs_to_be_known() -> None:
    """The end of an early epoch explains nothing if most of the training came before the log."""
    fit = the_fit(a_training(), (0.9,) * 600, epochs=EPOCHS, iterations=5000)

    assert (0, 600) == (fit.row_range.start, fit.row_range.end)


def test_no_rows_no_fit() -> None:
    """There is nothing to compare."""
    assert () == fits((), the_state(a_training()), (), SERIES)


def test_a_long_log_is_compared_quickly() -> None:
    """20,000 rows are a matter of milliseconds; the limit leaves room for a busy machine."""
    training = a_training()
    values = training.logged() * 34
    begin = time.process_time()
    fits(values, the_state(training, iterations=len(values)), row_ranges(len(values), len(values)), SERIES)

    assert time.process_time() - begin < 0.3


def test_one_fit_for_each_series() -> None:
    """That of the series that was logged fits, and tells."""
    training = a_training(600)
    log = the_log(training.logged("global", "after"))

    found = fits_in_log(log, log.norms()[0], the_state(training))

    assert [("global", "after"), ("variable", "after"), ("variable", "before"), ("global", "before")] == [
        (fit.scope, fit.stage) for fit in found
    ]
    assert ("global", "after") == next((fit.scope, fit.stage) for fit in found if fit.is_conclusive)


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.1])
def test_what_is_no_norm_is_not_compared(value: float) -> None:
    """It is not finite, or below 0."""
    log = the_log([*a_training(600).logged()[:-1], value])

    assert not is_whole(log.norms()[0])
    assert () == fits_in_log(log, log.norms()[0], the_state(a_training(600)))


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (a_log(a_norm([1.0] * 4), step=[1, 2, 3, 4]), True),
        (a_log(a_norm([1.0] * 4), batch=[0, 1, 0, 1]), True),
        (a_log(a_norm([1.0] * 4)), True),
        (a_log(a_norm([1.0] * 4), step=[1, 2, None, 4]), True),
        (a_log(a_norm([1.0] * 4), step=[1, 2, 4, 5]), False),
        (a_log(a_norm([1.0, None, 1.0, 1.0]), step=[1, 2, 3, 4]), False),
        (a_log(a_norm(a_training(600).logged()[::10]), step=range(0, 600, 10)), False),
    ],
)
def test_steps_that_follow_each_other(log: Log, expected: bool) -> None:
    """A number that is missing says nothing, one that was left out does; such a log is not compared."""
    assert expected == has_every_step(log, log.norms()[0])
    assert expected or () == fits_in_log(log, log.norms()[0], the_state(a_training(600)))


def test_the_rows_that_an_optimizer_saw() -> None:
    """As many as it made steps, up to the row with the number of its last one."""
    log = a_log(a_norm([1.0] * 10), step=range(1, 11))

    assert RowRange(0, 6, 0) == row_ranges_in(log, log.norms()[0], 6)[0]

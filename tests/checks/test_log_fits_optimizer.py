"""The log beside what the optimizer remembers."""

import time
from typing import Any

import numpy as np
import pytest
from builders_evidence import a_column, a_log, a_model, a_norm, a_step_log, an_optimizer, ask, norms_in
from builders_golden import said
from builders_runs import a_training, the_log, the_model, the_state

from grader.analysis.moments import Fit, RowRange
from grader.analysis.norms.columns import declared_columns
from grader.checks import log_fits_optimizer
from grader.checks.log_fits_optimizer import LogFitsOptimizer
from grader.evidence.log import Cell, Log
from grader.evidence.model import Model, Moments
from grader.report import Finding

AFTER = {"scope": "global", "stage": "after"}


def found(log: Log, model: Model) -> Finding:
    """What the check says."""
    return ask(LogFitsOptimizer(), log=log, model=model)


def test_a_log_that_fits() -> None:
    """Both sums, how far they are apart, and the rows and steps."""
    training = a_training()
    finding = found(the_log(training.logged(), **AFTER), the_model(training))

    assert "passed" == finding.status


def test_a_log_that_does_not_fit() -> None:
    """Every number is laid out for the teacher."""
    training = a_training()
    values = [min(1.0, value) for value in training.logged()]
    finding = found(the_log(values, **AFTER), the_model(training))

    assert "review" == finding.status


def test_the_largest_norms_lie_between() -> None:
    """The sentence has the three numbers of the sandwich."""
    training = a_training()
    log = the_log(training.logged("variable"), scope="variable", stage="after")
    finding = found(log, the_model(training))

    assert "passed" == finding.status


def test_a_column_that_declares_nothing_is_told_by_the_sum() -> None:
    """Only one of the four series fits exactly."""
    training = a_training()
    finding = found(the_log(training.logged()), the_model(training))

    assert "passed" == finding.status


def test_a_column_that_declares_nothing_may_be_several_series() -> None:
    """All that fit are named."""
    training = a_training()
    finding = found(the_log(training.logged("global", "before")), the_model(training))

    assert "passed" == finding.status


def test_a_column_that_fits_as_nothing() -> None:
    """Norms that are far too small for every series."""
    training = a_training()
    values = [value / 5 for value in training.logged()]
    finding = found(the_log(values), the_model(training))

    assert "review" == finding.status


def test_one_column_that_does_not_fit_is_enough() -> None:
    """The other one was left as it was."""
    training = a_training()
    half = [0.5 * value for value in training.logged("variable")]
    log = a_step_log(
        a_norm(training.logged(), "global_norm_after", **AFTER),
        a_norm(half, "v", scope="variable"),
        steps=600,
    )
    finding = found(log, the_model(training))

    assert "review" == finding.status


def test_a_checkpoint_names_its_rows() -> None:
    """The log goes on after it was saved."""
    training = a_training(saved=(250,))
    finding = found(the_log(training.logged(), **AFTER), the_model(training, 250))

    assert "passed" == finding.status


def test_steps_counted_from_zero() -> None:
    """The row of step 249 is the 250th."""
    training = a_training(saved=(250,))
    log = a_log(a_norm(training.logged(), **AFTER), step=list(range(600)))

    assert " rows 1 to 250 of 600 predict " in str(found(log, the_model(training, 250)).message)


def test_validation_rows_between_the_steps_are_left_out() -> None:
    """A row without a norm is no step."""
    training = a_training()
    values = training.logged()
    cells = [*values[:300], None, *values[300:], None]
    log = a_log(a_norm(cells, **AFTER), a_column("val_accuracy", [None] * 300 + [0.8] + [None] * 300 + [0.9]))

    assert " its 600 rows predict 2.365 " in str(found(log, the_model(training)).message)


def test_impossible_rows() -> None:
    """Clipping made a gradient longer in the log; this is seen without an optimizer, too."""
    log = a_log(
        a_norm([2.0, 1.5, 0.5], "before", scope="global", stage="before"),
        a_norm([1.0, 1.5, 0.75], "after", **AFTER),
        epoch=[0, 0, 0],
        step=[1, 2, 3],
    )
    finding = found(log, a_model(optimizer=None))

    assert "review" == finding.status


def test_a_cap_that_was_set_after_the_training() -> None:
    """The optimizer remembers gradients that it would have clipped."""
    training = a_training(clipnorm=1.5)
    finding = found(the_log(training.logged(), **AFTER), the_model(training, clipnorm=0.5))

    assert "review" == finding.status


def test_a_global_cap_that_was_set_after_the_training() -> None:
    """It caps all variables together."""
    training = a_training()
    model = the_model(training, clipnorm=None, global_clipnorm=1.0)
    finding = found(the_log(training.logged(), **AFTER), model)

    assert "review" == finding.status


def test_a_cap_that_all_gradients_reach_is_kept() -> None:
    """Moments at the cap, and float32 beside it, are no contradiction."""
    moments = Moments(beta_1=0.9, beta_2=0.999, first=(1.0000002,), second=(1.00001,))
    model = a_model(optimizer=an_optimizer(moments=moments, iterations=20_000), parameters=48)

    assert "passed" == found(the_log([1.0000001] * 20_000, scope="variable", stage="after"), model).status


MOMENTS = Moments(beta_1=0.9, beta_2=0.999, first=(0.0, 0.0), second=(0.0, 0.0))


@pytest.mark.parametrize(
    "optimizer",
    [
        None,
        an_optimizer(kind="SGD"),
        an_optimizer(iterations=0),
        an_optimizer(moments=MOMENTS),
        an_optimizer(moments=MOMENTS.model_copy(update={"second": (1.0, 1.0)}), iterations=None),
    ],
)
def test_without_moments_nothing_is_held_against_anyone(optimizer: Any) -> None:
    """The sentence says why nothing was compared."""
    finding = found(the_log([5.0] * 40), a_model(optimizer=optimizer))

    assert "passed" == finding.status


@pytest.mark.parametrize(
    "log",
    [
        a_log(loss=[1.0, 0.5]),
        a_log(a_norm([5.0, 5.0, 5.0]), step=[10, 20, 30]),
        a_log(a_norm([5.0, float("nan"), 5.0])),
        a_log(a_norm([5.0, -1.0, 5.0])),
        a_log(a_norm([5.0, 5.0], unreadable=(Cell(row=3, text="x"),), unreadable_count=1)),
    ],
)
def test_a_log_without_every_step_is_not_compared(log: Log) -> None:
    """What is missing or broken in it is for another item to say."""
    finding = found(log, the_model(a_training()))

    assert "passed" == finding.status


def test_a_teacher_may_allow_more() -> None:
    """A log that is off by two in a hundred is off by four in the sum of squares."""
    training = a_training()
    log = the_log([0.98 * value for value in training.logged()], **AFTER)
    model = the_model(training)

    assert "review" == ask(LogFitsOptimizer(), log=log, model=model).status
    assert "review" == ask(LogFitsOptimizer(tolerance=0.03), log=log, model=model).status
    assert "passed" == ask(LogFitsOptimizer(tolerance=0.05), log=log, model=model).status


@pytest.mark.hostile_row(97)
@pytest.mark.parametrize("iterations", [1_000, 199_999])
def test_a_log_with_many_beginnings_ends_and_columns_is_soon_judged(iterations: int) -> None:
    """Each of a few columns is added up once, whichever rows the optimizer may have seen."""
    rows, random = 200_000, np.random.default_rng(1)
    epochs = (np.arange(rows) // 1000 % 10).tolist()
    columns = [a_norm(random.integers(1, 99, rows) / 100, f"grad_norm_{number}") for number in range(12)]
    moments = Moments(beta_1=0.9999999, beta_2=0.5, first=(0.1,) * 6, second=(0.3,) * 6)
    model = a_model(optimizer=an_optimizer(iterations=iterations, moments=moments))
    log = a_log(a_column("epoch", epochs), *columns)

    begin = time.process_time()
    norms = norms_in(log, LogFitsOptimizer(), None, model=model)
    assert norms is not None
    finding = LogFitsOptimizer().find(norms, model)

    assert "review" == finding.status
    assert time.process_time() - begin < 5


def a_fit(**fields: Any) -> Fit:
    """An equation that holds within a thousandth, with any field replaced."""
    usual: dict[str, Any] = {
        "scope": "global",
        "stage": "after",
        "row_range": RowRange(0, 10, 0),
        "quantity": "sum",
        "average": 2.0,
        "stored": 2.0,
        "predicted": 2.0,
        "low": 1.998,
        "high": 2.002,
    }
    return Fit(**usual | fields)


@pytest.mark.parametrize(
    ("rows", "fit"),
    [
        pytest.param(1, a_fit(row_range=RowRange(0, 1, 0)), id="one row"),
        pytest.param(
            10,
            a_fit(row_range=RowRange(2, 8, 0), stored=1.0, high=np.inf, scope="variable"),
            id="a lower bound, and some rows",
        ),
        pytest.param(10, a_fit(stored=2.0002, low=1.9999, high=2.0001), id="numbers that look alike"),
        pytest.param(
            10, a_fit(quantity="norm", low=-np.inf, high=1.0, stage="before"), id="the first moment"
        ),
    ],
)
def test_what_is_said_of_a_fit(rows: int, fit: Fit) -> None:
    """One row is singular, rows are counted from 1, a difference is seen, and a header cannot act."""
    log = a_log(a_norm([1.0] * rows, "a`b\x1b"))
    (column,), state = declared_columns(log), the_state(a_training(), iterations=rows)

    assert said(log_fits_optimizer._exact(column, state, fit))
    assert said(log_fits_optimizer._contradiction(column, state, fit, []))
    assert said(log_fits_optimizer._no_contradiction(column, state, [fit, fit, fit]))

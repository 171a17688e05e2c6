"""The log beside what the optimizer remembers."""

import time
from typing import Any

import numpy as np
import pytest
from builders_evidence import a_column, a_log, a_model, a_norm, a_step_log, an_optimizer, ask, norms_in
from builders_golden import said
from builders_runs import a_training, the_log, the_model, the_state

from grader.analysis.moments.compare import Fit
from grader.analysis.moments.rows import RowRange
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


TRAINING = a_training()
LOGGED = TRAINING.logged()
BEFORE_AND_AFTER = a_log(
    a_norm([2.0, 1.5, 0.5], "before", scope="global", stage="before"),
    a_norm([1.0, 1.5, 0.75], "after", **AFTER),
    epoch=[0, 0, 0],
    step=[1, 2, 3],
)


@pytest.mark.parametrize(
    ("log", "model"),
    [
        pytest.param(the_log(LOGGED, **AFTER), the_model(TRAINING), id="the sum is that of the log"),
        pytest.param(
            the_log(TRAINING.logged("variable"), scope="variable", stage="after"),
            the_model(TRAINING),
            id="the largest norms lie between",
        ),
        pytest.param(the_log(LOGGED), the_model(TRAINING), id="undeclared, told by the sum"),
        pytest.param(
            the_log(TRAINING.logged("global", "before")), the_model(TRAINING), id="undeclared, may be several"
        ),
        # The log goes on after it was saved.
        pytest.param(
            the_log(LOGGED, **AFTER), the_model(a_training(saved=(250,)), 250), id="a checkpoint's rows"
        ),
        pytest.param(
            a_log(a_norm(LOGGED, **AFTER), step=list(range(600))),
            the_model(a_training(saved=(250,)), 250),
            id="steps counted from 0",
        ),
        pytest.param(
            a_log(
                a_norm([*LOGGED[:300], None, *LOGGED[300:], None], **AFTER),
                a_column("val_accuracy", [None] * 300 + [0.8] + [None] * 300 + [0.9]),
            ),
            the_model(TRAINING),
            id="a row without a norm is no step",
        ),
    ],
)
def test_a_log_that_fits(log: Log, model: Model) -> None:
    """The sentence has both sums, how far they are apart, and the rows and steps."""
    assert "passed" == found(log, model).status


@pytest.mark.parametrize(
    ("log", "model"),
    [
        pytest.param(
            the_log([min(1.0, value) for value in LOGGED], **AFTER),
            the_model(TRAINING),
            id="cut off at the cap",
        ),
        pytest.param(
            the_log([value / 5 for value in LOGGED]), the_model(TRAINING), id="too small for every series"
        ),
        pytest.param(
            a_step_log(
                a_norm(LOGGED, "global_norm_after", **AFTER),
                a_norm([0.5 * value for value in TRAINING.logged("variable")], "v", scope="variable"),
                steps=600,
            ),
            the_model(TRAINING),
            id="one column is enough",
        ),
        # Clipping made a gradient longer in the log; this is seen without an optimizer, too.
        pytest.param(BEFORE_AND_AFTER, a_model(optimizer=None), id="impossible rows"),
        # The optimizer remembers gradients that it would have clipped.
        pytest.param(
            the_log(a_training(clipnorm=1.5).logged(), **AFTER),
            the_model(a_training(clipnorm=1.5), clipnorm=0.5),
            id="a cap that was set after the training",
        ),
        pytest.param(
            the_log(LOGGED, **AFTER),
            the_model(TRAINING, clipnorm=None, global_clipnorm=1.0),
            id="a global cap that was set after it",
        ),
    ],
)
def test_a_log_that_does_not_fit_is_left_to_a_teacher(log: Log, model: Model) -> None:
    """Every number is laid out."""
    assert "review" == found(log, model).status


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
    assert "not_checked" == found(the_log([5.0] * 40), a_model(optimizer=optimizer)).status


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
    assert "not_checked" == found(log, the_model(TRAINING)).status


def test_a_teacher_may_allow_more() -> None:
    """A log that is off by two in a hundred is off by four in the sum of squares."""
    log, model = the_log([0.98 * value for value in LOGGED], **AFTER), the_model(TRAINING)

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

"""A log that is a sample of the steps is known as one; its rows are not taken for the first or last steps."""

from typing import Any

import pytest
from builders_course import a_course, a_course_log, measured_of
from builders_evidence import a_log, a_norm, ask
from builders_runs import a_run, a_run_log, a_series, beside_an_honest_run

from grader.checks.cap_binds_early import CapBindsEarly
from grader.checks.log_fits_model import LogFitsModel
from grader.checks.log_fits_optimizer import LogFitsOptimizer
from grader.checks.log_fits_rerun import LogFitsRerun
from grader.checks.log_is_consistent import LogIsConsistent
from grader.evidence.log import Log

# Norms that fit neither end, were they those of each step.
ODD = [5 * norm for norm in a_run(3, 2000)]
EARLY = [1.5] * 100 + [0.2] * 1900


def thinned(log: Log, every: int, first: int = 0) -> Log:
    """The rows of a log that a loop writes at every so many steps."""

    def of(column: Any) -> Any:
        kept = [at for at, row in enumerate(column.rows) if row % every == first]
        rows = tuple(column.rows[at] // every for at in kept)
        return column.model_copy(update={"rows": rows, "values": tuple(column.values[at] for at in kept)})

    return log.model_copy(update={"columns": tuple(map(of, log.columns)), "rows": log.rows // every})


@pytest.mark.parametrize("every", [2, 10, 50])
@pytest.mark.parametrize(
    "check", [LogFitsRerun(training_images=60_000), LogFitsModel(training_images=60_000)]
)
def test_the_ends_of_a_sample_are_not_compared(check: Any, every: int) -> None:
    """Two hundred of its rows are more than two hundred steps."""
    log = thinned(a_run_log(a_series(ODD, ("global", "before"))), every)

    assert "not_checked" == ask(check, log=log, **beside_an_honest_run()).status


def test_moments_are_not_compared_with_a_sample() -> None:
    """An optimizer has seen the steps between, too."""
    log = thinned(a_run_log(a_series(ODD, ("global", "after"))), 10)

    assert "not_checked" == ask(LogFitsOptimizer(), log=log, **beside_an_honest_run()).status


@pytest.mark.parametrize("every", [3, 20])
def test_an_honest_sample_is_consistent(every: int) -> None:
    """Its means are those of few batches, which no rule compares."""
    course = a_course()
    log = thinned(a_course_log(course), every)

    assert "passed" == ask(LogIsConsistent(), log=log, **measured_of(course)).status


@pytest.mark.parametrize("every", [1, 10, 100])
def test_the_early_norms_of_a_sample_are_those_of_the_early_steps(every: int) -> None:
    """Of every tenth step there are twenty in the first two hundred."""
    log = thinned(a_log(a_norm(EARLY), step=range(2000)), every)

    assert "passed" == ask(CapBindsEarly(at_least=0.5), log=log).status

"""What is said of a column beside the optimizer; the check's tests have the rest."""

import math

from builders_golden import said
from builders_runs import a_training, the_state

from grader.analysis.moments import Fit, RowRange
from grader.analysis.moments.sentences import Compared, contradiction, exact, no_contradiction


def a_fit(**fields: object) -> Fit:
    """An equation that holds within a thousandth, with any field replaced."""
    usual = {
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
    return Fit(**{**usual, **fields})  # type: ignore[arg-type]  # a test's own fields


def test_the_one_that_tells_is_found() -> None:
    """Among those that fit."""
    loose, telling = a_fit(low=-math.inf), a_fit()
    compared = Compared("n", 10, 10, (a_fit(stored=9.0), loose, telling), ())

    assert (loose, telling) == compared.fitting
    assert telling is compared.conclusive


def test_one_row_and_one_step_are_singular() -> None:
    """In every sentence."""
    fit = a_fit(row_range=RowRange(0, 1, 0))
    sentence = exact(Compared("n", 1, 1, (fit,), ()), fit)

    assert said(sentence)


def test_a_lower_bound_is_called_at_least() -> None:
    """And the rows that were used are counted from 1."""
    fit = a_fit(row_range=RowRange(2, 8, 0), stored=1.0, high=math.inf, scope="variable")

    assert said(contradiction(Compared("n", 10, 6, (fit,), ())))


def test_numbers_that_look_alike_are_written_out() -> None:
    """A difference must be seen."""
    fit = a_fit(stored=2.0002, low=1.9999, high=2.0001)

    assert said(contradiction(Compared("n", 10, 10, (fit,), ())))


def test_the_first_moment_has_a_name() -> None:
    """It bounds the last norms."""
    fit = a_fit(quantity="norm", low=-math.inf, high=1.0, stage="before")

    assert said(contradiction(Compared("n", 10, 10, (fit,), ())))


def test_a_header_cannot_act() -> None:
    """It is a student's text."""
    state = the_state(a_training())

    assert said(no_contradiction(Compared("a`b\x1b", 10, 10, (a_fit(),), ()), state))

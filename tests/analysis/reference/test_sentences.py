"""Tests of the sentences on ends of a log."""

from builders_evidence import a_log
from builders_runs import a_calibration, a_series

from grader.analysis.norms.columns import declared_columns
from grader.analysis.reference.fit import Fit
from grader.analysis.reference.references import agreed, misfit

FIT = Fit(5.0, 30.0, 32, (1.9, 2.3, 2.9, 3.6, 4.7, 6.1, 0.31), (1.8, 2.2, 2.8, 3.5, 4.6, 6.0, 0.1))
(READING,) = declared_columns(a_log(a_series([2.9], ("global", "before"))))


def test_what_fits_is_shown_with_its_medians() -> None:
    """Each column, what was expected, at which batch size, and what it rests on."""
    assert (
        "The first norms fit those of the rerun: `grad_norm` has median 2.9, expected 2.8 at batch size 32; "
        "`grad_norm` has median 2.9, expected 2.8 at batch size 32 (the calibration of 8 honest runs at each "
        "batch size from 32 to 32, made with TensorFlow 2.21.0)."
        == str(agreed([(READING, FIT), (READING, FIT)], "first", "those of the rerun", a_calibration()))
    )


def test_what_does_not_fit_is_misfit() -> None:
    """All numbers of the log beside all that were expected."""
    assert (
        "The last norms in `grad_norm` (the norm of all gradients before clipping) do not fit: their 10, 25, "
        "50, 75, 90 and 98 % quantiles are 1.9, 2.3, 2.9, 3.6, 4.7 and 6.1, and neighbours differ by 0.31 of "
        "the mean; an honest run has 1.8, 2.2, 2.8, 3.5, 4.6 and 6.0, and at least 0.1, at batch size 32, "
        "which comes nearest." == str(misfit(READING, FIT, "last", "an honest run"))
    )

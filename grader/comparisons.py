"""The sentences on ends of a log that were compared with what the grader measured."""

from collections.abc import Sequence

from grader.calibration import MEDIAN, Calibration
from grader.fit import Fit
from grader.norms import Reading
from grader.wording import listed, number

NO_CALIBRATION = "The rubric has no calibration (`grader rubric calibrate` makes one)"


def agreed(compared: Sequence[tuple[Reading, Fit]], which: str, those: str, calibration: Calibration) -> str:
    """That the log fits, with the medians.

    Args:
        compared: each column with its fit.
        which: `first` or `last`.
        those: what the norms were compared with.
        calibration: what it rests on.
    """
    medians = [
        f"{reading.name} has median {number(fit.found[MEDIAN])}, expected {number(fit.expected[MEDIAN])} at "
        f"batch size {fit.batch_size}"
        for reading, fit in compared
    ]
    return f"The {which} norms fit {those}: {'; '.join(medians)} ({calibration.cited()})."


def laid_out(reading: Reading, fit: Fit, which: str, those: str) -> str:
    """That a column does not fit, with all quantiles.

    Args:
        reading: the column.
        fit: its nearest.
        which: `first` or `last`.
        those: what would have had the expected quantiles.
    """
    return (
        f"The {which} norms in {reading.name} ({reading.series}) do not fit: their 10, 25, 50, 75, 90 and "
        f"98 % quantiles are {_numbers(fit.found[:-1])}, and neighbours differ by {number(fit.found[-1])} of "
        f"the mean; "
        f"{those} has {_numbers(fit.expected[:-1])}, and at least {number(fit.expected[-1])}, at batch size "
        f"{fit.batch_size}, which comes nearest."
    )


def _numbers(values: Sequence[float]) -> str:
    return listed([number(value) for value in values])

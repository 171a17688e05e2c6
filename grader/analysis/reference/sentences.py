"""The sentences on ends of a log that were compared with what the grader measured."""

from collections.abc import Sequence

from grader.analysis.norms.columns import NormColumn
from grader.analysis.reference.calibration import MEDIAN, Calibration
from grader.analysis.reference.fit import Fit
from grader.messages.message import Message, joined, say
from grader.messages.wording import listed, number

NO_CALIBRATION = say("The rubric has no calibration (`grader rubric calibrate` makes one)")


def agreed(
    compared: Sequence[tuple[NormColumn, Fit]], which: Message, those: Message, calibration: Calibration
) -> Message:
    """That the log fits, with the medians.

    Args:
        compared: Each column with its fit.
        which: The word for the end, `first` or `last`.
        those: What the norms were compared with.
        calibration: The calibration that the comparison rests on.
    """
    medians = [
        say(
            "{name} has median {found}, expected {expected} at batch size {batch_size}",
            name=column.name,
            found=number(fit.found[MEDIAN]),
            expected=number(fit.expected[MEDIAN]),
            batch_size=fit.batch_size,
        )
        for column, fit in compared
    ]
    return say(
        "The {which} norms fit {those}: {medians} ({cited}).",
        which=which,
        those=those,
        medians=joined("; ", medians),
        cited=calibration.cited(),
    )


def misfit(column: NormColumn, fit: Fit, which: Message, those: Message) -> Message:
    """That a column does not fit, with all quantiles.

    Args:
        column: The column.
        fit: Its nearest fit.
        which: The word for the end, `first` or `last`.
        those: The run that would have had the expected quantiles.
    """
    return say(
        "The {which} norms in {name} ({series}) do not fit: their 10, 25, 50, 75, 90 and 98 % "
        "quantiles are {found}, and neighbours differ by {roughness} of the mean; {those} has "
        "{expected}, and at least {roughest}, at batch size {batch_size}, which comes nearest.",
        which=which,
        name=column.name,
        series=column.series,
        found=_numbers(fit.found[:-1]),
        roughness=number(fit.found[-1]),
        those=those,
        expected=_numbers(fit.expected[:-1]),
        roughest=number(fit.expected[-1]),
        batch_size=fit.batch_size,
    )


def _numbers(values: Sequence[float]) -> Message:
    return listed([number(value) for value in values])

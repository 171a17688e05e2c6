"""Compares the gradient norms of a run with those of another one."""

from pydantic import Field

from grader.analysis.norms.columns import HOW_TO_LOG
from grader.analysis.norms.infer import NormColumns
from grader.analysis.two_runs import levels, one_training, same_norm
from grader.checks import ComparesRuns
from grader.messages.message import Message, say, together
from grader.messages.wording import number, quoted
from grader.report import Finding, failed, not_checked, passed, review

# The medians of two honest runs, of which one clips, differ by less.
_LEVEL = 1.25


class NormIsLower(ComparesRuns):
    """Are the gradient norms lower than in another run?

    Compared are the medians and the 99th percentiles of the same norm in both runs, as it was applied: after
    clipping, or before it in a run that clips nothing. Clipping cuts the large norms and leaves most others
    as they are, so the 99th percentile must be lower, and the median not much higher: at most 1.25 times.

    Of eight trainings with clipping and eight without, paired in all ways, the 99th percentile was 0.30 to
    0.35 times as large for the homework's MLP, 0.10 to 0.13 times for a simple recurrent network, and a
    ten-thousandth at most for the MLP at learning rate 10; the median was 0.40 to 1.13 times as large: no
    false alarm in 192 pairs. Two runs without clipping had 0.77 to 1.3 times, and none of 112 pairs passed;
    at learning rate 10 the first steps decide, and 24 of 56 such pairs passed, so ask for `norm_within_cap`
    as well. `python tests/corpus/two_runs.py FOLDER` prints these numbers.

    Norms from before clipping alone show no clipping: those of the recurrent network were up to 1.9 times
    as large with it, because it learned more. Where they are not lower, that is not checked. Where the runs
    have no norm in common, a teacher decides.

    Args:
        than: The other run.
        at_most: The 99th percentile must be at most so many times that of the other run.

    Example:
        norm_is_lower: {than: unclipped, at_most: 0.75}
    """

    at_most: float = Field(default=0.75, gt=0, le=1)

    def find(self, norms: NormColumns, other_norms: NormColumns) -> Finding:
        """Compare the norms that both runs have."""
        if finding := one_training(norms.log, other_norms.log, self.than):
            return finding
        if not (norms.columns and other_norms.columns):
            missing = say("this run") if not norms.columns else say("the run {run}", run=quoted(self.than))
            return failed(say("The log of {which} has no gradient norm.", which=missing), HOW_TO_LOG)
        pair = same_norm(norms, other_norms)
        if pair is None:
            return review(
                say(
                    "This run has {mine}, the run {run} has {theirs}; these are not the same norm.",
                    mine=norms.columns[0].series,
                    run=quoted(self.than),
                    theirs=other_norms.columns[0].series,
                ),
                say("Ask for logs of both runs that were written by the same program."),
            )
        (middle, high), (other_middle, other_high) = levels(pair.mine), levels(pair.theirs)
        found = say(
            "Of {name}, the 99th percentile is {high} and the median {middle}; in the run {run} they are "
            "{other_high} and {other_middle}. The rubric asks for at most {asked} times as much.",
            name=pair.mine.name,
            high=number(high),
            middle=number(middle),
            run=quoted(self.than),
            other_high=number(other_high),
            other_middle=number(other_middle),
            asked=number(self.at_most),
        )
        if high <= self.at_most * other_high and middle <= _LEVEL * other_middle:
            return passed(found)
        if not pair.is_applied:
            return not_checked(
                together(found, say("They are from before clipping, which need not make them lower."))
            )
        return failed(found, _why(self.than))


def _why(than: str) -> Message:
    return say(
        "Check that this run was trained with clipping and the run {run} without, that each log is its own, "
        "and that the norm is measured after clipping.",
        run=quoted(than),
    )

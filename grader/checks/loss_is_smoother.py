"""Compares how much the loss of two runs jumps from step to step."""

from pydantic import Field

from grader.analysis.two_runs import batch_losses, one_training, roughness
from grader.checks import ComparesRuns
from grader.evidence.log import Log
from grader.messages.message import say, together
from grader.messages.wording import number, quoted
from grader.report import Finding, failed, not_checked, passed

_FEWEST = 100
# A loss with fewer spikes has none that clipping could take away; they are steps of chance.
_FEWEST_SPIKES, _LEAST_SHARE = 15, 0.008


class LossIsSmoother(ComparesRuns):
    """Is the loss smoother than in another run?

    A change is the absolute difference of the losses of two steps that follow one another. A spike is a
    change of more than `spike` times the median change of the other run, so both runs are measured alike.
    There must be at most `at_most` times as many spikes as in the other run. Of a running mean, as Keras logs
    it within an epoch, the losses of the batches are worked out first; of two logs of different lengths, the
    first steps are compared.

    Spikes and not the median change, because clipping cuts large steps and leaves the others: of a simple
    recurrent network with SGD at 0.1, of which eight trainings clipped the norm of all gradients at 1 and
    eight did not, the median change was 0.86 to 1.05 times as large with clipping, and there were 0.39 times
    as many spikes at most: no false alarm in 64 pairs. Two trainings without clipping had 0.48 to 2.2 times
    as many, and 1 of 56 such pairs passed. `python tests/corpus/two_runs.py FOLDER` prints these numbers.

    Where the other run has fewer than 15 spikes, or in fewer than 0.8 % of its steps, there is nothing that
    could be smoother, and the item is not checked: the homework's MLP has 1 to 13 in 1,875 steps without
    clipping, and none of its 64 pairs is. At learning rate 10 clipping does not make its loss smoother (56 of
    64 pairs fail): do not ask for it there.

    Args:
        than: The other run.
        at_most: There must be at most so many times as many spikes as in the other run.
        spike: How many median changes of the other run a spike is larger than.

    Example:
        loss_is_smoother: {than: unclipped, at_most: 0.5, spike: 5}
    """

    at_most: float = Field(default=0.5, gt=0, le=1)
    spike: float = Field(default=5.0, ge=1, le=1000)

    def find(self, log: Log, other_log: Log) -> Finding:
        """Compare the shares of spikes."""
        if finding := one_training(log, other_log, self.than):
            return finding
        mine, theirs = batch_losses(log), batch_losses(other_log)
        count = min(len(mine), len(theirs))
        if count < _FEWEST:
            return failed(
                say(
                    "This run has {mine} losses and the run {run} has {theirs}; to see how smooth they are, "
                    "{least} of each are needed.",
                    mine=f"{len(mine):,}",
                    run=quoted(self.than),
                    theirs=f"{len(theirs):,}",
                    least=_FEWEST,
                ),
                say("Log the loss of every step in both runs."),
            )
        own, other = roughness(mine[:count]), roughness(theirs[:count])
        limit = self.spike * other.median
        spikes, compared = own.spikes(limit), other.spikes(limit)
        found = say(
            "The loss jumps by more than {limit} at {spikes} of {steps} steps, and at {compared} in the run "
            "{run}; the rubric asks for at most {asked} times as many.",
            limit=number(limit),
            spikes=f"{spikes:,}",
            steps=f"{count - 1:,}",
            run=quoted(self.than),
            compared=f"{compared:,}",
            asked=number(self.at_most),
        )
        if compared < max(_FEWEST_SPIKES, _LEAST_SHARE * (count - 1)):
            few = say("The run {run} hardly jumps, so nothing could be smoother.", run=quoted(self.than))
            return not_checked(together(found, few))
        if spikes <= self.at_most * compared:
            return passed(found)
        return failed(
            found,
            say(
                "Check that this run was trained with clipping and the run {run} without, and that each log "
                "is its own; a lower cap makes the loss smoother.",
                run=quoted(self.than),
            ),
        )

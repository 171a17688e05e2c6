"""Reads the size of the network from the model file."""

from pydantic import Field

from grader.checks import Check
from grader.evidence.model import Model
from grader.messages.message import say
from grader.report import Finding, failed, passed


class ParametersAtMost(Check):
    """Has the network no more parameters than allowed?

    All numbers in the model's weights count, as `model.summary()` counts them: those that are trained, and
    others, such as the statistics of a batch normalisation. The optimizer's do not count.

    Args:
        count: The most parameters that the network may have.

    Example:
        parameters_at_most: {count: 300000}
    """

    count: int = Field(ge=1, le=10**12)

    def find(self, model: Model) -> Finding:
        """Compare the number of parameters."""
        found = say(
            "The network has {found} parameters; the rubric allows {asked}.",
            found=f"{model.parameters:,}",
            asked=f"{self.count:,}",
        )
        if model.parameters <= self.count:
            return passed(found)
        return failed(
            found,
            say(
                "Take fewer units, filters or layers; `model.summary()` prints the parameters of each layer. "
                "Then train and submit again."
            ),
        )

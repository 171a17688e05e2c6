"""What a rerun depends on beside the rubric's plan: a network without its weights, and how it is fed."""

import hashlib
from typing import Annotated

from pydantic import Field

from grader.evidence.values import Text
from grader.frozen import Frozen
from grader.rubric import Plan

LONGEST_NETWORK = 8 << 20


class Architecture(Frozen):
    """A network that can be trained again from fresh weights.

    Attributes:
        network: its JSON, as `grader.measure.model.architecture` writes it.
        parameters: how many numbers its weights have; it may declare no more.
        inputs: how the pixels are given, by a name in `grader.measure.training.images.SCALES`.
        probabilities: whether it gives probabilities, not logits.
    """

    network: Annotated[str, Field(max_length=LONGEST_NETWORK)]
    parameters: Annotated[int, Field(ge=0)]
    inputs: Text
    probabilities: bool


class RerunRequest(Frozen):
    """A worker's task: train this network as the plan says; the folder of the arrays follows."""

    plan: Plan
    architecture: Architecture

    @property
    def sha256(self) -> str:
        """Equal for what gives equal steps: of the plan only the rerun counts."""
        parts = (self.plan.rerun.model_dump_json(), self.architecture.model_dump_json())
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

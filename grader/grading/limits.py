"""The limits of a rubric's plan: as a worker's sandbox has them, and as a report names them."""

from grader.messages.message import say, verbatim
from grader.report import Fact
from grader.rubric import Plan
from grader.sandbox.limits import SandboxLimits, facts_of, in_words


def sandbox_limits_of(plan: Plan) -> SandboxLimits:
    """What a plan allows one worker."""
    return SandboxLimits(seconds=plan.limits.seconds, memory=plan.limits.memory)


def limits_of(plan: Plan) -> tuple[Fact, ...]:
    """The limits of a plan, as a report names them."""
    limits = plan.limits
    return (
        *facts_of(sandbox_limits_of(plan)),
        Fact(name=say("Model file"), value=verbatim(in_words(limits.model_file))),
        Fact(
            name=say("Log file"),
            value=say("{size}, {rows} rows", size=in_words(limits.log_file), rows=f"{limits.log_rows:,}"),
        ),
        Fact(
            name=say("Network"),
            value=say(
                "{layers} layers, {parameters} parameters, {activations} numbers a layer from one image",
                layers=f"{limits.layers:,}",
                parameters=f"{limits.parameters:,}",
                activations=f"{limits.activations:,}",
            ),
        ),
    )

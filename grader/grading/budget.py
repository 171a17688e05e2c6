"""The limits of a rubric's plan: for a sandbox, in a report, and within the time limit of a platform.

A platform that ends the grader leaves the student with nothing, so the time is shared out beforehand.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from grader.analysis.reference.calibration import STEPS
from grader.messages.message import EMPTY, Message, say, verbatim
from grader.messages.wording import counted, number
from grader.report import Fact, Isolation, Origin
from grader.rubric import Plan, RerunPlan
from grader.sandbox.limits import (
    LARGEST_FILE,
    LARGEST_REPLY,
    MEBIBYTE,
    MOST_ON_DISK,
    MOST_OPEN,
    SandboxLimits,
)

# Workers, one after the other: one that measures the submission, and one for each run that trains its network
# again. What is known after each is judged then; what is known earlier, while the first one works.
MEASURING = 1
# To write the last page, and to end.
SECONDS_TO_LEAVE = 3.0
# Judging an honest submission takes hundredths of a second; of a budget it gets at most this share each time.
SECONDS_TO_JUDGE = 20.0
JUDGING_SHARE = 0.1
# TensorFlow's import is 3.3 s on a whole core; a platform may give half of one, and a cold disk.
SECONDS_TO_START = 10.0
# The homework's network takes 20 microseconds an image on a whole core, as `tests/benchmarks/speed.py` says;
# this is half a core and five times the network.
SECONDS_AN_IMAGE = 2e-4


@dataclass(frozen=True)
class Budgeted:
    """A plan that fits into a time, seconds for `judging`, and a note for the report if it was shortened."""

    plan: Plan
    note: Message = EMPTY
    judging: float = SECONDS_TO_JUDGE


def within_budget(plan: Plan, seconds: float) -> Budgeted:
    """The plan with the time limits of workers and of judging, and with as many steps of the rerun as fit.

    The platform ends the grader after these seconds. A rerun is never shortened below what the beginning of
    a log is compared with: then the worker's time limit ends it, and what is known by then is kept.
    """
    whole = max(seconds - SECONDS_TO_LEAVE, SECONDS_TO_LEAVE)
    judging = min(SECONDS_TO_JUDGE, JUDGING_SHARE * whole)
    each = whole / (MEASURING + max(1, len(plan.runs))) - judging
    limits = plan.limits.model_copy(update={"seconds": min(plan.limits.seconds, each)})
    rerun, shorter = plan.rerun, _shortened(plan.rerun, each)
    runs = {
        name: run.model_copy(update={"rerun": _shortened(run.rerun, each)}) if run.rerun else run
        for name, run in plan.runs.items()
    }
    fitted = plan.model_copy(update={"limits": limits, "rerun": shorter, "runs": runs})
    if shorter == rerun and runs == plan.runs:
        return Budgeted(fitted, judging=judging)
    note = say(
        "The grader's own training was shortened from {steps} to {fitting}, to stay within the "
        "{seconds} s that the platform allows.",
        steps=counted(rerun.steps, "step"),
        fitting=f"{shorter.steps:,}",
        seconds=number(seconds),
    )
    return Budgeted(fitted, note, judging)


def _shortened(rerun: RerunPlan, seconds: float) -> RerunPlan:
    """A rerun with as many steps as fit."""
    fitting = int((seconds - SECONDS_TO_START) / (SECONDS_AN_IMAGE * rerun.batch_size))
    return rerun.model_copy(update={"steps": min(rerun.steps, max(fitting, STEPS))})


def sandbox_limits_of(plan: Plan) -> SandboxLimits:
    """What a plan allows one worker."""
    return SandboxLimits(seconds=plan.limits.seconds, memory=plan.limits.memory)


def measured_now(plan: Plan, isolation: Isolation) -> Origin:
    """How submissions are measured that are begun now, by this plan and in this sandbox."""
    now = datetime.now(UTC).replace(microsecond=0)
    return Origin(at=now, isolation=isolation, limits=limits_of(plan))


def limits_of(plan: Plan) -> tuple[Fact, ...]:
    """The limits of a plan and of its workers, as a report names them."""
    limits = plan.limits
    time = say(
        "{seconds} s, {processor_seconds} s of all processors",
        seconds=f"{limits.seconds:g}",
        processor_seconds=sandbox_limits_of(plan).processor_seconds,
    )
    written = say(
        "{largest_file} a file, {most_on_disk} in all",
        largest_file=_size(LARGEST_FILE),
        most_on_disk=_size(MOST_ON_DISK),
    )
    network = say(
        "{layers} layers, {parameters} parameters, {activations} numbers a layer from one image",
        layers=f"{limits.layers:,}",
        parameters=f"{limits.parameters:,}",
        activations=f"{limits.activations:,}",
    )
    named: dict[Message, Message | str] = {
        say("Time"): time,
        say("Memory"): _size(limits.memory),
        say("Written"): written,
        say("Open files"): str(MOST_OPEN),
        say("Reply"): _size(LARGEST_REPLY),
        say("Model file"): _size(limits.model_file),
        say("Log file"): say("{size}, {rows} rows", size=_size(limits.log_file), rows=f"{limits.log_rows:,}"),
        say("Network"): network,
    }
    return tuple(Fact(name=name, value=verbatim(value)) for name, value in named.items())


def _size(content: int) -> str:
    """A number of bytes in the unit that suits it."""
    return f"{content / (1 << 30):g} GiB" if content >= 1 << 30 else f"{content / MEBIBYTE:g} MiB"

"""Keeps the grading of one submission within a platform's time limit, and says so where that changes it.

A platform that ends the grader leaves the student with nothing. So the time is shared out beforehand:
each worker gets its part, and the grader's own training gets fewer steps where it would take too long.
"""

from dataclasses import dataclass

from grader.analysis.reference.calibration import STEPS
from grader.evidence import Evidence
from grader.evidence.problem import Problem
from grader.grading.judge import judge
from grader.messages.message import EMPTY, Message, say, together
from grader.messages.wording import counted, number
from grader.report import Origin, Report, Whose
from grader.rubric import Plan, Rubric

# Two workers, one after the other: one that looks at the submission, one that trains the network again.
WORKERS = 2
# To judge, to write the last page, and to end.
SECONDS_TO_LEAVE = 3.0
# TensorFlow's import is 3.3 s on a whole core; a platform may give half of one, and a cold disk.
SECONDS_TO_START = 10.0
# The homework's network takes 20 microseconds an image on a whole core, as `tests/benchmarks/speed.py` says;
# this is half a core and five times the network.
SECONDS_AN_IMAGE = 2e-4
# The first norms of a log are compared with so many steps of the rerun.
FEWEST_STEPS = STEPS


@dataclass(frozen=True)
class Budgeted:
    """A plan that fits into a time.

    Attributes:
        plan: what is measured.
        note: what was made shorter, for the report; "" if nothing.
    """

    plan: Plan
    note: Message = EMPTY


def within_budget(plan: Plan, seconds: float) -> Budgeted:
    """The plan with its workers' time limits, and with as many steps of the rerun as fit.

    A rerun is never shortened below what the beginning of a log is compared with: then the worker's time
    limit ends it, and what is known by then is kept.

    Args:
        plan: the rubric's.
        seconds: that are left until the platform ends the grader.
    """
    each = max(seconds - SECONDS_TO_LEAVE, SECONDS_TO_LEAVE) / WORKERS
    limits = plan.limits.model_copy(update={"seconds": min(plan.limits.seconds, each)})
    rerun = plan.rerun
    fitting = int((each - SECONDS_TO_START) / (SECONDS_AN_IMAGE * rerun.batch_size))
    steps = min(rerun.steps, max(fitting, FEWEST_STEPS))
    if steps == rerun.steps:
        return Budgeted(plan.model_copy(update={"limits": limits}))
    shorter = rerun.model_copy(update={"steps": steps})
    note = say(
        "The grader's own training was shortened from {steps} to {fitting}, to stay within the "
        "{seconds} s that the platform allows.",
        steps=counted(rerun.steps, "step"),
        fitting=steps,
        seconds=number(seconds),
    )
    return Budgeted(plan.model_copy(update={"limits": limits, "rerun": shorter}), note)


def judge_budgeted(
    rubric: Rubric, evidence: Evidence, budgeted: Budgeted, whose: Whose, origin: Origin
) -> Report:
    """Judge a submission, and hold nothing against it that a shortened training may be the reason for.

    An item that needs the rerun and does not pass is then an error, for whoever runs the grader,
    and so are the other items that need it.

    Args:
        rubric: what is asked.
        evidence: what was measured.
        budgeted: by which plan.
        whose: it is.
        origin: how it was measured, for the report.
    """
    report = judge(rubric, evidence, whose, origin)
    if not budgeted.note:
        return report
    need = {item.id for item in rubric.items if item.check.needs().get("rerun")}
    if any(item.id in need and item.status in {"failed", "review"} for item in report.items):
        too_short = Problem(
            who="operator",
            message=together(budgeted.note, say("That is too short to say this.")),
            hint=say("Give the grader more time on the platform, and grade the submission again."),
        )
        report = judge(rubric, evidence.having("rerun", too_short), whose, origin)
    return report.model_copy(update={"notes": (*report.notes, budgeted.note)})

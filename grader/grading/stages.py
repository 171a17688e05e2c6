"""The reports of one submission while it is measured, for a platform that may end the grader at any time."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from grader.evidence import Evidence
from grader.evidence.problem import Problem
from grader.evidence.training import Accuracy
from grader.grading.batch import measure
from grader.grading.budget import Budgeted, measured_now, sandbox_limits_of, within_budget
from grader.grading.cache import Measured
from grader.grading.incomplete import NOT_BEGUN, nothing_measured
from grader.grading.judge import judge
from grader.grading.judging import Judges
from grader.measure.data import dataset_for
from grader.messages.languages import ENGLISH, Language, translated
from grader.messages.message import Message, say
from grader.messages.safe_text import plain
from grader.report import Level, Report, Whose, as_of
from grader.rubric import Plan
from grader.rubric.loading import rubric_for
from grader.sandbox.self_test import require, self_test
from grader.submissions.submission import Submission

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stage:
    """A report that skips what is not known yet, and in its language what comes `next`; "" at the end."""

    report: Report
    finished: bool
    next: str = ""


def stages(  # noqa: PLR0913, PLR0917  (each is an option of a hook)
    submission: Submission,
    whose: Whose,
    rubric_name: str,
    isolation: Level = "basic",
    budget: float | None = None,
    language: Language | None = None,
    jobs: int = 1,
) -> Iterator[Stage]:
    """Grade one submission: a first stage with nothing measured, one after each part, and the last one.

    The platform ends the grader `budget` seconds from now; without it, the rubric's limit alone holds.
    With two `jobs`, a second worker gets ready to train while the first one measures.

    Raises:
        GraderError: The rubric cannot be used, or the sandbox is weaker; nothing is graded.
    """
    began = monotonic()
    rubric = rubric_for(rubric_name, language)
    report = judge(rubric, nothing_measured(NOT_BEGUN, rubric.runs), whose)
    yield Stage(
        as_of(report, datetime.now(UTC)),
        False,
        translated(say("Reading the files"), rubric.language or ENGLISH),
    )
    dataset = dataset_for(rubric.plan)
    tested = self_test(sandbox_limits_of(rubric.plan))
    require(isolation, tested)
    budgeted = Budgeted(rubric.plan)
    if budget is not None:
        budgeted = within_budget(rubric.plan, budget - (monotonic() - began))
    origin = measured_now(budgeted.plan, tested.described())
    for event in measure([submission], budgeted.plan, dataset, jobs=jobs, needed=tested.held):
        if event.evidence is None:
            continue
        how = origin.model_copy(update={"seconds": event.seconds})
        measured = Measured(evidence=event.evidence, origin=how)
        # A process that has judged before would be given the submission a second time.
        with Judges(rubric, 1, tested.held, budgeted.judging) as judges:
            content = measured.model_dump_json().encode()
            report = judges.judge(whose, content, budgeted.note).result().report
        finished = event.kind == "measured"
        for traceback in event.tracebacks if finished else ():
            logger.error("%s\n%s", plain(whose.id), traceback)
        following = _next(event.evidence, budgeted.plan)
        told = "" if finished else translated(following, rubric.language or ENGLISH)
        yield Stage(as_of(report, datetime.now(UTC)), finished, told)


def _next(evidence: Evidence, plan: Plan) -> Message:
    """What is measured next of a submission of which some parts are known."""
    accuracies = [evidence.part(Accuracy, run) for run in evidence.runs]
    if any(isinstance(one, Problem) and one.who == "pending" for one in accuracies):
        return say("Trying the model")
    return say("Training the network for {steps} steps, to see that it learns", steps=plan.rerun.steps)

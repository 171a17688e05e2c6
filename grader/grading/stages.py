"""The reports of one submission while it is measured, for a platform that may end the grader at any time."""

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

from grader.datasets import load_dataset
from grader.grading.batch import measure
from grader.grading.budget import Budgeted, judge_budgeted, within_budget
from grader.grading.limits import limits_of, walls_of
from grader.grading.placeholders import NOT_BEGUN, nothing_measured
from grader.messages.languages import Language
from grader.report import Level, Origin, Report, Whose
from grader.rubric.language import in_language
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import find_rubric
from grader.sandbox.level import require, self_test
from grader.submissions.submission import Submission


@dataclass(frozen=True)
class Stage:
    """What is known at one time.

    Attributes:
        report: with all items; those that are not known yet are skipped.
        finished: whether this is the last one.
        tracebacks: of our own mistakes, for the operator; only in the last one.
    """

    report: Report
    finished: bool
    tracebacks: tuple[str, ...] = ()


def stages(  # noqa: PLR0913, PLR0917  (each is an option of a hook)
    submission: Submission,
    whose: Whose,
    rubric_name: str,
    isolation: Level = "basic",
    budget: float | None = None,
    language: Language | None = None,
) -> Iterator[Stage]:
    """Grade one submission: a first stage with nothing measured, one after each part, and the last one.

    Args:
        submission: that is graded.
        whose: it is.
        rubric_name: a file, or a rubric that ships.
        isolation: the least level of the walls around a worker.
        budget: seconds from now until the platform ends the grader; None for no limit but the rubric's.
        language: of the reports; None for the rubric's, or the machine's.

    Raises:
        GraderError: the rubric cannot be used, or the walls are lower; nothing is graded.
    """
    began = monotonic()
    rubric_path = find_rubric(rubric_name)
    rubric = in_language(load_rubric(rubric_path), language)
    nothing = nothing_measured(NOT_BEGUN)
    yield Stage(judge_budgeted(rubric, nothing, Budgeted(rubric.plan), whose, Origin()), False)
    dataset = load_dataset(rubric.plan.data, rubric_path.parent)
    walls = walls_of(rubric.plan)
    tested = self_test(walls)
    require(isolation, tested)
    budgeted = Budgeted(rubric.plan)
    if budget is not None:
        budgeted = within_budget(rubric.plan, budget - (monotonic() - began))
    origin = Origin(isolation=tested.described(), limits=limits_of(budgeted.plan))
    for event in measure([submission], budgeted.plan, dataset, jobs=1, needed=tested.held):
        if event.evidence is None:
            continue
        measured = origin.model_copy(update={"seconds": event.seconds})
        report = judge_budgeted(rubric, event.evidence, budgeted, whose, measured)
        finished = event.kind == "measured"
        yield Stage(report, finished, event.tracebacks if finished else ())

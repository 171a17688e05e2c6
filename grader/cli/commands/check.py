"""`grader check`: a student's own check of one submission, before handing it in."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.datasets import load_dataset
from grader.evidence import Evidence
from grader.evidence.problem import Problem
from grader.grading.batch import measure
from grader.grading.engines.local import usable_jobs
from grader.grading.exit_codes import PERSON, of_report
from grader.grading.judge import judge
from grader.grading.limits import limits_of, walls_of
from grader.messages.languages import Language
from grader.messages.phrase import say
from grader.report import ItemResult, Level, Origin, Report, Whose
from grader.reports import terminal
from grader.rubric import Plan
from grader.rubric.language import in_language, told
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import find_rubric
from grader.sandbox.level import require, self_test
from grader.submissions.submission import open_submission


def check(path: Path, rubric_name: str, isolation: Level = "basic", language: Language | None = None) -> int:
    """Check one submission, print what holds and what does not, and return the exit code.

    What needs no training is printed first; after the training, what is new.

    Raises:
        GraderError: the rubric or the path cannot be used, or the walls are lower than `isolation`.
    """
    submission = open_submission(path)
    rubric_path = find_rubric(rubric_name)
    rubric = in_language(load_rubric(rubric_path), language)
    dataset = load_dataset(rubric.plan.data, rubric_path.parent)
    walls = walls_of(rubric.plan)
    tested = self_test(walls)
    require(isolation, tested)
    origin = Origin(isolation=tested.described(), limits=limits_of(rubric.plan))
    console = Console()
    shown: dict[str, ItemResult] = {}
    report: Report | None = None
    status = console.status(told(say("Reading the files"), rubric))
    status.start()
    # The second worker imports TensorFlow beside the first one, and then trains.
    for event in measure([submission], rubric.plan, dataset, jobs=usable_jobs(), needed=tested.held):
        if event.evidence is None:
            continue
        previous = report
        measured = origin.model_copy(update={"seconds": event.seconds})
        report = judge(rubric, event.evidence, Whose(submission.id), measured)
        if previous is None:
            console.print(terminal.heading(report))
        known = (
            report.items
            if event.kind == "measured"
            else tuple(item for item in report.items if item.status != "skipped")
        )
        new = tuple(item for item in known if shown.get(item.id) != item)
        console.print(terminal.items_page(new, report.language))
        shown.update((item.id, item) for item in new)
        if event.kind == "read":
            status.update(told(_next_to_come(event.evidence, rubric.plan), rubric))
        for traceback in event.tracebacks if event.kind == "measured" else ():
            Console(stderr=True).print(Text(traceback))
    status.stop()
    if report is None:
        return PERSON
    console.print(terminal.details_page(report))
    console.print(terminal.verdict_page(report))
    return of_report(report)


def _next_to_come(evidence: Evidence, plan: Plan) -> str:
    """What is measured next, of a submission of which parts are known."""
    if isinstance(evidence.accuracy, Problem) and evidence.accuracy.who == "pending":
        return say("Trying the model")
    return say("Training the network for {steps} steps, to see that it learns", steps=plan.rerun.steps)

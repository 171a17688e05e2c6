"""`grader grade`: every submission in a folder."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from grader.batch import FOR_A_FOLDER, Event, measure
from grader.commands.exit_codes import of_class
from grader.datasets import load_dataset
from grader.errors import UsageError
from grader.formats import csv_grades, json_report, terminal
from grader.isolation.worker import warm_up
from grader.judge import judge, with_pairs
from grader.likeness import find_pairs
from grader.likeness.traits import Traits, traits_of
from grader.output import prepare_folder, write_whole
from grader.report import Report
from grader.rubric import Rubric
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import find_rubric
from grader.safe_text import file_names, plain
from grader.submission import Submission, find_submissions

logger = logging.getLogger(__name__)


def grade(folder: Path, rubric_name: str, out: Path, jobs: int | None) -> int:
    """Grade a folder, write the reports and `grades.csv`, print the table, and return the exit code.

    Raises:
        GraderError: the rubric, the folder or the output folder cannot be used; nothing is graded.
    """
    rubric_path = find_rubric(rubric_name)
    rubric = load_rubric(rubric_path)
    submissions = find_submissions(folder)
    if out.resolve().is_relative_to(folder.resolve()):
        raise UsageError(
            f"The output folder `{out}` must not lie inside the folder of submissions `{folder}`.",
            "Name another folder with `--out`.",
        )
    prepare_folder(out)
    warm_up(FOR_A_FOLDER)
    dataset = load_dataset(rubric.plan.data, rubric_path.parent)
    places = dict(zip(submissions, file_names(submission.id for submission in submissions), strict=True))
    reports: dict[Submission, Report] = {}
    traits: dict[Submission, Traits] = {}
    with _progress(len(submissions)) as show, _log_file(out / "errors.log"):
        try:
            for event in measure(submissions, rubric.plan, dataset, jobs or usable_cores()):
                if event.kind == "measured" and event.evidence is not None:
                    for traceback in event.tracebacks:
                        logger.error("%s\n%s", plain(event.submission.id), traceback)
                    report = judge(rubric, event.evidence, id=event.submission.id, seconds=event.seconds)
                    reports[event.submission] = report
                    if rubric.likeness != "off":
                        traits[event.submission] = traits_of(report.id, event.evidence, report)
                    write_whole(out / places[event.submission] / "report.json", json_report.page(report))
                show(event, reports.get(event.submission))
        finally:
            # An interrupt loses nothing: what was graded is compared and stands in the table.
            in_order = {submission: traits[submission] for submission in submissions if submission in traits}
            for submission, report in _paired(rubric, reports, in_order):
                reports[submission] = report
                write_whole(out / places[submission] / "report.json", json_report.page(report))
            done = [reports[submission] for submission in submissions if submission in reports]
            write_whole(out / "grades.csv", csv_grades.page(done))
    console = Console()
    console.print(terminal.class_table(done))
    console.print(terminal.class_summary(done))
    console.print(Text(f"Reports: {out}/<id>/report.json. Grades: {out}/grades.csv."))
    return of_class(done)


def _paired(
    rubric: Rubric, reports: Mapping[Submission, Report], traits: Mapping[Submission, Traits]
) -> Iterator[tuple[Submission, Report]]:
    """The reports of the submissions that are like another one, which they name."""
    for submission, likeness in zip(traits, find_pairs(tuple(traits.values())), strict=True):
        if likeness.pairs:
            yield submission, with_pairs(rubric, reports[submission], likeness.pairs, likeness.left_out)


def usable_cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _log_file(path: Path) -> Iterator[None]:
    """Where our own mistakes go; the file is made only if there is one."""
    handler = logging.FileHandler(path, delay=True, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    root = logging.getLogger("grader")
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


class _Show:
    """Shows who is being graded: a bar on a terminal, a line each elsewhere."""

    def __init__(self, console: Console, progress: Progress, total: int) -> None:
        self._console = console
        self._progress = progress
        self._task = progress.add_task("Starting TensorFlow", total=total)
        self._at_work: list[str] = []
        self._total = total
        self._done = 0

    def __call__(self, event: Event, report: Report | None) -> None:
        name = plain(event.submission.id, 40)
        if event.kind == "started":
            self._at_work.append(name)
        elif event.kind == "measured":
            self._at_work.remove(name)
            self._done += 1
            if report is not None and not self._console.is_terminal:
                self._console.print(
                    Text(f"{self._done} of {self._total}: {name}: {report.verdict}, {event.seconds:.1f} s")
                )
        self._progress.update(
            self._task, completed=self._done, description=", ".join(self._at_work) or "Done"
        )


@contextmanager
def _progress(total: int) -> Iterator[_Show]:
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("time left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield _Show(console, progress, total)

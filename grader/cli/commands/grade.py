"""`grader grade`: every submission in a folder."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.cli.commands.class_list import read_class
from grader.cli.commands.progress import progress
from grader.cli.running import tell
from grader.datasets import DataFile, read_data, unpacked
from grader.errors import UsageError
from grader.files.output import prepare_folder
from grader.grading.batch import measure_on
from grader.grading.cache import opened as opened_cache
from grader.grading.classes import ClassGrading
from grader.grading.engines.local import usable_jobs
from grader.grading.engines.opening import opened as opened_engine
from grader.grading.exit_codes import of_class
from grader.grading.graded_folder import GradedSubmission, Run, write_grades, write_report, write_run
from grader.grading.keys import circumstances
from grader.grading.limits import limits_of, sandbox_limits_of
from grader.messages.languages import Language
from grader.messages.safe_text import plain
from grader.platforms.downloads import AUTOMATIC
from grader.report import Level, Origin, Report
from grader.reports import csv_grades, terminal
from grader.rubric import Rubric
from grader.rubric.language import in_language
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import find_rubric
from grader.submissions.roster import Student

logger = logging.getLogger(__name__)


def grade(
    folder: Path,
    rubric_name: str,
    out: Path,
    jobs: int | None,
    isolation: Level = "basic",
    *,
    layout: str = AUTOMATIC,
    roster: Path | None = None,
    cluster: str | None = None,
    language: Language | None = None,
    pages: bool = True,
) -> int:
    """Grade a folder, write the reports and `grades.csv`, print the table, and return the exit code.

    What was measured before is judged again and not measured, so a run that was interrupted goes on.

    Args:
        folder: of the submissions.
        rubric_name: a file, or a rubric that ships.
        out: where the pages are written.
        jobs: how many submissions at a time; None for as many as cores and memory allow.
        isolation: The lowest acceptable level of the sandbox.
        layout: how the folder is laid out; one of `grader.platforms.downloads.layouts()`.
        roster: a CSV file with the students of the class, or None.
        cluster: the address of a Dask scheduler whose workers measure, `local` for one of our own, or None.
        language: of the reports; None for the rubric's, or the machine's.
        pages: whether the pages for a browser are written, too.

    Raises:
        GraderError: the rubric, the folder or the output folder cannot be used, another run is at work there,
            or the sandbox is weaker; nothing is graded.
    """
    rubric_path = find_rubric(rubric_name)
    rubric = in_language(load_rubric(rubric_path), language)
    members = read_class(folder, layout, roster)
    if out.resolve().is_relative_to(folder.resolve()):
        raise UsageError(
            f"The output folder `{out}` must not lie inside the folder of submissions `{folder}`.",
            "Name another folder with `--out`.",
        )
    prepare_folder(out)
    console = Console()
    for sentence in members.sentences:
        console.print(Text(plain(sentence)))
    with opened_cache(out, tell) as cache:
        data = read_data(rubric.plan.data, rubric_path.parent)
        grading = ClassGrading(
            out, members.submissions, rubric, cache, circumstances(rubric.plan, data.sha256)
        )
        measured = len(grading.waiting)
        try:
            if measured:
                with _log_file(out / "errors.log"):
                    _measure(grading, rubric, data, jobs, isolation, cluster)
        except KeyboardInterrupt:
            raise KeyboardInterrupt("What was graded is kept, and the same command resumes there.") from None
        finally:
            # An interrupt loses nothing: what was graded is compared and stands in the table.
            graded = grading.graded()
            _write(out, rubric, data.sha256, graded, members.absent)
        cache.end_run()
        if pages:
            # Without pages, neither templates nor drawings are loaded.
            from grader.cli.commands.pages import write_pages

            with _log_file(out / "errors.log"):
                write_pages(out, graded, rubric.targets, cache, members.absent)
    reports = [report for _, report in graded]
    console.print(terminal.class_table(reports, members.absent))
    console.print(terminal.class_summary(reports, members.absent))
    known = len(members.submissions) - measured
    if known:
        verb = "was" if known == 1 else "were"
        console.print(Text(f"{known} of {len(members.submissions)} {verb} measured before and judged again."))
    if pages:
        console.print(Text(f"Pages: {out}/index.html, and {out}/<id>/report.html."))
    console.print(Text(f"Reports: {out}/<id>/report.json. Grades: {out}/grades.csv."))
    return of_class(reports)


def _measure(
    grading: ClassGrading,
    rubric: Rubric,
    data: DataFile,
    jobs: int | None,
    isolation: Level,
    cluster: str | None,
) -> None:
    """Measure the submissions that wait, and write each report as it comes."""
    plan, waiting, dataset = rubric.plan, grading.waiting, unpacked(data)
    most = min(jobs or usable_jobs(), len(waiting))
    with (
        progress(len(waiting)) as shown,
        opened_engine(dataset, sandbox_limits_of(plan), most, isolation, cluster) as (engine, tested),
    ):
        origin = Origin(isolation=tested.described(), limits=limits_of(plan))
        for event in measure_on(engine, waiting, plan, dataset.y_test.tolist(), grading):
            if event.kind == "started":
                shown.started(event.submission)
            if event.kind != "measured" or event.evidence is None:
                continue
            for traceback in event.tracebacks:
                logger.error("%s\n%s", plain(event.submission.id), traceback)
            measured = origin.model_copy(update={"seconds": event.seconds})
            report = grading.take(event.submission, event.evidence, measured)
            shown.done(event.submission, report, event.seconds)


def _write(
    out: Path,
    rubric: Rubric,
    data: str,
    graded: Sequence[tuple[GradedSubmission, Report]],
    absent: tuple[Student, ...],
) -> None:
    """Write the reports, with the pairs that were found, then the list of the run and the grades."""
    for submission, report in graded:
        write_report(out, submission.folder, report)
    submissions = tuple(submission for submission, _ in graded)
    targets = rubric.targets
    write_run(out, Run(plan=rubric.plan, data=data, targets=targets, submissions=submissions, absent=absent))
    write_grades(out, csv_grades.page([report for _, report in graded], absent))


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

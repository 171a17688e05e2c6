"""`grader grade`: every submission in a folder."""

import importlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from rich.console import Console
from rich.text import Text

from grader.batch import FOR_A_FOLDER, measure_on, walls_of
from grader.commands.class_list import ClassList, read_class
from grader.commands.exit_codes import of_class
from grader.commands.progress import Shown, progress
from grader.datasets import Dataset, load_dataset
from grader.downloads import AUTOMATIC
from grader.engines import Engine
from grader.engines.local import LocalEngine, usable_jobs
from grader.errors import UsageError
from grader.formats import csv_grades, json_report, terminal
from grader.grading import Judge, Member, alike
from grader.isolation.level import SelfTest, require, self_test
from grader.isolation.limits import Walls, facts_of
from grader.isolation.worker import warm_up
from grader.output import prepare_folder, settle, write_whole
from grader.report import Level, Report
from grader.rubric import Plan
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import find_rubric
from grader.safe_text import file_names, plain
from grader.store import FOLDER, Graded, Origin, Run, Store
from grader.store.keys import circumstances
from grader.store.lock import locked
from grader.submission import Submission

logger = logging.getLogger(__name__)


def grade(  # noqa: PLR0913  (one for each option of the command line)
    folder: Path,
    rubric_name: str,
    out: Path,
    jobs: int | None,
    isolation: Level = "basic",
    *,
    layout: str = AUTOMATIC,
    roster: Path | None = None,
    cluster: str | None = None,
) -> int:
    """Grade a folder, write the reports and `grades.csv`, print the table, and return the exit code.

    What was measured before is judged again and not measured, so a run that was interrupted goes on.

    Args:
        folder: of the submissions.
        rubric_name: a file, or a rubric that ships.
        out: where the pages are written.
        jobs: how many submissions at a time; None for as many as cores and memory allow.
        isolation: the least level of the walls around a worker.
        layout: how the folder is laid out; one of `grader.downloads.layouts()`.
        roster: a CSV file with the students of the class, or None.
        cluster: the address of a Dask scheduler whose workers measure, `local` for one of our own, or None.

    Raises:
        GraderError: the rubric, the folder or the output folder cannot be used, another run is at work there,
            or the walls are lower; nothing is graded.
    """
    rubric_path = find_rubric(rubric_name)
    rubric = load_rubric(rubric_path)
    members = read_class(folder, layout, roster)
    submissions = members.submissions
    if out.resolve().is_relative_to(folder.resolve()):
        raise UsageError(
            f"The output folder `{out}` must not lie inside the folder of submissions `{folder}`.",
            "Name another folder with `--out`.",
        )
    prepare_folder(out)
    console = Console()
    for sentence in members.sentences:
        console.print(Text(plain(sentence)))
    with locked(out, out / FOLDER):
        dataset = load_dataset(rubric.plan.data, rubric_path.parent)
        store = Store(out, circumstances(rubric.plan, dataset.sha256))
        book = _Book(out, members, Judge(rubric, store), store)
        waiting = book.take_what_is_kept()
        try:
            if waiting:
                with _log_file(out / "errors.log"), progress(len(waiting)) as shown:
                    walls = walls_of(rubric.plan)
                    most = min(jobs or usable_jobs(), len(waiting))
                    engine, tested = _engine(dataset, walls, most, isolation, cluster)
                    origin = Origin(isolation=tested.described(), limits=facts_of(walls))
                    book.measure(waiting, rubric.plan, dataset, engine, origin, shown)
        finally:
            # An interrupt loses nothing: what was graded is compared and stands in the table.
            done = book.close(Run(plan=rubric.plan, data=dataset.sha256, submissions=()))
    console.print(terminal.class_table(done, members.absent))
    console.print(terminal.class_summary(done, members.absent))
    known = len(submissions) - len(waiting)
    if known:
        verb = "was" if known == 1 else "were"
        console.print(Text(f"{known} of {len(submissions)} {verb} measured before and judged again."))
    console.print(Text(f"Reports: {out}/<id>/report.json. Grades: {out}/grades.csv."))
    return of_class(done)


def _engine(
    dataset: Dataset, walls: Walls, jobs: int, isolation: Level, cluster: str | None
) -> tuple[Engine, SelfTest]:
    """Where the workers run, and the walls that were found there."""
    if cluster is not None:
        dask = _dask()
        client = dask.connect(cluster, jobs)
        tested = dask.lowest_walls(client, walls, FOR_A_FOLDER)
        require(isolation, tested)
        return dask.DaskEngine(client, dataset, replace(walls, needed=tested.held), FOR_A_FOLDER), tested
    warm_up(FOR_A_FOLDER)
    tested = self_test(walls)
    require(isolation, tested)
    return LocalEngine(dataset, replace(walls, needed=tested.held), jobs), tested


def _dask() -> ModuleType:
    try:
        return importlib.import_module("grader.engines.dask")
    except ModuleNotFoundError as error:
        raise UsageError(
            f"`--cluster` needs `{error.name}`, which is not installed.",
            "Install it with `pip install 'keras-homework-grader[cluster]'`.",
        ) from None


class _Book:
    """The submissions of a run, those of them that are graded, and where their reports go."""

    def __init__(self, out: Path, members: ClassList, judge: Judge, store: Store) -> None:
        self._out = out
        self._submissions = submissions = members.submissions
        self._absent = members.absent
        self._judge = judge
        self._store = store
        names = file_names(submission.id for submission in submissions)
        self._places: Mapping[Submission, str] = dict(zip(submissions, names, strict=True))
        self._keys: dict[Submission, str] = {}
        self._members: dict[Submission, Member] = {}

    def take_what_is_kept(self) -> list[Submission]:
        """Judge the submissions whose evidence is kept, and give the others."""
        for submission in self._submissions:
            key = self._keys[submission] = self._store.key(submission)
            member = self._judge.kept(submission.id, submission.name, key)
            if member is not None:
                self._members[submission] = member
        return [submission for submission in self._submissions if submission not in self._members]

    def measure(  # noqa: PLR0913, PLR0917  (what, on which data, where, and who is told)
        self,
        waiting: Sequence[Submission],
        plan: Plan,
        dataset: Dataset,
        engine: Engine,
        origin: Origin,
        shown: Shown,
    ) -> None:
        """Measure submissions, and write each report as it comes."""
        for event in measure_on(engine, waiting, plan, dataset.y_test.tolist(), self._store):
            if event.kind == "started":
                shown.started(event.submission)
            if event.kind != "measured" or event.evidence is None:
                continue
            submission = event.submission
            for traceback in event.tracebacks:
                logger.error("%s\n%s", plain(submission.id), traceback)
            member = self._judge.measured(
                submission.id,
                submission.name,
                self._keys[submission],
                event.evidence,
                origin.model_copy(update={"seconds": event.seconds}),
            )
            self._members[submission] = member
            self._write(submission, member.report)
            shown.done(submission, member.report, event.seconds)

    def close(self, run: Run) -> list[Report]:
        """Compare what was graded, write what is not written yet, and give the reports."""
        graded = [submission for submission in self._submissions if submission in self._members]
        members = [self._members[submission] for submission in graded]
        reports = list(alike(self._judge.rubric, self._store, members))
        for submission, report in zip(graded, reports, strict=True):
            self._write(submission, report)
        write_whole(self._out / "grades.csv", csv_grades.page(reports, self._absent))
        rows = tuple(
            Graded(id=member.id, name=member.name, place=self._places[submission], key=member.key)
            for submission, member in zip(graded, members, strict=True)
        )
        self._store.keep_run(run.model_copy(update={"submissions": rows, "absent": tuple(self._absent)}))
        settle(self._out / "grades.csv")
        return reports

    def _write(self, submission: Submission, report: Report) -> None:
        write_report(self._out, self._places[submission], report)


def write_report(out: Path, place: str, report: Report) -> None:
    """Write a report into its folder, unless it lies there already."""
    path, text = out / place / "report.json", json_report.page(report)
    try:
        if not path.is_symlink() and path.read_text(encoding="utf-8") == text:
            return
    except (OSError, ValueError):
        pass
    write_whole(path, text, inside=out)


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

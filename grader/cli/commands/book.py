"""The book of a run: whose submissions are graded already, and where their reports go."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.cli.commands.class_list import ClassList
from grader.cli.commands.progress import Shown
from grader.cli.commands.two_processes import for_each
from grader.datasets import Dataset
from grader.files.output import write_whole
from grader.grading.batch import measure_on
from grader.grading.classes import Judge, Member
from grader.grading.engines import Engine
from grader.grading.store import Store
from grader.grading.store.run import Run, Work
from grader.messages.safe_text import file_names, plain
from grader.report import Origin, Report
from grader.reports import csv_grades, json_report
from grader.rubric import Plan
from grader.submissions.submission import Submission

logger = logging.getLogger(__name__)


class Book:
    """The submissions of a run, and what is known of each."""

    def __init__(self, out: Path, class_list: ClassList, judge: Judge, store: Store) -> None:
        """Nobody is graded yet.

        Args:
            out: the output folder.
            class_list: who is graded, and who is missing.
            judge: by the rubric.
            store: below `out`.
        """
        self._out = out
        self._submissions = class_list.submissions
        self._absent = class_list.absent
        self._judge = judge
        self._store = store
        self._works: Mapping[Submission, Work] = {}
        self._members: dict[Submission, Member] = {}

    def take_what_is_kept(self) -> list[Submission]:
        """Judge the submissions whose evidence is kept, and give the others."""
        places = file_names(submission.id for submission in self._submissions)
        self._works = {
            one: Work(id=one.id, name=one.name, id_from=one.id_from, place=place, key=self._store.key(one))
            for one, place in zip(self._submissions, places, strict=True)
        }
        recalled = zip(self._submissions, self._judge.recall(self._works.values()), strict=True)
        self._members = {submission: member for submission, member in recalled if member is not None}
        return [submission for submission in self._submissions if submission not in self._members]

    def measure(
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
                self._works[submission],
                event.evidence,
                origin.model_copy(update={"seconds": event.seconds}),
            )
            self._members[submission] = member
            write_report(self._out, member.work.place, member.report)
            shown.done(submission, member.report, event.seconds)

    def close(self, plan: Plan, data: str) -> list[Report]:
        """Compare what was graded, write what is not written yet, and give the reports.

        Args:
            plan: what was measured.
            data: the SHA-256 of the images.
        """
        members = [self._members[one] for one in self._submissions if one in self._members]
        reports = list(self._judge.alike(members))
        write_reports(
            self._out, [(one.work.place, report) for one, report in zip(members, reports, strict=True)]
        )
        works = tuple(member.work for member in members)
        self._store.keep_run(Run(plan=plan, data=data, submissions=works, absent=self._absent))
        write_grades(self._out, csv_grades.page(reports, self._absent))
        return reports

    def graded(self, reports: Sequence[Report]) -> list[tuple[str, str, Report]]:
        """For each report that `close` gave, the name of its folder and the key of its evidence."""
        members = (self._members[one] for one in self._submissions if one in self._members)
        return [
            (member.work.place, member.work.key, report)
            for member, report in zip(members, reports, strict=True)
        ]


def write_reports(out: Path, reports: Sequence[tuple[str, Report]]) -> None:
    """Write reports, each with the name of its folder; see `write_report`."""
    for_each(lambda one: write_report(out, *one), reports)


def write_report(out: Path, place: str, report: Report) -> None:
    """Write a report into its folder, unless it lies there already."""
    path, text = out / place / "report.json", json_report.page(report)
    try:
        if not path.is_symlink() and path.read_text(encoding="utf-8") == text:
            return
    except (OSError, ValueError):
        pass
    write_whole(path, text)


def write_grades(out: Path, table: str) -> None:
    """Write the table of grades, last of all."""
    write_whole(out / "grades.csv", table)

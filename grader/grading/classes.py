"""Grades a class: what was measured before is judged from the cache, and the rest waits to be measured."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import InitVar, dataclass, field
from pathlib import Path

from grader.evidence import Evidence
from grader.evidence.training import Rerun
from grader.grading.cache import Cache
from grader.grading.decisions import Decisions
from grader.grading.graded_folder import GradedSubmission, Run, folders_of, write_class, write_report
from grader.grading.judged_class import JudgedClass
from grader.grading.judging import Judged, Judges
from grader.grading.keys import Circumstances, evidence_key, rerun_key
from grader.measure.request import RerunRequest, pack
from grader.report import Origin, Report
from grader.reports.rows import Row
from grader.rubric import Rubric
from grader.submissions.roster import Student
from grader.submissions.submission import Submission

# So many submissions may be judged or wait for that, with their evidence in memory.
_MOST_BEGUN = 32


@dataclass(eq=False)
class ClassGrading:
    """The grading of one class below `out`: who waits to be measured, and the reports of the others."""

    out: Path
    submissions: InitVar[Sequence[Submission]]
    rubric: Rubric
    cache: Cache
    circumstances: Circumstances
    judges: Judges
    judged_class: JudgedClass
    _decisions: Decisions = field(init=False)
    _listed: dict[Submission, GradedSubmission] = field(default_factory=dict, init=False)
    _begun: dict[Submission, Future[Judged]] = field(default_factory=dict, init=False)

    def __post_init__(self, submissions: Sequence[Submission]) -> None:
        self._decisions = Decisions.read(self.out)
        folders = folders_of(submission.id for submission in submissions)
        is_first = self.cache.is_empty
        for one, folder in zip(submissions, folders, strict=True):
            # Where nothing is kept, `begin` reads the files, and a large class is not read twice.
            key = "" if is_first else self._kept_key(one)
            self._listed[one] = GradedSubmission(
                id=one.id,
                name=one.name,
                id_from=one.id_from,
                folder=folder,
                key=key,
                email=one.email,
                entry=one.entry,
                handed_in=one.handed_in,
            )

    def _kept_key(self, submission: Submission) -> str:
        own = evidence_key(pack(submission, self.circumstances.plan), self.circumstances)
        return next(filter(self.cache.has, (own, self._key_of_late(own))), own)

    def _key_of_late(self, key: str) -> str:
        """The key of what takes too long with this limit, which says nothing about another one."""
        return f"{key} {self.rubric.plan.limits.seconds:g}"

    @property
    def is_cached(self) -> bool:
        """Whether the evidence of every submission is cached."""
        return all(self.cache.has(listed.key) for listed in self._listed.values())

    def judge_cached(self) -> None:
        """Judge every submission whose evidence is cached."""
        begun = (
            (one, self.judges.judge(listed.whose, measured))
            for one, listed in self._listed.items()
            if (measured := self.cache.measured(listed.key)) is not None
        )
        for submission, judged in self.judges.in_order(begun):
            self.judged_class.add(submission.id, judged)

    @property
    def waiting(self) -> list[Submission]:
        """The submissions that have no report yet."""
        return [submission for submission in self._listed if submission.id not in self.judged_class]

    def begin(self, submission: Submission, messages: Sequence[bytes]) -> None:
        """Key the evidence by what is sent: a file may have changed since the cache was searched."""
        key = evidence_key(messages, self.circumstances)
        self._listed[submission] = self._listed[submission].model_copy(update={"key": key})

    def take(self, submission: Submission, evidence: Evidence, origin: Origin) -> None:
        """Cache the evidence of a submission, and have it judged."""
        listed = self._listed[submission]
        if any(problem.lasts for problem in evidence.problems()):
            listed = listed.model_copy(update={"key": self._key_of_late(listed.key)})
            self._listed[submission] = listed
        measured = self.cache.keep(listed.key, evidence, origin)
        self._begun[submission] = self.judges.judge(listed.whose, measured)

    def judged(self, *, wait: bool = False) -> Iterator[tuple[Submission, Report]]:
        """Write and give each report since the last call; with `wait`, those still to come as well.

        Where more is measured than can be judged, as by many machines, this waits for those who came first.
        """
        for submission, future in tuple(self._begun.items()):
            if wait or future.done() or len(self._begun) > _MOST_BEGUN:
                one = future.result()
                self.judged_class.add(submission.id, one)
                del self._begun[submission]
                report = self._decisions.applied(one.report)
                write_report(self.out, self._listed[submission].folder, report)
                yield submission, report

    def rerun(self, request: RerunRequest) -> Rerun | None:
        """Give the rerun of a network, if it is cached."""
        content = self.cache.measured(rerun_key(request, self.circumstances))
        return None if content is None else Rerun.model_validate_json(content)

    def keep_rerun(self, request: RerunRequest, rerun: Rerun) -> None:
        """Cache the rerun of a network."""
        self.cache.write(rerun_key(request, self.circumstances), rerun.model_dump_json().encode())

    def write(self, absent: Sequence[Student]) -> tuple[Run, list[Row]]:
        """Compare those that were measured so far, and write the class: its reports lie in `out` then."""
        # Where a run was interrupted, some are being judged still.
        for _ in self.judged(wait=True):
            pass
        there = tuple(listed for one, listed in self._listed.items() if one.id in self.judged_class)
        run = Run(
            plan=self.rubric.plan,
            data=self.circumstances.data,
            targets=self.rubric.targets,
            phrases=self.rubric.phrases,
            submissions=there,
            absent=tuple(absent),
        )
        reports = self.judged_class.reports(one.id for one in there)
        return run, write_class(self.out, run, zip(there, reports, strict=True))

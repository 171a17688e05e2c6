"""Grades a class: what was measured before is judged from the cache, and the rest waits to be measured."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

from grader.analysis.similarity import Likeness, find_pairs
from grader.analysis.similarity.features import Features
from grader.evidence import Evidence
from grader.evidence.training import Rerun
from grader.grading.cache import Cache
from grader.grading.graded_folder import GradedSubmission, Run, folders_of, write_class, write_report
from grader.grading.judge import with_pairs
from grader.grading.judging import Judged, Judges, ToJudge
from grader.grading.keys import Circumstances, evidence_key, rerun_key
from grader.measure.request import RerunRequest, pack
from grader.messages.message import say
from grader.messages.safe_text import plain
from grader.report import Origin, Report, Whose
from grader.rubric import Rubric
from grader.submissions.roster import Student
from grader.submissions.submission import Submission

logger = logging.getLogger(__name__)

_NOT_COMPARED = say(
    "The submission could not be compared with the class because of a mistake of the program."
)


def to_judge(submission: GradedSubmission) -> ToJudge:
    """A submission of a class as the processes that judge are asked for it."""
    return ToJudge(whose=Whose(submission.id, submission.name, submission.id_from))


def compared(rubric: Rubric, members: Sequence[Judged]) -> Iterator[Report]:
    """Give the reports of a class in its order, each with the pairs that it is part of."""
    features = [member.features for member in members if member.features is not None]
    pairs = _pairs(features)
    failed = {one.id for one in features} - pairs.keys()
    for member in members:
        likeness = pairs.get(member.report.id, Likeness())
        report = with_pairs(rubric, member.report, likeness.pairs, likeness.left_out)
        if report.id in failed:
            report = report.model_copy(update={"verdict": "error", "summary": _NOT_COMPARED})
        yield report


def _pairs(features: Sequence[Features]) -> dict[str, Likeness]:
    """The likeness of each submission by its id, without those that cannot be compared."""
    try:
        found = find_pairs(features)
    except Exception:
        logger.exception("The submissions of the class could not be compared.")
        features = [one for one in features if _is_comparable(one)]
        found = find_pairs(features)
    return dict(zip((one.id for one in features), found, strict=True))


def _is_comparable(features: Features) -> bool:
    """Whether a submission can be compared with itself."""
    try:
        find_pairs([features, features])
    except Exception:
        logger.exception("%s cannot be compared.", plain(features.id))
        return False
    return True


class ClassGrading:
    """The grading of one class: who waits to be measured, and the reports of the others."""

    def __init__(  # noqa: PLR0913, PLR0917  (who is judged by whom, and what is known)
        self,
        out: Path,
        submissions: Sequence[Submission],
        rubric: Rubric,
        cache: Cache,
        circumstances: Circumstances,
        judges: Judges,
    ) -> None:
        """List the class; nobody is judged yet. The cache is below `out`, and `judges` have the rubric."""
        self._out = out
        self._rubric = rubric
        self._cache = cache
        self._circumstances = circumstances
        self._judges = judges
        self._listed: dict[Submission, GradedSubmission] = {}
        self._judged: dict[Submission, Judged] = {}
        self._begun: dict[Submission, Future[Judged]] = {}
        folders = folders_of(submission.id for submission in submissions)
        for one, folder in zip(submissions, folders, strict=True):
            key = evidence_key(pack(one, circumstances.plan), circumstances)
            self._listed[one] = GradedSubmission(
                id=one.id, name=one.name, id_from=one.id_from, folder=folder, key=key
            )

    @property
    def is_cached(self) -> bool:
        """Whether the evidence of every submission is cached."""
        return all(self._cache.has(listed.key) for listed in self._listed.values())

    def judge_cached(self) -> None:
        """Judge every submission whose evidence is cached."""
        cached: list[Submission] = []

        def begun() -> Iterator[Future[Judged]]:
            for one, listed in self._listed.items():
                if (measured := self._cache.measured(listed.key)) is not None:
                    cached.append(one)
                    yield self._judges.judge(to_judge(listed), measured)

        for number, judged in enumerate(self._judges.in_order(begun())):
            self._judged[cached[number]] = judged

    @property
    def waiting(self) -> list[Submission]:
        """The submissions that have no report yet."""
        return [submission for submission in self._listed if submission not in self._judged]

    def begin(self, submission: Submission, messages: Sequence[bytes]) -> None:
        """Key the evidence by what is sent: a file may have changed since the cache was searched."""
        key = evidence_key(messages, self._circumstances)
        self._listed[submission] = self._listed[submission].model_copy(update={"key": key})

    def take(self, submission: Submission, evidence: Evidence, origin: Origin) -> None:
        """Cache the evidence of a submission, and have it judged."""
        listed = self._listed[submission]
        measured = self._cache.keep(listed.key, evidence, origin)
        self._begun[submission] = self._judges.judge(to_judge(listed), measured)

    def judged(self, *, wait: bool = False) -> Iterator[tuple[Submission, Report]]:
        """Write the report of each submission that was judged since the last call, and give it.

        Args:
            wait: Whether to wait for those that are being judged.
        """
        for submission, future in tuple(self._begun.items()):
            if wait or future.done():
                one = self._judged[submission] = future.result()
                del self._begun[submission]
                write_report(self._out, self._listed[submission].folder, one.report)
                yield submission, one.report

    def rerun(self, request: RerunRequest) -> Rerun | None:
        """Give the rerun of a network, if it is cached."""
        return self._cache.rerun(rerun_key(request, self._circumstances))

    def keep_rerun(self, request: RerunRequest, rerun: Rerun) -> None:
        """Cache the rerun of a network."""
        self._cache.keep_rerun(rerun_key(request, self._circumstances), rerun)

    def write(self, absent: Sequence[Student]) -> list[tuple[GradedSubmission, Report]]:
        """Compare the submissions that were judged so far, write the class, and give the reports in order."""
        there = [one for one in self._listed if one in self._judged]
        reports = compared(self._rubric, [self._judged[one] for one in there])
        graded = [(self._listed[one], report) for one, report in zip(there, reports, strict=True)]
        run = Run(
            plan=self._rubric.plan,
            data=self._circumstances.data,
            targets=self._rubric.targets,
            submissions=tuple(submission for submission, _ in graded),
            absent=tuple(absent),
        )
        write_class(self._out, run, graded)
        return graded

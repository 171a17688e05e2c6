"""Grades a class: what was measured before is judged from the cache, and the rest waits to be measured."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.analysis.similarity import find_pairs
from grader.analysis.similarity.features import Features, features_of
from grader.evidence import Evidence
from grader.evidence.training import Rerun
from grader.grading.cache import Cache, Measured
from grader.grading.graded_folder import GradedSubmission, write_report
from grader.grading.judge import is_inconsistent, judge, with_pairs
from grader.grading.keys import Circumstances, evidence_key, rerun_key
from grader.measure.request import RerunRequest, pack
from grader.messages.safe_text import file_names
from grader.report import Origin, Report, Whose
from grader.rubric import Rubric
from grader.submissions.submission import Submission


@dataclass(frozen=True)
class Judged:
    """A submission of a class with its own report, and its features where submissions are compared."""

    submission: GradedSubmission
    report: Report
    features: Features | None


def judged(rubric: Rubric, submission: GradedSubmission, measured: Measured) -> Judged:
    """Judge one submission of a class."""
    whose, evidence = Whose(submission.id, submission.name, submission.id_from), measured.evidence
    report = judge(rubric, evidence, whose, measured.origin)
    features = (
        features_of(submission.id, evidence, inconsistent=is_inconsistent(rubric, report))
        if rubric.likeness != "off"
        else None
    )
    return Judged(submission, report, features)


def compared(rubric: Rubric, members: Sequence[Judged]) -> Iterator[Report]:
    """Give the reports of a class in its order, each with the pairs that it is part of."""
    if rubric.likeness == "off":
        yield from (member.report for member in members)
        return
    found = find_pairs([member.features for member in members if member.features is not None])
    for member, likeness in zip(members, found, strict=True):
        yield with_pairs(rubric, member.report, likeness.pairs, likeness.left_out)


class ClassGrading:
    """The grading of one class: who waits to be measured, and the reports of the others."""

    def __init__(
        self,
        out: Path,
        submissions: Sequence[Submission],
        rubric: Rubric,
        cache: Cache,
        circumstances: Circumstances,
    ) -> None:
        """Judge every submission whose evidence is in the cache below `out`, one at a time."""
        self._out = out
        self._rubric = rubric
        self._cache = cache
        self._circumstances = circumstances
        self._listed: dict[Submission, GradedSubmission] = {}
        self._judged: dict[Submission, Judged] = {}
        folders = file_names(submission.id for submission in submissions)
        for one, folder in zip(submissions, folders, strict=True):
            key = evidence_key(pack(one, circumstances.plan), circumstances)
            self._listed[one] = GradedSubmission(
                id=one.id, name=one.name, id_from=one.id_from, folder=folder, key=key
            )
            measured = cache.measured(key)
            if measured is not None:
                self._judged[one] = judged(rubric, self._listed[one], measured)

    @property
    def waiting(self) -> list[Submission]:
        """The submissions that have no report yet."""
        return [submission for submission in self._listed if submission not in self._judged]

    def begin(self, submission: Submission, messages: Sequence[bytes]) -> None:
        """Key the evidence by what is sent: a file may have changed since the cache was searched."""
        key = evidence_key(messages, self._circumstances)
        self._listed[submission] = self._listed[submission].model_copy(update={"key": key})

    def take(self, submission: Submission, evidence: Evidence, origin: Origin) -> Report:
        """Cache the evidence of a submission, judge it, and write its report."""
        listed = self._listed[submission]
        self._cache.keep(listed.key, evidence, origin)
        one = judged(self._rubric, listed, Measured(evidence=evidence, origin=origin))
        self._judged[submission] = one
        write_report(self._out, listed.folder, one.report)
        return one.report

    def rerun(self, request: RerunRequest) -> Rerun | None:
        """Give the rerun of a network, if it is cached."""
        return self._cache.rerun(rerun_key(request, self._circumstances))

    def keep_rerun(self, request: RerunRequest, rerun: Rerun) -> None:
        """Cache the rerun of a network."""
        self._cache.keep_rerun(rerun_key(request, self._circumstances), rerun)

    def graded(self) -> list[tuple[GradedSubmission, Report]]:
        """Compare the submissions that were judged so far, and give their reports in order."""
        members = [self._judged[one] for one in self._listed if one in self._judged]
        reports = compared(self._rubric, members)
        return [(member.submission, report) for member, report in zip(members, reports, strict=True)]

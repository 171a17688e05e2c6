"""Grades a class: what is known is judged again, what is not is measured, and everything is kept."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.analysis.similarity import find_pairs
from grader.analysis.similarity.features import Features, features_of
from grader.checks import Check
from grader.errors import DamagedError
from grader.evidence import Evidence
from grader.grading.findings import identity_of
from grader.grading.judge import is_inconsistent, judge_by, with_pairs
from grader.grading.store import Store
from grader.grading.store.entry import Entry
from grader.grading.store.judged import Judged
from grader.grading.store.judging import Judging
from grader.grading.store.pairs import Alike, class_sha256
from grader.grading.store.run import Work
from grader.report import Origin, Report, Whose
from grader.rubric import Rubric


@dataclass(frozen=True)
class Member:
    """One submission of a class that was judged.

    Attributes:
        work: whose.
        report: on it, by itself.
        kept: whether its evidence is in the store.
        features: what it is compared by; None where nothing has to be compared.
    """

    work: Work
    report: Report
    kept: bool = True
    features: Features | None = field(default=None, compare=False)


class Judge:
    """Judges submissions by a rubric, and keeps what was found."""

    def __init__(self, rubric: Rubric, store: Store) -> None:
        """Nothing is judged yet."""
        self.rubric = rubric
        self._store = store
        self._identities: Mapping[Check, str] = {
            item.check: identity_of(item.check, rubric.targets) for item in rubric.items
        }

    def recall(self, handed_in: Iterable[Work]) -> list[Member | None]:
        """The members of a class, in its order; None for each whose evidence is not kept, or was damaged.

        Where the pairs of this class are not known, all of the evidence is read.
        """
        members = [self._recalled(work) for work in handed_in]
        known = [member for member in members if member is not None]
        if self.rubric.likeness == "off":
            return members
        if len(known) == len(members) and _known_pairs(self.rubric, self._store, known) is not None:
            return members
        return [member and self._with_features(member) for member in members]

    def measured(self, work: Work, evidence: Evidence, origin: Origin) -> Member:
        """The submission of which this was measured just now."""
        judging = self._judging(evidence)
        report = self._report(work, judging, origin)
        kept = self._store.keep(work.key, evidence, origin)
        if kept:
            self._keep(work, judging)
        features = (
            features_of(work.id, evidence, inconsistent=is_inconsistent(self.rubric, report))
            if self.rubric.likeness != "off"
            else None
        )
        return Member(work, report, kept, features)

    def alike(self, members: Sequence[Member]) -> Iterator[Report]:
        """The reports of a class, in its order, with the pairs that look alike named in both."""
        if self.rubric.likeness == "off":
            yield from (member.report for member in members)
            return
        pairs = _known_pairs(self.rubric, self._store, members)
        if pairs is None:
            found = find_pairs([member.features for member in members if member.features is not None])
            pairs = tuple(Alike(pairs=one.pairs, left_out=one.left_out) for one in found)
            # What could not be measured whole may have more pairs the next time.
            if all(member.kept for member in members):
                self._store.keep_pairs(_class_sha256(self.rubric, self._store, members), pairs)
        for member, one in zip(members, pairs, strict=True):
            yield with_pairs(self.rubric, member.report, one.pairs, one.left_out)

    def _recalled(self, work: Work) -> Member | None:
        entry = self._store.entry(work.key)
        if entry is None:
            return None
        try:
            judging = self._judging(entry, self._store.judged(work.key))
            report = self._report(work, judging, entry.origin)
        except DamagedError:
            return None
        self._keep(work, judging)
        return Member(work, report)

    def _with_features(self, member: Member) -> Member | None:
        entry = self._store.entry(member.work.key)
        if entry is None:
            return None
        try:
            features = features_of(
                member.work.id, entry.evidence(), inconsistent=is_inconsistent(self.rubric, member.report)
            )
        except DamagedError:
            return None
        return replace(member, features=features)

    def _judging(self, evidence: Entry | Evidence, known: Judged | None = None) -> Judging:
        return Judging(evidence, self.rubric.targets, self._identities, known)

    def _report(self, work: Work, judging: Judging, origin: Origin) -> Report:
        return judge_by(
            self.rubric, judging.outline, judging, Whose(work.id, work.name, work.id_from), origin
        )

    def _keep(self, work: Work, judging: Judging) -> None:
        news = judging.news
        if news is not None:
            self._store.keep_judged(work.key, news)


def _known_pairs(rubric: Rubric, store: Store, members: Sequence[Member]) -> tuple[Alike, ...] | None:
    return (
        store.pairs(_class_sha256(rubric, store, members)) if all(member.kept for member in members) else None
    )


def _class_sha256(rubric: Rubric, store: Store, members: Sequence[Member]) -> str:
    doubted = (
        (member.work.id, member.work.key, is_inconsistent(rubric, member.report)) for member in members
    )
    return class_sha256(store.program, doubted)

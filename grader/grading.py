"""Grades a class: what is known is judged again, what is not is measured, and everything is kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from grader.checks import Check
from grader.evidence import Evidence
from grader.judge import judge_by, with_pairs
from grader.likeness import find_pairs
from grader.likeness.traits import Traits, is_doubted, traits_of
from grader.outcomes import identity_of
from grader.report import Report
from grader.rubric import Rubric
from grader.store import Judging, Origin, Store
from grader.store.pairs import Alike, class_sha256


@dataclass(frozen=True)
class Member:
    """One submission of a class.

    Attributes:
        id: of the submission.
        name: of the student, where a platform knows it.
        key: of its evidence.
        report: on it, by itself.
        traits: what it is compared by; None where that can be read from the store.
    """

    id: str
    name: str
    key: str
    report: Report
    traits: Traits | None = field(default=None, compare=False)


class Judge:
    """Judges submissions by a rubric, and keeps what was found."""

    def __init__(self, rubric: Rubric, store: Store) -> None:
        """Nothing is judged yet."""
        self.rubric = rubric
        self._store = store
        self._identities: Mapping[Check, str] = {
            item.check: identity_of(item.check, rubric.calibration) for item in rubric.items
        }

    def kept(self, id: str, name: str, key: str) -> Member | None:  # noqa: A002  (its name in the report)
        """The submission whose evidence is kept under a key; None where it is not, or was damaged."""
        entry = self._store.entry(key)
        if entry is None:
            return None
        try:
            judging = Judging(entry, self.rubric.calibration, self._identities, self._store.judged(key))
            report = self._report(id, name, judging, entry.origin)
        except ValueError:
            return None
        self._keep(key, judging)
        return Member(id, name, key, report)

    def measured(self, id: str, name: str, key: str, evidence: Evidence, origin: Origin) -> Member:  # noqa: A002  (a submission, and what was measured)
        """The submission of which this was measured just now."""
        judging = Judging(evidence, self.rubric.calibration, self._identities, None)
        report = self._report(id, name, judging, origin)
        if self._store.keep(key, evidence, origin):
            self._keep(key, judging)
        traits = traits_of(id, evidence, report) if self.rubric.likeness != "off" else None
        return Member(id, name, key, report, traits)

    def _report(self, id: str, name: str, judging: Judging, origin: Origin) -> Report:  # noqa: A002  (its name in the report)
        return judge_by(
            self.rubric,
            judging.outline,
            judging,
            id=id,
            name=name,
            seconds=origin.seconds,
            isolation=origin.isolation,
            limits=origin.limits,
        )

    def _keep(self, key: str, judging: Judging) -> None:
        news = judging.news
        if news is not None:
            self._store.keep_judged(key, news)


def alike(rubric: Rubric, store: Store, members: Sequence[Member]) -> Iterator[Report]:
    """The reports of a class, in its order, with the pairs that look alike named in both.

    Args:
        rubric: says what becomes of a pair.
        store: knows the pairs, or the evidence that they are found in.
        members: of the class.
    """
    if rubric.likeness == "off":
        yield from (member.report for member in members)
        return
    doubted = ((member.id, member.key, is_doubted(member.report)) for member in members)
    of = class_sha256(store.program, doubted)
    found = store.pairs(of)
    if found is None:
        likenesses = find_pairs([member.traits or _traits(store, member) for member in members])
        found = tuple(Alike(pairs=one.pairs, left_out=one.left_out) for one in likenesses)
        store.keep_pairs(of, found)
    for member, one in zip(members, found, strict=True):
        yield with_pairs(rubric, member.report, one.pairs, one.left_out)


def _traits(store: Store, member: Member) -> Traits:
    entry = store.entry(member.key)
    if entry is None:
        raise ValueError("what was judged from the store is in the store")
    return traits_of(member.id, entry.evidence(), member.report)

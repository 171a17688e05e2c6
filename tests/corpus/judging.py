"""Grades the corpus through the real program and compares each verdict with what is true."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from making import SUBMISSIONS
from stories import STORIES
from story import Story
from trainings import TRAININGS

from grader.analysis.similarity import Likeness, find_pairs
from grader.analysis.similarity.features import features_of
from grader.datasets import load_dataset
from grader.evidence import Evidence
from grader.grading.batch import measure
from grader.grading.engines import FOR_A_FOLDER
from grader.grading.judge import judge, with_pairs
from grader.report import Report, Status, Whose
from grader.rubric import Rubric
from grader.rubric.loading import load_rubric
from grader.sandbox.worker import warm_up
from grader.submissions.class_folder import find_submissions

EVIDENCE = "evidence"
HERE = Path(__file__).parent
# Stands for an item where the report names submissions that are like this one.
LIKENESS = "likeness"


@dataclass(frozen=True)
class Complaint:
    """An item that did not pass, with its sentence."""

    item: str
    status: str
    sentence: str


@dataclass(frozen=True)
class Outcome:
    """What became of one story: the verdict, the complaints, and the status of each item."""

    story: Story
    verdict: str
    complaints: tuple[Complaint, ...]
    statuses: Mapping[str, Status] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        """Whether the honest passed, and the others did not."""
        return (self.verdict == "passed") == (self.story.kind == "honest") and self.verdict != "error"

    @property
    def grounded(self) -> bool:
        """Whether one of the items complains that may; of a submission that passes nothing is asked."""
        return self.verdict == "passed" or any(self.fits(complaint) for complaint in self.complaints)

    def fits(self, complaint: Complaint) -> bool:
        """Whether the item is one that may rightly complain about this story."""
        return complaint.item in self.story.items


def measured(stories: Iterable[Story], rubric: Rubric, folder: Path, jobs: int) -> Iterator[str]:
    """Measure each submission, keep its evidence in the folder, and tell its name."""
    kept = folder / EVIDENCE
    kept.mkdir(exist_ok=True)
    warm_up(FOR_A_FOLDER)
    dataset = load_dataset(rubric.plan.data)
    # A rubric of the corpus may measure more.
    plans = {story.name: own_rubric(story.rubric).plan if story.rubric else rubric.plan for story in stories}
    found = [one for one in find_submissions(folder / SUBMISSIONS) if one.id in plans]
    for replays in (False, True):
        some = [one for one in found if (plans[one.id].replay is not None) == replays]
        plan = plans[some[0].id] if some else rubric.plan
        for event in measure(some, plan, dataset, jobs):
            if event.kind == "measured" and event.evidence is not None:
                (kept / f"{event.submission.id}.json").write_text(
                    event.evidence.model_dump_json(), encoding="utf-8"
                )
                yield "\n".join([event.submission.id, *event.tracebacks])


def judged(stories: Iterable[Story], rubric: Rubric, folder: Path) -> Iterator[Outcome]:
    """Judge the evidence that was kept, each submission in a class of its own."""
    evidence: dict[str, Evidence] = {}
    for story in stories:
        for mate in (story, *classmates(story)):
            if mate.name not in evidence:
                text = (folder / EVIDENCE / f"{mate.name}.json").read_text(encoding="utf-8")
                evidence[mate.name] = Evidence.model_validate_json(text)
        yield outcome(story, _report(story, rubric, evidence))


@cache
def own_rubric(name: str) -> Rubric:
    """The rubric of this name that belongs to the corpus."""
    return load_rubric(HERE / f"{name}.yaml")


def classmates(story: Story) -> tuple[Story, ...]:
    """Honest submissions, each of a training that this one has nothing of, and the one that it may be like.

    Many stories share a training, so one class of all of them would be a class of copies.
    """
    taken = {story.training, story.model_of, story.appended_to}
    mates = [mate for mate in STORIES if mate.name == story.beside]
    taken |= {mate.training for mate in mates}
    for mate in STORIES:
        if mate.kind == "honest" and mate.training not in taken:
            mates.append(mate)
            taken.add(mate.training)
    return tuple(mates)


def _report(story: Story, rubric: Rubric, evidence: Mapping[str, Evidence]) -> Report:
    rubric = own_rubric(story.rubric) if story.rubric else rubric
    report = judge(rubric, evidence[story.name], Whose(story.name))
    features = [features_of(mate.name, evidence[mate.name]) for mate in (story, *classmates(story))]
    likeness = find_pairs(features).get(story.name, Likeness())
    return with_pairs(rubric, report, likeness.pairs, likeness.left_out)


def outcome(story: Story, report: Report) -> Outcome:
    """What a report says of a story."""
    complaints = [
        Complaint(item.id, item.status, str(item.message))
        for item in report.items
        if item.status in {"failed", "review", "error"}
    ]
    complaints += [Complaint(LIKENESS, "review", str(pair.message)) for pair in report.pairs]
    statuses = {item.id: item.status for item in report.items}
    return Outcome(story, report.verdict, tuple(complaints), statuses)


def page(outcomes: Sequence[Outcome], *, everything: bool = False) -> str:
    """The confusion matrix, how far the goal is met, the false alarms, and each wrong verdict explained.

    With `everything` the right ones are explained, too.
    """
    verdicts = ("passed", "failed", "review", "error")
    lines = [f"{'':10}" + "".join(f"{verdict:>8}" for verdict in verdicts)]
    for kind in ("honest", "mistaken", "dishonest"):
        found = [outcome.verdict for outcome in outcomes if outcome.story.kind == kind]
        lines.append(f"{kind:10}" + "".join(f"{found.count(verdict):8}" for verdict in verdicts))
    lines += ["", *_goals(outcomes), "", *_false_alarms(outcomes), ""]
    for outcome in outcomes:
        if everything or not (outcome.right and outcome.grounded):
            lines += [*_paragraph(outcome), ""]
    return "\n".join(lines)


def _goals(outcomes: Sequence[Outcome]) -> Iterator[str]:
    honest = [outcome for outcome in outcomes if outcome.story.kind == "honest"]
    others = [outcome for outcome in outcomes if outcome.story.kind != "honest"]
    beside = sum(not outcome.fits(complaint) for outcome in others for complaint in outcome.complaints)
    yield f"honest not passed: {sum(not one.right for one in honest)} of {len(honest)} (goal 0)"
    yield f"others passed or not judged: {sum(not one.right for one in others)} of {len(others)} (goal 0)"
    yield f"others stopped for no true reason: {sum(not one.grounded for one in others)} (goal 0)"
    yield f"complaints about them by an item that has none to make: {beside}"


def _false_alarms(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """How many honest submissions each rule complains about, and of which kinds their networks are."""
    honest = [outcome for outcome in outcomes if outcome.story.kind == "honest"]
    alarms = Counter(item for one in honest for item in {complaint.item for complaint in one.complaints})
    statuses = Counter((item, status) for one in honest for item, status in one.statuses.items())
    yield f"{'rule, over the honest':28}{'false alarms':>14}{'not checked':>13}{'asked':>7}"
    for item in dict.fromkeys([*(item for item, _ in statuses), *alarms]):
        asked = sum(item in one.statuses for one in honest) or len(honest)
        yield f"{item:28}{alarms[item]:14}{statuses[item, 'not_checked']:13}{asked:7}"
    yield ""
    yield f"{'kind of network':28}{'false alarms':>14}{'honest':>13}"
    kinds = Counter(network_kind(one.story) for one in honest)
    doubted = Counter(network_kind(one.story) for one in honest if one.complaints)
    for kind, count in kinds.items():
        yield f"{kind:28}{doubted[kind]:14}{count:13}"


def network_kind(story: Story) -> str:
    """The kind of network that a story hands in."""
    return TRAININGS[story.model_of or story.training].network_kind


def _paragraph(outcome: Outcome) -> Iterator[str]:
    story = outcome.story
    yield f"{story.name}: {story.kind}, {outcome.verdict}"
    asked = f" Asked of: {', '.join(story.items)}." if story.items else ""
    yield f"    true: {story.truth}{asked}"
    for complaint in outcome.complaints:
        mark = "" if outcome.fits(complaint) else " (not asked)"
        yield f"    {complaint.item}, {complaint.status}{mark}: {complaint.sentence}"


def met(outcomes: Sequence[Outcome]) -> bool:
    """Whether every verdict is right and has a true reason."""
    return all(outcome.right and outcome.grounded for outcome in outcomes)

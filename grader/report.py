"""One submission's results; as JSON, the product's public format."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from grader.evidence import Declaration, File
from grader.evidence.frozen import Frozen
from grader.messages.languages import ENGLISH, Language
from grader.messages.message import EMPTY, Message, say, say_counted
from grader.submissions.handed_in import NOT_KNOWN, HandedIn
from grader.submissions.submission import IdFrom

Status = Literal["passed", "failed", "review", "error", "skipped", "not_checked"]
Verdict = Literal["passed", "failed", "review", "error"]
Level = Literal["full", "limited", "basic"]
# The kind of the items that stand above the rubric's own for files that cannot be used.
FILES = "files"
Show = Literal["always", "after_due", "teacher"]
# The kind of the line that stands for the items that a student does not see, by why.
NOT_SHOWN = "not-shown"
_UNSEEN: Mapping[Show, Message] = {
    "after_due": say("Shown after the due date"),
    "teacher": say("Seen by teachers only"),
}
# The id and the kind of the line that takes points off for late work; no id of a rubric has a hyphen.
LATE = "late-work"
EARNING: frozenset[Status] = frozenset({"passed", "not_checked"})
_UNDECIDED = say("The grader cannot decide this.")
_REQUIRES_UNSEEN = say("Skipped because of an item that is not shown here.")
_NOTED = say("This was compared; the result does not depend on it.")


class Numbers(Frozen):
    """Numbers of a submission as found and as expected, as a table for its teacher."""

    about: Message
    rows: tuple[tuple[Message, Message, Message], ...]


class Finding(Frozen):
    """What a check says: a status, a sentence with what was found and what was asked, and what to do.

    It `doubts` where the evidence contradicts itself, whatever a rubric makes of that. One that `is_by_hand`
    is no finding yet: a person grades the item. One that failed may earn a `share` of the points.
    """

    status: Literal["passed", "failed", "review", "not_checked"]
    message: Message
    hint: Message = EMPTY
    doubts: bool = False
    is_by_hand: bool = False
    share: Annotated[float, Field(ge=0, lt=1)] = 0.0
    numbers: tuple[Numbers, ...] = ()


def passed(message: Message, hint: Message = EMPTY) -> Finding:
    """What was asked is there."""
    return Finding(status="passed", message=message, hint=hint)


def failed(message: Message, hint: Message, share: float = 0.0) -> Finding:
    """What was asked is not there, or only a share of it, and the student can do something about it."""
    return Finding(status="failed", message=message, hint=hint, share=share)


def review(message: Message, hint: Message = EMPTY, numbers: Iterable[Numbers] = ()) -> Finding:
    """The evidence contradicts itself, and a teacher must look, perhaps at some numbers."""
    return Finding(status="review", message=message, hint=hint, doubts=True, numbers=tuple(numbers))


def by_hand(message: Message, hint: Message) -> Finding:
    """A person grades this; the hint says what to look for."""
    return Finding(status="review", message=message, hint=hint, is_by_hand=True)


def not_checked(message: Message, hint: Message = EMPTY) -> Finding:
    """There was nothing to compare; what that earns, the rubric says."""
    return Finding(status="not_checked", message=message, hint=hint)


class Decision(Frozen):
    """What a person decided about an item, or about the whole report: whether it passes, or its points.

    The student reads the `comment`, and the name in `by`; the `reason` is for the record. It `is_earlier` if
    the files have changed since it was made: then it does not count, and the submission waits again.
    """

    time: AwareDatetime
    by: Annotated[str, Field(min_length=1, max_length=200)]
    status: Literal["passed", "failed"] | None = None
    points: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    comment: Annotated[str, Field(max_length=4_000)] = ""
    reason: Annotated[str, Field(max_length=4_000)] = ""
    is_earlier: bool = False

    def points_of(self, most: float) -> float:
        """The points of what may earn so many; another rubric may give fewer than were decided."""
        if self.points is not None:
            return min(self.points, most)
        return most if self.status == "passed" else 0.0


class ItemResult(Frozen):
    """One item of the rubric with what was found, or a file that cannot be used (`kind` is `files`).

    `is_open` says that somebody will still decide it: it is in review, could not be graded, or was skipped
    because of such an item, and the verdict depends on it. A person grades it if it `is_by_hand`. `requires`
    has the ids of the items without whose points it is skipped. `before` is the item as it was found, where
    something else has changed it since: an item that it requires, the verdict, or a decision. What `is_extra`
    counts in the score alone, neither in its maximum nor in what is needed to pass. `show` says when its
    student sees it, and `run` which of several trainings it is about.
    """

    id: str
    title: Message
    kind: str
    status: Status
    points: float
    max_points: float
    message: Message
    hint: Message = EMPTY
    teacher_hint: str = ""
    is_open: bool = False
    doubts: bool = False
    is_by_hand: bool = False
    is_extra: bool = False
    show: Show = "always"
    numbers: tuple[Numbers, ...] = ()
    requires: tuple[str, ...] = ()
    run: str = ""
    before: "ItemResult | None" = None
    decision: Decision | None = None


class Fact(Frozen):
    """Something that was measured beside the items."""

    name: Message
    value: Message


class Pair(Frozen):
    """Another submission whose `part`, such as `model`, is so similar that a teacher should see both.

    The message has what was found, in numbers; the hint has what it can mean, and what to do.
    """

    id: str
    part: str
    message: Message
    hint: Message = EMPTY


class Isolation(Frozen):
    """How well the sandbox of a submission held, by a test at the start of the run.

    `sentence` says what a worker could do that it should not, or that it could do nothing of the kind.
    """

    level: Level
    sentence: Message


class Origin(Frozen):
    """How evidence was measured: when, the seconds it took, in which sandbox, and within which limits.

    It is cached with the evidence, so what is judged again keeps the time at which the files were read.
    """

    at: datetime | None = None
    seconds: float = 0.0
    isolation: Isolation | None = None
    limits: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Whose:
    """Whose submission it is, and when it was handed in.

    The name is the roster's or the platform's, and empty where neither has one.
    """

    id: str
    name: str = ""
    id_from: IdFrom = "folder"
    handed_in: HandedIn = NOT_KNOWN


class Report(Frozen):
    """One submission's results; pages made from it are in its `language`.

    With `name_is_declared`, only the student gives the name, in `submission.yaml`. `rubric` is the name of
    the rubric's file without its ending, `rubric_version` the beginning of its SHA-256, `title` that of the
    assignment, `data` the name of its images, and `contact` the e-mail address of whom to ask for a review,
    or "". The times of handing in and of the due date are those of the platform, as far as it says; the
    files were read at `measured_at`, in UTC. `numbers` is for programs: `accuracy` is that on the test
    images, `largest_norm` that in the log, after clipping if there is one. The `teacher_notes` are on other
    submissions; only a teacher reads them. `pairs_decide` says that the rubric leaves to a teacher who
    resembles another submission.
    """

    version: Literal[2] = 2
    program: str
    id: str
    name: str
    id_from: IdFrom = "folder"
    name_is_declared: bool = False
    rubric: str
    rubric_version: str = ""
    title: Message = EMPTY
    data: str = ""
    contact: str = ""
    verdict: Verdict
    score: float
    max_score: float
    points_to_pass: float = 0.0
    summary: Message
    items: tuple[ItemResult, ...]
    facts: tuple[Fact, ...] = ()
    numbers: dict[str, float] = Field(default_factory=dict)
    files: tuple[File, ...] = ()
    declaration: Declaration = Field(default_factory=Declaration)
    notes: tuple[Message, ...] = ()
    pairs: tuple[Pair, ...] = ()
    pairs_decide: bool = False
    decision: Decision | None = None
    teacher_notes: tuple[Message, ...] = ()
    handed_in_at: datetime | None = None
    due_at: datetime | None = None
    is_after_due: bool = False
    measured_at: datetime | None = None
    seconds: float = 0.0
    isolation: Isolation | None = None
    limits: tuple[Fact, ...] = ()
    language: Language = ENGLISH


def as_of(report: Report, now: datetime) -> Report:
    """The report as its student may see it by now: what is shown after the due date, too."""
    return report.model_copy(update={"is_after_due": report.due_at is not None and now > report.due_at})


def for_student(report: Report) -> Report:
    """The report as its student may read it; verdict and points stay.

    It has nothing of other submissions, no advice for whoever acts next instead of the student, nothing of
    the sandbox, and no word on what an item without points doubts. Of items that the student does not see it
    has a line with their points, and then nothing that was measured, because that could be what they ask for.
    """
    seen = {"always", *(["after_due"] if report.is_after_due else [])}
    unseen = tuple(item for item in report.items if item.show not in seen)
    items = tuple(_for_student(item, unseen) for item in report.items if item.show in seen)
    items += tuple(_unseen(show, unseen) for show in _UNSEEN if any(item.show == show for item in unseen))
    hidden = {pair.message for pair in report.pairs} | {item.message for item in report.items}
    hidden -= {item.message for item in items}
    waits = report.verdict in {"review", "error"}
    summary = report.summary if report.summary not in hidden else _UNDECIDED if waits else EMPTY
    decision = report.decision.model_copy(update={"reason": ""}) if report.decision else None
    nothing: dict[str, object] = {"pairs": (), "teacher_notes": (), "isolation": None, "limits": ()}
    if unseen:
        nothing |= {"facts": (), "numbers": {}}
    return report.model_copy(update={"items": items, "summary": summary, "decision": decision, **nothing})


def _for_student(item: ItemResult, unseen: Iterable[ItemResult]) -> ItemResult:
    hint = EMPTY if item.status in {"review", "error", "not_checked"} else item.hint
    message, found = item.message, item.before or item
    is_settled = item.max_points or item.is_by_hand or item.kind == NOT_SHOWN
    if not is_settled and (found.status == "review" or (found.status == "passed" and found.doubts)):
        message = _UNDECIDED if item.status == "review" else _NOTED
    if item.status == "skipped" and any(one.title.text in message.text for one in unseen):
        message = _REQUIRES_UNSEEN
    decision = item.decision.model_copy(update={"reason": ""}) if item.decision else None
    change = {"hint": hint, "message": message, "numbers": (), "before": None, "decision": decision}
    return item.model_copy(update=change)


def _unseen(show: Show, unseen: Iterable[ItemResult]) -> ItemResult:
    """The line that stands for the items that are shown at this time."""
    items = [item for item in unseen if item.show == show]
    counting = [item for item in items if not item.is_extra]
    statuses: tuple[Status, ...] = ("error", "review", "failed", "skipped")
    return ItemResult(
        id=f"{NOT_SHOWN}-{show}",
        title=_UNSEEN[show],
        kind=NOT_SHOWN,
        status=next((one for one in statuses if any(item.status == one for item in items)), "passed"),
        points=sum(item.points for item in items),
        max_points=sum(item.max_points for item in counting or items),
        is_extra=not counting,
        message=say_counted(
            len(items),
            "{count} item is not shown here. Its points count.",
            "{count} items are not shown here. Their points count.",
        ),
        is_open=any(item.is_open for item in items),
    )


def earns(item: ItemResult) -> bool:
    """Whether an item earns its points: it passed, or there was nothing to check."""
    return item.status in EARNING


def made(report: Report) -> tuple[Decision, ...]:
    """The decisions about a report and its items."""
    every = (report.decision, *(item.decision for item in report.items))
    return tuple(one for one in every if one is not None)


def cut(points: float) -> float:
    """Points as they count: cut to two decimals, so that a part of an item is never shown as all of it."""
    return math.floor(round(points * 100, 6)) / 100


def attainable(report: Report) -> float:
    """The points that a submission can have at most, with what is extra."""
    return sum(item.max_points for item in report.items)


def number(value: float) -> float | int | None:
    """The value as files have it: whole numbers without `.0`, six decimals at most, None if not finite."""
    if not math.isfinite(value):
        return None
    rounded = round(value, 6)
    return int(rounded) if rounded.is_integer() else rounded


def decided(item: ItemResult) -> float | int | None:
    """The points of an item; None where a person may still grant them: a zero would be a claim."""
    waits = item.is_open or item.status in {"review", "error"}
    return None if waits else number(item.points)


def so_far(report: Report) -> float | int | None:
    """The points earned so far; None while the report waits for a person and no item with points is decided.

    What takes points off for late work decides none.
    """
    waits = report.verdict in ("review", "error")
    if waits and all(decided(item) is None for item in report.items if item.max_points):
        return None
    return number(report.score)


def share(report: Report) -> float | None:
    """What has been earned so far as a share of all points, in [0, 1]; None where `so_far` is.

    A rubric without points only asks whether the submission passed.
    """
    earned, most = so_far(report), number(report.max_score)
    if earned is None or most is None:
        return None
    if most <= 0:
        return 1.0 if report.verdict == "passed" else 0.0
    return round(min(max(earned / most, 0.0), 1.0), 6)

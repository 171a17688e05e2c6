"""A class in rows: the little that is kept of each submission while its report lies on the disk."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sys import intern

from grader.messages.languages import ENGLISH, Language, translated
from grader.messages.message import EMPTY, Message, joined, say, say_counted, together
from grader.messages.wording import counted
from grader.report import FILES, Report, Verdict, so_far
from grader.reports import sentences

# The pages of a class and what their search reads; no submission's folder has one of these names.
INDEX, SEARCH = "index.html", "index-search.js"
PAGES = (INDEX, SEARCH, *(f"index-{number}.html" for number in range(2, 1_000)))
_DOUBT, _SIMILAR = say("In doubt"), say("Similar to another submission")
_BY_HAND, _BROKEN = say("To grade by hand"), say("Files that cannot be used")
_OTHERWISE: dict[Verdict, Message] = {
    "error": say("Not graded"),
    "failed": say("Failed"),
    "passed": say("Passed"),
}
# Who needs a person first, and why.
GROUPS = (
    *(_DOUBT, _SIMILAR, _BY_HAND, _OTHERWISE["error"]),
    *(_BROKEN, _OTHERWISE["failed"], _OTHERWISE["passed"]),
)


@dataclass(frozen=True, slots=True)
class Row:
    """What tables of a class say of one submission, in the language of its report.

    `earned` is the points so far, `points` the same in words; `pairs` has the id of each submission that
    resembles this one, with the part of it that does.
    """

    id: str
    who: str
    verdict: Verdict
    group: Message
    reason: str
    earned: float | None
    points: str
    numbers: Mapping[str, float]
    pairs: tuple[tuple[str, str], ...]
    language: Language

    @property
    def others(self) -> tuple[str, ...]:
        """The ids of the similar submissions, each once."""
        return tuple(dict.fromkeys(other for other, _ in self.pairs))


def row_of(report: Report) -> Row:
    """The row of a report."""
    earned = so_far(report)
    return Row(
        id=intern(report.id),
        who=sentences.who(report),
        verdict=report.verdict,
        group=group_of(report),
        reason=sentences.reason(report),
        earned=earned,
        points=sentences.points_of(earned, report.max_score, report.language),
        numbers=report.numbers,
        # The same few names stand in many rows.
        pairs=tuple((intern(pair.id), intern(pair.part)) for pair in report.pairs),
        language=report.language,
    )


def group_of(report: Report) -> Message:
    """The group that a submission stands in."""
    if report.verdict == "review":
        waiting = [item for item in report.items if item.status == "review"]
        if any(not item.is_by_hand and item.is_open for item in waiting):
            return _DOUBT
        return _BY_HAND if waiting and not (report.pairs and report.pairs_decide) else _SIMILAR
    is_broken = report.verdict == "failed" and any(item.kind == FILES for item in report.items)
    return _BROKEN if is_broken else _OTHERWISE[report.verdict]


def language_of(rows: Sequence[Row]) -> Language:
    """The language of a page about a whole class, whose reports all have the same."""
    return rows[0].language if rows else ENGLISH


def tally(rows: Sequence[Row]) -> str:
    """How a class did, in one sentence, and how many submissions resemble another."""
    verdicts, alike = Counter(row.verdict for row in rows), sum(bool(row.pairs) for row in rows)
    passed, failed, waiting, ungraded = (verdicts[one] for one in ("passed", "failed", "review", "error"))
    needed = say_counted(
        waiting,
        "{number} needs a teacher's review",
        "{number} need a teacher's review",
        number=f"{waiting:,}",
    )
    missing = say_counted(
        ungraded, "{number} was not fully graded", "{number} were not fully graded", number=f"{ungraded:,}"
    )
    parts = [
        say_counted(passed, "{number} passed", "{number} passed", number=f"{passed:,}"),
        say_counted(failed, "{number} failed", "{number} failed", number=f"{failed:,}"),
        needed if waiting else EMPTY,
        missing if ungraded else EMPTY,
    ]
    submissions, results = counted(len(rows), "submission"), joined(", ", parts)
    counts = say("{submissions}: {verdicts}.", submissions=submissions, verdicts=results)
    like = say_counted(
        alike,
        "{number} resembles another submission.",
        "{number} resemble another submission.",
        number=f"{alike:,}",
    )
    return translated(together(counts, like if alike else None), language_of(rows))

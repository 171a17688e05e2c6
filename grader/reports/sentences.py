"""The sentences that the formats add to a report, each written once; all text returned here is plain."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rich.filesize import decimal

from grader.evidence.part import wanted
from grader.messages.languages import ENGLISH, Language, translated
from grader.messages.message import EMPTY, Message, joined, say, say_counted, together, verbatim
from grader.messages.safe_text import plain
from grader.messages.wording import moment, of_run
from grader.report import (
    FILES,
    LATE,
    NOT_SHOWN,
    Decision,
    ItemResult,
    Report,
    Status,
    Verdict,
    decided,
    earns,
    made,
    so_far,
)
from grader.submissions.roster import Student

_WHO_LOOKS: Mapping[Status, Message] = {
    "review": say("A teacher will review this. It does not count as a zero."),
    "error": say(
        "The grader could not do its work here. Whoever runs it will look into this; "
        "it does not count as a zero."
    ),
}
_SETTLED = say("The verdict does not depend on this.")
_ADVICE: Mapping[Status, Message] = {
    "passed": say("Advice"),
    "failed": say("To do"),
    "review": say("For the teacher"),
    "error": say("For whoever runs the grader"),
    "skipped": say("To do"),
    "not_checked": say("For the teacher"),
}
_NEXT_STEP: Mapping[Verdict, Message] = {
    "passed": say("There is nothing left to do."),
    "failed": say('See "To do" under each failed item.'),
    "review": say("A teacher will review this. Items under review do not count as zero."),
    "error": say(
        "Whoever runs the grader will look into this. Items that were not graded do not count as zero."
    ),
}
_ENOUGH = say('This is enough to pass. For the remaining points, see "To do" under each failed item.')
# The verdicts in the order in which they need a person.
NEED: tuple[Verdict, ...] = ("review", "error", "failed", "passed")
_STATUSES = (say("passed"), say("failed"), say("review"), say("error"), say("skipped"), say("not checked"))
_LEVELS = (say("full"), say("limited"), say("basic"))
# Words that stand in the data, by themselves.
_WORDS = {one.text: one for one in (*_STATUSES, *_LEVELS, say("declaration"), say("log and model"))}


@dataclass(frozen=True)
class Section:
    """A part of a report below its items: `measured`, `files`, `notes` or `graded`.

    Each row has the name of what it is about, or "" where that has none, and a text.
    """

    name: str
    title: str
    rows: tuple[tuple[str, str], ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The rows as lines."""
        return tuple(f"{name}: {text}" if name else text for name, text in self.rows)


def sentence(text: Message | str, language: Language = ENGLISH) -> str:
    """Text on one line: a line break, which a hint in a YAML block has, becomes a space."""
    return plain(" ".join(translated(text, language).split()))


def in_words(value: float) -> Message | str:
    """A number of points as a person reads it: two decimals at most, `unknown` if not finite."""
    if not math.isfinite(value):
        return say("unknown")
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def _points(value: float) -> Message:
    """`1 point`, `2.5 points`, `-1 point`; what is not 1 is many, half a point as well."""
    return say_counted(
        1 if abs(value) == 1 else 2, "{points} point", "{points} points", points=in_words(value)
    )


def points_of(earned: float | None, at_most: float, language: Language = ENGLISH) -> str:
    """Points in a column: `2 of 3`, or `- of 3` where nobody has decided."""
    shown = "-" if earned is None else in_words(earned)
    return translated(say("{earned} of {points}", earned=shown, points=in_words(at_most)), language)


def earned_of(item: ItemResult, language: Language = ENGLISH) -> str:
    """The points of an item: `2 of 3 points`, `3 points still open`, or `- of 3 points` if nobody decides."""
    earned, at_most = decided(item), _points(item.max_points)
    if item.kind == LATE:
        return translated(_points(item.points), language)
    if earned is None and item.is_open:
        shown = say("{points} still open", points=at_most)
    else:
        shown = say(
            "{earned} of {points}", earned="-" if earned is None else in_words(earned), points=at_most
        )
    return translated(say("{points}, bonus", points=shown) if item.is_extra else shown, language)


def points_of_item(item: ItemResult, language: Language = ENGLISH) -> str:
    """The points of an item in a column, with a word where they are a bonus."""
    if item.kind == LATE:
        return translated(in_words(item.points), language)
    shown = points_of(decided(item), item.max_points, language)
    return translated(say("{points}, bonus", points=shown), language) if item.is_extra else shown


def rubric(report: Report) -> str:
    """The title of the rubric."""
    return sentence(say("Rubric: {rubric}", rubric=rubric_title(report)), report.language)


def rubric_title(report: Report) -> Message:
    """The name of the assignment; that of the rubric's file in a report that an earlier version wrote."""
    return report.title or verbatim(report.rubric)


def status(name: Status, language: Language = ENGLISH) -> str:
    """A status in a word."""
    return translated(_WORDS[name.replace("_", " ")], language)


def heading(item: ItemResult, language: Language = ENGLISH) -> str:
    """The title of an item with its points."""
    return f"{sentence(item.title, language)} ({earned_of(item, language)})"


def part(name: str) -> Message:
    """The word for a part of a submission, such as "log"."""
    asked = wanted().get(name)
    return asked.word if asked else _WORDS.get(name) or verbatim(name)


def verdict(report: Report) -> str:
    """The verdict with the points earned and possible, and how many items decided it."""
    count, alike = sum(_decides(item, report) for item in report.items), len(others(report))
    not_passed = say_counted(count, "{count} item did not pass", "{count} items did not pass")
    waiting = say_counted(count, "{count} item waits for a teacher", "{count} items wait for a teacher")
    ungraded = say_counted(count, "{count} item was not graded", "{count} items were not graded")
    like = say_counted(alike, "resembles {count} other submission", "resembles {count} other submissions")
    decided_by = {"review": waiting, "error": ungraded}.get(report.verdict, not_passed) if count else EMPTY
    resembles = like if alike and report.verdict == "review" else EMPTY
    points = joined("; ", [_score(report), decided_by, resembles])
    results = {
        "passed": say("Passed: {points}.", points=points),
        "failed": say("Failed: {points}.", points=points),
        "review": say("Needs review: {points}.", points=points),
        "error": say("Not fully graded: {points}.", points=points),
    }
    return translated(results[report.verdict], report.language)


def unfinished(report: Report) -> str:
    """What stands for the verdict in a page that is written before the grader is done."""
    said = say(
        "Not finished: {points}. If this page stays as it is, the grader was stopped early: "
        "submit again, or ask your teacher.",
        points=_score(report),
    )
    return translated(said, report.language)


def _score(report: Report) -> Message:
    at_most = _points(report.max_score)
    earned = so_far(report)
    if earned is None:
        return say("all {points} are still open", points=at_most)
    of_most = say("{earned} of {points}", earned=in_words(earned), points=at_most)
    return say("{points} so far", points=of_most) if report.verdict in ("review", "error") else of_most


def others(report: Report) -> tuple[str, ...]:
    """The ids of the similar submissions, each once."""
    return tuple(dict.fromkeys(pair.id for pair in report.pairs))


def both(known: Collection[tuple[str, str]], one: str, other: str) -> tuple[str, str]:
    """The ids of a pair, in the order in which it is `known` if it is."""
    return (other, one) if (other, one) in known else (one, other)


def _decides(item: ItemResult, report: Report) -> bool:
    """Whether it is an item of the rubric that the verdict, or the points that are missing, are due to."""
    if report.verdict in ("review", "error"):
        return item.status == report.verdict
    # A rubric may ask for less than all points, so a report that passed can have items that failed.
    is_asked = item.kind != FILES and not item.is_extra
    return is_asked and item.status in {"failed", "skipped"} and not item.is_open


def next_step(report: Report) -> str:
    """Who decided, and who acts next."""
    failed = [item for item in report.items if item.status == "failed" and item.kind != LATE]
    is_advised = any(item.hint for item in failed)
    next_one = _NEXT_STEP[report.verdict]
    if report.verdict == "passed" and is_advised and not report.decision:
        next_one = _ENOUGH
    elif report.verdict == "failed" and failed and all(item.kind == NOT_SHOWN for item in failed):
        next_one = say("Ask your teacher about what is not shown here.")
    elif report.verdict == "failed" and made(report) and not is_advised:
        next_one = say("Your teacher can explain what did not pass.")
    return sentence(together(_decided_by(report.decision), next_one), report.language)


def _decided_by(decision: Decision | None) -> Message:
    """Who decided, and when, with the comment; empty where nobody did."""
    if decision is None:
        return EMPTY
    when = f"{decision.time:%Y-%m-%d}"
    if decision.is_earlier:
        return say("{by} decided about earlier files on {date}.", by=decision.by, date=when)
    if decision.comment:
        return say(
            "{by} decided this on {date}: “{comment}”.", by=decision.by, date=when, comment=decision.comment
        )
    return say("{by} decided this on {date}.", by=decision.by, date=when)


def who_looks(item: ItemResult, language: Language = ENGLISH) -> str:
    """Who decided an item, who looks at it where nobody has, or that nobody has to; else empty."""
    if item.decision:
        return sentence(_decided_by(item.decision), language)
    settled = item.status in {"review", "error"} and not item.is_open
    return translated(_SETTLED if settled else _WHO_LOOKS.get(item.status, ""), language)


def advice_by(item: ItemResult, language: Language = ENGLISH) -> tuple[tuple[str, str], ...]:
    """What to do about an item and what the teacher adds, each after the word for who acts."""
    parts: list[tuple[Message, Message | str]] = []
    if item.hint:
        parts.append((_ADVICE[item.status], item.hint))
    if item.teacher_hint and item.status in ("failed", "review"):
        parts.append((say("From your teacher"), item.teacher_hint))
    if item.decision and item.before and item.before.status != item.status:
        parts.append((say("The grader found"), status(item.before.status, language)))
    if item.decision and item.decision.reason:
        parts.append((say("For the record"), item.decision.reason))
    return tuple((sentence(who, language), sentence(text, language)) for who, text in parts)


def advice(item: ItemResult, language: Language = ENGLISH) -> tuple[str, ...]:
    """The same as lines."""
    return tuple(f"{who}: {text}" for who, text in advice_by(item, language))


def found(item: ItemResult, language: Language = ENGLISH) -> tuple[str, ...]:
    """What was found and asked, and who looks at it if it is not decided."""
    return tuple(filter(None, (sentence(item.message, language), who_looks(item, language))))


def who(one: Report | Student) -> str:
    """The student's name with the id, or the id alone where that is all there is."""
    name, identity = plain(one.name, 100), plain(one.id, 100)
    return f"{name} ({identity})" if name and name != identity else identity


def absence(students: Collection[Student], language: Language = ENGLISH) -> str:
    """How many students of the roster have not submitted; empty where all have."""
    count = len(students)
    said = say_counted(count, "{count} student has not submitted.", "{count} students have not submitted.")
    return translated(said, language) if count else ""


def reason(report: Report) -> str:
    """The one sentence that explains the verdict; empty where every item earned its points."""
    if report.decision:
        return sentence(_decided_by(report.decision), report.language)
    if report.verdict == "passed" and all(map(earns, report.items)):
        return ""
    decisive = report.verdict if report.verdict in {"review", "error"} else "failed"
    asked = (item for item in report.items if decisive != "failed" or not item.is_extra)
    due = [item for item in asked if item.kind == FILES or item.status == decisive]
    # As on the page of the class: what is graded by hand comes after doubts and pairs.
    first = [item for item in due if item.kind == FILES or (item.is_open and not item.is_by_hand)]
    pairs = [pair.message for pair in report.pairs if decisive == "review" and report.pairs_decide]
    messages = [*map(_why, first), *pairs, *map(_why, due), report.summary]
    return sentence(messages[0], report.language)


def _why(item: ItemResult) -> Message:
    """Why an item is as it is: by what was found, or by who decided it."""
    return _decided_by(item.decision) if item.decision else item.message


def sections(report: Report) -> tuple[Section, ...]:
    """What a report says below its items: what was measured, the files graded, notes, and who graded."""
    every: tuple[tuple[str, Message, Iterable[tuple[Message, Message | str]]], ...] = (
        ("measured", say("Measured"), ((one.name, one.value) for one in report.facts)),
        (
            "files",
            say("Files"),
            (
                (of_run(part(one.role), one.run), f"{plain(one.name)}, {decimal(one.bytes)}")
                for one in report.files
            ),
        ),
        ("notes", say("Notes"), ((EMPTY, note) for note in report.notes)),
        ("graded", say("Who graded"), _graded(report)),
    )
    found = []
    for name, title, rows in every:
        said = ((sentence(about, report.language), sentence(text, report.language)) for about, text in rows)
        # A note may come from several files.
        if lines := dict.fromkeys(row for row in said if row[1]):
            found.append(Section(name, sentence(title, report.language), tuple(lines)))
    return tuple(found)


def _graded(report: Report) -> Iterator[tuple[Message, Message | str]]:
    """By what a report was made and when its files were read, and that a person can change it."""
    yield say("Program"), report.program
    title, version = rubric_title(report), report.rubric_version
    yield (
        say("Rubric"),
        say("{rubric}, version {version}", rubric=title, version=version) if version else title,
    )
    yield say("Data"), report.data
    times = {
        say("Handed in"): report.handed_in_at,
        say("Due"): report.due_at,
        say("Files read"): report.measured_at,
    }
    yield from ((name, moment(at)) for name, at in times.items() if at is not None)
    yield say("Changes"), say("A teacher can change this result.")


def footer(report: Report) -> tuple[str, ...]:
    """How the submission was measured: in which sandbox, and within which limits."""
    found, language = [], report.language
    if (held := report.isolation) is not None:
        found.append(say("Isolation: {level}. {sentence}", level=_WORDS[held.level], sentence=held.sentence))
    if report.limits:
        named = ((sentence(one.name, language), sentence(one.value, language)) for one in report.limits)
        limits = "; ".join(f"{name.lower()} {value}" for name, value in named)
        found.append(say("Limits: {limits}.", limits=limits))
    return tuple(sentence(said, language) for said in found)

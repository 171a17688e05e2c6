"""The sentences that the formats add to a report, each said once; all text returned here is plain."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

from grader.evidence.part import wanted
from grader.messages.languages import ENGLISH, Language, translated
from grader.messages.message import Message, joined, say, say_counted, together, verbatim
from grader.messages.safe_text import plain
from grader.messages.wording import counted
from grader.report import Fact, ItemResult, Level, Pair, Report, Status, Verdict, decided, so_far
from grader.submissions.roster import Student

_WHO_LOOKS: Mapping[Status, Message] = {
    "review": say("A teacher will look at this; it is not counted as a zero."),
    "error": say(
        "The grader could not do its work here; whoever runs it will look at this, "
        "and it is not counted as a zero."
    ),
}
_ADVICE: Mapping[Status, Message] = {
    "passed": say("Advice"),
    "failed": say("To do"),
    "review": say("To do, for a teacher"),
    "error": say("To do, for whoever runs the grader"),
    "skipped": say("To do"),
}
_FROM_THE_TEACHER = say("From your teacher")
_NEXT_STEP: Mapping[Verdict, Message] = {
    "passed": say("Nothing is left to do."),
    "failed": say("What to do stands under each item that failed."),
    "review": say("A teacher looks at this next; what waits for the teacher is not counted as a zero."),
    "error": say("Whoever runs the grader looks at this next; what was not graded is not counted as a zero."),
}
STATUSES: Mapping[Status, Message] = {
    "passed": say("passed"),
    "failed": say("failed"),
    "review": say("review"),
    "error": say("error"),
    "skipped": say("skipped"),
}
_LEVELS: Mapping[Level, Message] = {"full": say("full"), "limited": say("limited"), "basic": say("basic")}
_OTHER_WORDS = {"declaration": say("declaration"), "log and model": say("log and model")}
ALIKE = say("Like other submissions")
MEASURED = say("Measured")
NOTES = say("Notes")


def sentence(text: Message | str, language: Language = ENGLISH) -> str:
    """Text on one line: a line break, which a hint in a YAML block has, becomes a space."""
    return plain(" ".join(translated(text, language).split()))


def in_words(value: float) -> Message | str:
    """The value as a person reads it: two decimals at most, `unknown` if not finite."""
    if not math.isfinite(value):
        return say("unknown")
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def points_of(value: float) -> Message:
    """How many points these are: `1 point`, `2.5 points`."""
    shown = in_words(value)
    # What is not 1 is many, half a point as well.
    return say_counted(1 if value == 1 else 2, "{points} point", "{points} points", points=shown)


def earned_of(item: ItemResult, language: Language = ENGLISH) -> str:
    """The points of an item in words: `2 of 3 points`, or `3 points still open` where nobody has decided."""
    earned, at_most = decided(item), points_of(item.max_points)
    if earned is None:
        return translated(say("{points} still open", points=at_most), language)
    return translated(say("{earned} of {points}", earned=in_words(earned), points=at_most), language)


def rubric(report: Report) -> str:
    """By which rubric it was judged."""
    return sentence(say("Rubric: {rubric}", rubric=report.rubric), report.language)


def whose(report: Report) -> str:
    """Whose submission it is, and by which rubric it was judged."""
    about = say("Submission: {who}. Rubric: {rubric}.", who=who(report), rubric=report.rubric)
    return sentence(about, report.language)


def status(item: ItemResult, language: Language = ENGLISH) -> str:
    """The status of an item in a word."""
    return translated(STATUSES[item.status], language)


def role(name: str, language: Language = ENGLISH) -> str:
    """What a file of the submission is, in words."""
    return sentence(_word(name), language)


def _word(name: str) -> Message:
    """What a file or a likeness is of, in words."""
    words = {part: one.word for part, one in wanted().items()} | _OTHER_WORDS
    return words.get(name) or verbatim(name)


def verdict(report: Report) -> str:
    """The verdict with both numbers, and how many items it is due to."""
    count = sum(item.status == _decisive(report) for item in report.items)
    points = _points(report)
    parts = [points]
    match report.verdict:
        case "passed" | "failed":
            if count:
                parts.append(say_counted(count, "{count} item did not pass", "{count} items did not pass"))
            points = joined("; ", parts)
            result = (
                say("Passed: {points}.", points=points)
                if report.verdict == "passed"
                else say("Failed: {points}.", points=points)
            )
        case "review":
            if count:
                parts.append(
                    say_counted(count, "{count} item waits for a teacher", "{count} items wait for a teacher")
                )
            if report.pairs:
                parts.append(
                    say_counted(
                        len(others(report)),
                        "it is like {count} other submission",
                        "it is like {count} other submissions",
                    )
                )
            result = say("Needs review: {points}.", points=joined("; ", parts))
        case "error":
            if count:
                parts.append(
                    say_counted(count, "{count} item was not graded", "{count} items were not graded")
                )
            result = say("Not fully graded: {points}.", points=joined("; ", parts))
    return translated(result, report.language)


def unfinished(report: Report) -> str:
    """The place of the verdict in a page that is written before the grader is done."""
    return translated(
        say(
            "Not finished: {points}. If this does not change, the grader was stopped early: "
            "submit again, or ask your teacher.",
            points=_points(report),
        ),
        report.language,
    )


def _points(report: Report) -> Message:
    at_most = points_of(report.max_score)
    earned = so_far(report)
    if earned is None:
        return say("all {points} are still open", points=at_most)
    of_most = say("{earned} of {points}", earned=in_words(earned), points=at_most)
    return say("{points} so far", points=of_most) if report.verdict in ("review", "error") else of_most


def others(report: Report) -> tuple[str, ...]:
    """The ids of the submissions that this one is like, each once."""
    return tuple(dict.fromkeys(pair.id for pair in report.pairs))


def pairs(report: Report) -> tuple[str, ...]:
    """What this submission has in common with others, and at the end what that can mean."""
    found = (sentence(pair.message, report.language) for pair in report.pairs)
    hints = dict.fromkeys(sentence(pair.hint, report.language) for pair in report.pairs if pair.hint)
    return (*found, *hints)


def part(pair: Pair) -> Message:
    """What of two submissions is alike."""
    return _word(pair.part)


def _decisive(report: Report) -> Status:
    # A rubric may ask for less than all points, so a report that passed can have items that failed.
    return "failed" if report.verdict == "passed" else report.verdict


def next_step(report: Report) -> str:
    """Who acts next, in plain words: what the exit code of the program says in a digit."""
    if report.verdict == "passed" and any(item.status == "failed" for item in report.items):
        enough = say(
            "That is enough to pass; what would earn the other points stands under each item that failed."
        )
        return translated(enough, report.language)
    return translated(_NEXT_STEP[report.verdict], report.language)


def who_looks(item: ItemResult, language: Language = ENGLISH) -> str:
    """Who looks at an item that is not decided; empty where nobody has to."""
    return translated(_WHO_LOOKS.get(item.status, ""), language)


def advice(item: ItemResult, language: Language = ENGLISH) -> tuple[str, ...]:
    """What to do about an item, with the one who is to do it, and what the teacher adds."""
    return tuple(f"{who}: {text}" for who, text in advice_by(item, language))


def advice_by(item: ItemResult, language: Language = ENGLISH) -> tuple[tuple[str, str], ...]:
    """The same, with the one who is to do it apart from what is to be done."""
    parts: list[tuple[Message, Message | str]] = []
    if item.hint:
        parts.append((_ADVICE[item.status], item.hint))
    if item.teacher_hint and item.status in ("failed", "review"):
        parts.append((_FROM_THE_TEACHER, item.teacher_hint))
    return tuple((sentence(who, language), sentence(text, language)) for who, text in parts)


def fact(measured: Fact, language: Language = ENGLISH) -> str:
    """A fact as a line."""
    return f"{sentence(measured.name, language)}: {sentence(measured.value, language)}"


def who(report: Report) -> str:
    """The student's name with the id, or the id alone where that is all there is."""
    return _name_with_id(report.name, report.id)


def who_is_absent(student: Student) -> str:
    """The same of a student who has not submitted."""
    return _name_with_id(student.name, student.id)


def absence(students: Collection[Student], language: Language = ENGLISH) -> str:
    """How many students of the roster have not submitted; empty where all have."""
    if not students:
        return ""
    found = say_counted(
        len(students), "{count} student has not submitted.", "{count} students have not submitted."
    )
    return translated(found, language)


def _name_with_id(own_name: str, own_id: str) -> str:
    name, identity = plain(own_name, 100), plain(own_id, 100)
    return f"{name} ({identity})" if name and name != identity else identity


def reason(report: Report) -> str:
    """The one thing to say about a submission; empty where every item passed."""
    if all(item.status == "passed" for item in report.items) and report.verdict == "passed":
        return ""
    due = (item.message for item in report.items if item.status == _decisive(report))
    return sentence(next(due, report.summary), report.language)


def notes(report: Report) -> tuple[str, ...]:
    """What else there is to know, about the files that were taken as well, nothing twice."""
    every = (*report.notes, *(file.note for file in report.files))
    return tuple(dict.fromkeys(sentence(note, report.language) for note in every if note))


def footer(report: Report) -> tuple[str, ...]:
    """How the submission was measured: in which sandbox, and within which limits."""
    lines = []
    language = report.language
    if report.isolation is not None:
        isolation = say(
            "Isolation: {level}. {sentence}",
            level=_LEVELS[report.isolation.level],
            sentence=report.isolation.sentence,
        )
        lines.append(sentence(isolation, language))
    if report.limits:
        limits = [
            f"{sentence(limit.name, language).lower()} {sentence(limit.value, language)}"
            for limit in report.limits
        ]
        lines.append(sentence(say("Limits: {limits}.", limits="; ".join(limits)), language))
    return tuple(lines)


def language_of(reports: Sequence[Report]) -> Language:
    """The language of a page on a whole class: that of its reports, which have all the same."""
    return reports[0].language if reports else ENGLISH


def tally(reports: Iterable[Report], language: Language = ENGLISH) -> str:
    """How a class did, in one sentence."""
    class_reports = tuple(reports)
    verdicts = [report.verdict for report in class_reports]
    waiting, ungraded = verdicts.count("review"), verdicts.count("error")
    passed, failed = verdicts.count("passed"), verdicts.count("failed")
    parts = [
        say_counted(passed, "{count} passed", "{count} passed"),
        say_counted(failed, "{count} failed", "{count} failed"),
    ]
    if waiting:
        parts.append(
            say_counted(waiting, "{count} needs a teacher's review", "{count} need a teacher's review")
        )
    if ungraded:
        parts.append(say_counted(ungraded, "{count} was not fully graded", "{count} were not fully graded"))
    counts = say(
        "{submissions}: {verdicts}.",
        submissions=counted(len(verdicts), "submission"),
        verdicts=joined(", ", parts),
    )
    alike = sum(bool(report.pairs) for report in class_reports)
    if not alike:
        return translated(counts, language)
    like = say_counted(alike, "{count} of them is like another one.", "{count} of them are like another one.")
    return translated(together(counts, like), language)

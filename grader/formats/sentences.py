"""The sentences that the formats add to a report, each said once; all text returned here is plain."""

from collections.abc import Collection, Iterable, Mapping

from grader.formats.points import in_words, so_far
from grader.report import Fact, ItemResult, Report, Status, Verdict
from grader.roster import Student
from grader.safe_text import plain
from grader.wording import counted

_WHO_LOOKS: Mapping[Status, str] = {
    "review": "A teacher will look at this; it is not counted as a zero.",
    "error": (
        "The grader could not do its work here; whoever runs it will look at this, "
        "and it is not counted as a zero."
    ),
}
_ADVICE: Mapping[Status, str] = {
    "passed": "Advice",
    "failed": "To do",
    "review": "To do, for a teacher",
    "error": "To do, for whoever runs the grader",
    "skipped": "To do",
}
_NEXT_STEP: Mapping[Verdict, str] = {
    "passed": "Nothing is left to do.",
    "failed": "What to do stands under each item that failed.",
    "review": "A teacher looks at this next; what waits for the teacher is not counted as a zero.",
    "error": "Whoever runs the grader looks at this next; what was not graded is not counted as a zero.",
}


def sentence(text: str) -> str:
    """Text on one line: a line break, which a hint in a YAML block has, becomes a space."""
    return plain(" ".join(text.split()))


def verdict(report: Report) -> str:
    """The verdict with both numbers, and how many items it is due to."""
    points = _points(report)
    match report.verdict:
        case "passed" | "failed":
            word = report.verdict.capitalize()
            return f"{word}: {points}{_because(report, 'did not pass', 'did not pass')}."
        case "review":
            waiting = _because(report, "waits for a teacher", "wait for a teacher")
            return f"Needs review: {points}{waiting}{_alike(report)}."
        case "error":
            return f"Not fully graded: {points}{_because(report, 'was not graded', 'were not graded')}."


def unfinished(report: Report) -> str:
    """The place of the verdict in a page that is written before the grader is done."""
    return (
        f"Not finished: {_points(report)}. If this does not change, the grader was stopped early: "
        "submit again, or ask your teacher."
    )


def _points(report: Report) -> str:
    at_most = f"{in_words(report.max_score)} point{'' if report.max_score == 1 else 's'}"
    earned = so_far(report)
    if earned is None:
        return f"all {at_most} are still open"
    return f"{in_words(earned)} of {at_most}" + (" so far" if report.verdict in ("review", "error") else "")


def _because(report: Report, one: str, more: str) -> str:
    count = sum(item.status == _decisive(report) for item in report.items)
    return f"; {counted(count, 'item')} {one if count == 1 else more}" if count else ""


def _alike(report: Report) -> str:
    return f"; it is like {counted(len(others(report)), 'other submission')}" if report.pairs else ""


def others(report: Report) -> tuple[str, ...]:
    """The ids of the submissions that this one is like, each once."""
    return tuple(dict.fromkeys(pair.id for pair in report.pairs))


def pairs(report: Report) -> tuple[str, ...]:
    """What this submission has in common with others, and at the end what that can mean."""
    found = (sentence(pair.message) for pair in report.pairs)
    return (*found, *dict.fromkeys(sentence(pair.hint) for pair in report.pairs if pair.hint))


def _decisive(report: Report) -> Status:
    # A rubric may ask for less than all points, so a report that passed can have items that failed.
    return "failed" if report.verdict == "passed" else report.verdict


def next_step(report: Report) -> str:
    """Who acts next, in plain words: what the exit code of the program says in a digit."""
    if report.verdict == "passed" and any(item.status == "failed" for item in report.items):
        return "That is enough to pass; what would earn the other points stands under each item that failed."
    return _NEXT_STEP[report.verdict]


def who_looks(item: ItemResult) -> str:
    """Who looks at an item that is not decided; empty where nobody has to."""
    return _WHO_LOOKS.get(item.status, "")


def advice(item: ItemResult) -> tuple[str, ...]:
    """What to do about an item, with the one who is to do it, and what the teacher adds."""
    return tuple(f"{who}: {text}" for who, text in advice_by(item))


def advice_by(item: ItemResult) -> tuple[tuple[str, str], ...]:
    """The same, with the one who is to do it apart from what is to be done."""
    parts = []
    if item.hint:
        parts.append((_ADVICE[item.status], sentence(item.hint)))
    if item.teacher_hint and item.status in ("failed", "review"):
        parts.append(("From your teacher", sentence(item.teacher_hint)))
    return tuple(parts)


def fact(measured: Fact) -> str:
    """A fact as a line."""
    return f"{sentence(measured.name)}: {sentence(measured.value)}"


def who(report: Report) -> str:
    """The student's name with the id, or the id alone where that is all there is."""
    return _name_with_id(report.name, report.id)


def who_is_absent(student: Student) -> str:
    """The same of a student who has not submitted."""
    return _name_with_id(student.name, student.id)


def absence(students: Collection[Student]) -> str:
    """How many students of the roster have not submitted; empty where all have."""
    verb = "has" if len(students) == 1 else "have"
    return f"{counted(len(students), 'student')} {verb} not submitted." if students else ""


def _name_with_id(own_name: str, own_id: str) -> str:
    name, identity = plain(own_name, 100), plain(own_id, 100)
    return f"{name} ({identity})" if name and name != identity else identity


def reason(report: Report) -> str:
    """The one thing to say about a submission; empty where every item passed."""
    if all(item.status == "passed" for item in report.items) and report.verdict == "passed":
        return ""
    due = (item.message for item in report.items if item.status == _decisive(report))
    return sentence(next(due, report.summary))


def notes(report: Report) -> tuple[str, ...]:
    """What else there is to know, about the files that were taken as well, nothing twice."""
    every = (*report.notes, *(file.note for file in report.files))
    return tuple(dict.fromkeys(sentence(note) for note in every if note))


def footer(report: Report) -> tuple[str, ...]:
    """How the submission was measured: behind which walls, and within which limits."""
    lines = []
    if report.isolation is not None:
        lines.append(f"Isolation: {report.isolation.level}. {sentence(report.isolation.sentence)}")
    if report.limits:
        limits = (f"{sentence(limit.name).lower()} {sentence(limit.value)}" for limit in report.limits)
        lines.append(f"Limits: {'; '.join(limits)}.")
    return tuple(lines)


def tally(reports: Iterable[Report]) -> str:
    """How a class did, in one sentence."""
    class_reports = tuple(reports)
    verdicts = [report.verdict for report in class_reports]
    waiting, ungraded = verdicts.count("review"), verdicts.count("error")
    parts = [f"{verdicts.count('passed')} passed", f"{verdicts.count('failed')} failed"]
    if waiting:
        parts.append(f"{waiting} {'needs' if waiting == 1 else 'need'} a teacher's review")
    if ungraded:
        parts.append(f"{ungraded} {'was' if ungraded == 1 else 'were'} not fully graded")
    counts = f"{counted(len(verdicts), 'submission')}: {', '.join(parts)}."
    alike = sum(bool(report.pairs) for report in class_reports)
    return f"{counts} {alike} of them {'is' if alike == 1 else 'are'} like another one." if alike else counts

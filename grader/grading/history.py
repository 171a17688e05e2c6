"""What happened to each submission of a graded class, in order: found, decided, exported.

What was found and exported is in `history.jsonl`, a line each, and lines are only ever added; what was
decided is in the record of decisions. What was found is noted where verdict, points, rubric or files change.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field, TypeAdapter

from grader.evidence.frozen import Frozen
from grader.files import add_lines, read_lines
from grader.grading.decisions import Decisions, Recorded, files_sha256
from grader.grading.verdict import with_decisions
from grader.messages.safe_text import plain
from grader.messages.wording import moment
from grader.report import Report, made
from grader.reports.sentences import in_words

HISTORY = "history.jsonl"


class Found(Frozen):
    """What the grader found of a submission, without what people decided; `items` has those not passed."""

    kind: Literal["found"] = "found"
    time: AwareDatetime
    submission: str
    verdict: str
    points: str
    rubric: str
    files: str
    items: tuple[str, ...] = ()


class Exported(Frozen):
    """That a grade was written into a file for a platform."""

    kind: Literal["exported"] = "exported"
    time: AwareDatetime
    submission: str
    to: str
    grade: str


_Event = Annotated[Found | Exported, Field(discriminator="kind")]
_EVENT: TypeAdapter[Found | Exported] = TypeAdapter(_Event)


def _what(one: Found | Exported) -> tuple[str, str]:
    """The submission, and what was found of it; empty where something else happened."""
    return one.submission, one.model_dump_json(exclude={"time"}) if isinstance(one, Found) else ""


# Of each event a text is kept, and not the event.
_WHAT: TypeAdapter[Any] = TypeAdapter(Annotated[_Event, AfterValidator(_what)])


def noting_found(out: Path, reports: Iterable[Report]) -> Iterator[Report]:
    """Give each report on, and at the end note what was found of each, where that is news.

    Raises:
        UsageError: It cannot be written.
    """
    known, _ = read_lines(_WHAT, out / HISTORY)
    newest: dict[str, str] = {submission: what for submission, what in known if what}
    now, news = datetime.now(UTC), []
    for report in reports:
        found = _found(report, now)
        if (found.submission, newest.get(found.submission)) != _what(found):
            news.append(found)
        yield report
    _add(out, news)


def note_exported(out: Path, to: str, grades: Iterable[tuple[str, str]]) -> None:
    """Note the grades that were written for a platform; raises `UsageError` if that cannot be written."""
    now = datetime.now(UTC)
    _add(out, [Exported(time=now, submission=own, to=to, grade=grade) for own, grade in grades])


def history(out: Path, submission: str) -> tuple[list[str], tuple[str, ...]]:
    """What happened to a submission, in order, as lines, and which lines of the files are damaged."""
    events, damaged = read_lines(_EVENT, out / HISTORY)
    decisions = Decisions.read(out)
    about = [*(one for one in events if one.submission == submission), *decisions.about(submission)]
    told = [line for one in sorted(about, key=lambda one: one.time) for line in _lines(one)]
    return told, (*damaged, *decisions.mistakes)


def _found(report: Report, now: datetime) -> Found:
    if made(report):
        report = with_decisions(report, {})
    return Found(
        time=now,
        submission=report.id,
        verdict=report.verdict,
        points=f"{in_words(report.score)} of {in_words(report.max_score)}",
        rubric=f"{report.rubric} {report.rubric_version}".strip(),
        files=files_sha256(report),
        items=tuple(f"{item.id}: {item.status}" for item in report.items if item.status != "passed"),
    )


def _lines(one: Found | Exported | Recorded) -> Iterator[str]:
    if isinstance(one, Recorded):
        yield decision_line(one)
    elif isinstance(one, Exported):
        yield plain(f"{_at(one)} exported to {one.to}: {one.grade}")
    else:
        yield plain(f"{_at(one)} found: {one.verdict}, {one.points} points, by {one.rubric}")
        yield from (f"  {plain(item)}" for item in one.items)


def decision_line(one: Recorded) -> str:
    """A decision as the record is shown, on one line."""
    said = "undone" if one.is_undone else one.status or f"{one.points:g} points"
    texts = (f"comment: {one.comment}" if one.comment else "", f"reason: {one.reason}" if one.reason else "")
    about = f"{one.submission}, {one.item}" if one.item else one.submission
    return plain("; ".join(filter(None, (f"{_at(one)} {one.by} decided: {about}: {said}", *texts))))


def _at(one: Found | Exported | Recorded) -> str:
    return moment(one.time.astimezone(UTC))


def _add(out: Path, events: Iterable[Found | Exported]) -> None:
    lines = [one.model_dump_json() for one in events]
    if lines:
        add_lines(out / HISTORY, lines)

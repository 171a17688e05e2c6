"""A class as a page for a browser: who needs a person, how each item went, what looks alike.

It is written beside the pages of `grader.reports.html`, to which it links.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from grader.messages.message import Message, say
from grader.messages.wording import accuracy, number
from grader.report import Report, Status, Verdict, so_far
from grader.reports import html, sentences
from grader.reports.charts import Drawing
from grader.reports.charts.chart import Panel
from grader.reports.charts.distribution import distribution
from grader.reports.charts.svg import placed
from grader.reports.filled import filled
from grader.reports.sentences import in_words
from grader.submissions.roster import Student

INDEX = "index.html"
# The table stands in the page once for each order; a very large class has only the first.
MOST_ORDERED = 2_000

_STATUSES: tuple[Status, ...] = ("passed", "failed", "review", "error", "skipped")
_NEED: dict[Verdict, int] = {"review": 0, "error": 1, "failed": 2, "passed": 3}
_TILES: tuple[Verdict, ...] = ("review", "error", "failed", "passed")


@dataclass(frozen=True)
class Entry:
    """One submission of a class.

    Attributes:
        report: on it.
        place: the name of the folder that its page lies in, beside this page.
        drawing: what was drawn of its evidence.
    """

    report: Report
    place: str
    drawing: Drawing | None = None


@dataclass(frozen=True)
class _Row:
    """A submission in the table."""

    report: Report
    link: str
    who: str
    points: Message
    accuracy: Message | str
    norm: Message | str
    like: str
    why: str


@dataclass(frozen=True)
class _Item:
    """How a class did in one item."""

    title: str
    counts: tuple[tuple[Status, int], ...]


def page(entries: Sequence[Entry], absent: Sequence[Student] = ()) -> str:
    """The whole page.

    Args:
        entries: of the class.
        absent: the students of the roster who have not submitted.
    """
    reports = [entry.report for entry in entries]
    verdicts = [report.verdict for report in reports]
    language = sentences.language_of(reports)
    return filled(
        "class.html",
        language,
        rubric=", ".join(dict.fromkeys(report.rubric for report in reports)),
        tally=sentences.tally(reports, language),
        tiles=[(verdict, verdicts.count(verdict)) for verdict in _TILES],
        orders=list(_orders(entries)),
        items=_items(reports),
        panels=placed(_panels(entries)),
        pairs=list(_pairs(entries)),
        absent=[sentences.who_is_absent(student) for student in absent],
        absence=sentences.absence(absent, language),
        program=reports[0].program if reports else "",
    )


def _orders(entries: Sequence[Entry]) -> Iterator[tuple[Message, list[_Row]]]:
    """The table in each order, with its name."""
    by_name = sorted(entries, key=lambda entry: sentences.who(entry.report).casefold())
    by_need = sorted(by_name, key=lambda entry: _NEED[entry.report.verdict])
    yield say("who needs a person first"), list(map(_row, by_need))
    if len(entries) <= MOST_ORDERED:
        yield say("name"), list(map(_row, by_name))
        yield say("points, the fewest first"), list(map(_row, sorted(by_name, key=_points)))


def _points(entry: Entry) -> float:
    earned = so_far(entry.report)
    return -1.0 if earned is None else float(earned)


def _row(entry: Entry) -> _Row:
    report, drawing = entry.report, entry.drawing
    earned = so_far(report)
    most = in_words(report.max_score)
    return _Row(
        report=report,
        link=_link(entry),
        who=sentences.who(report),
        points=say("open of {points}", points=most)
        if earned is None
        else say("{earned} of {points}", earned=in_words(earned), points=most),
        accuracy=accuracy(drawing.accuracy) if drawing and drawing.accuracy is not None else "",
        norm=number(drawing.largest_norm) if drawing and drawing.largest_norm is not None else "",
        like=", ".join(sentences.others(report)),
        why=sentences.reason(report),
    )


def _items(reports: Sequence[Report]) -> list[_Item]:
    titles: dict[str, str] = {}
    counts: dict[str, dict[Status, int]] = {}
    for report in reports:
        for item in report.items:
            titles.setdefault(item.id, item.title)
            own = counts.setdefault(item.id, dict.fromkeys(_STATUSES, 0))
            own[item.status] += 1
    return [_Item(titles[item], tuple(own.items())) for item, own in counts.items()]


def _panels(entries: Sequence[Entry]) -> Iterator[Panel]:
    drawn = [(entry.report.verdict, entry.drawing) for entry in entries if entry.drawing is not None]
    accuracies = ((verdict, one.accuracy) for verdict, one in drawn if one.accuracy is not None)
    norms = ((verdict, one.largest_norm) for verdict, one in drawn if one.largest_norm is not None)
    for panel in (
        distribution("accuracies", say("Accuracy on the test images"), accuracies, accuracy),
        distribution("norms", say("Largest logged norm"), norms, number, logarithmic=True),
    ):
        if panel is not None:
            yield panel


def _pairs(entries: Sequence[Entry]) -> Iterator[tuple[str, str, str, str, Message, Message]]:
    """Each pair once: whose page and name, twice, then the part and the sentence."""
    by_id = {entry.report.id: entry for entry in entries}
    seen: set[tuple[frozenset[str], str]] = set()
    for entry in entries:
        for pair in entry.report.pairs:
            key = (frozenset((entry.report.id, pair.id)), pair.part)
            if key in seen:
                continue
            seen.add(key)
            other = by_id.get(pair.id)
            yield (
                _link(entry),
                sentences.who(entry.report),
                _link(other) if other else "",
                sentences.who(other.report) if other else pair.id,
                sentences.part(pair),
                pair.message,
            )


def _link(entry: Entry) -> str:
    return f"{quote(entry.place, safe='', errors='backslashreplace')}/{html.FILE}"

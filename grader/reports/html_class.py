"""A class as a page for a browser: who needs attention, how each item went, which submissions are similar."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import get_args
from urllib.parse import quote

from grader.evidence.values import Metric
from grader.messages.message import EMPTY, Message, joined, say
from grader.messages.wording import accuracy, counted, metric, number
from grader.report import FILES, ItemResult, Report, Status, Verdict, so_far
from grader.reports import html, sentences
from grader.reports.charts.chart import Bars, Chart, Key, Panel, Part, on_logarithmic_axis
from grader.reports.charts.svg import placed
from grader.reports.html import filled
from grader.reports.rows import GROUPS, group_of, language_of, row_of, tally
from grader.submissions.roster import Student

INDEX = "index.html"
# The page has the table once for each order; that of a very large class has one order only.
MOST_ORDERED = 2_000
_BINS = 24
_STACKED: dict[Verdict, Message] = {
    "passed": say("passed"),
    "failed": say("failed"),
    "review": say("needs review"),
    "error": say("not fully graded"),
}


@dataclass(frozen=True)
class Entry:
    """One submission of a class; `place` is the name of the folder of its page, beside this page."""

    report: Report
    place: str

    @property
    def link(self) -> str:
        """The address of its page for the teacher."""
        return f"{quote(self.place, safe='', errors='backslashreplace')}/{html.TEACHER_FILE}"

    @property
    def who(self) -> str:
        """The student."""
        return sentences.who(self.report)


def page(entries: Sequence[Entry], absent: Sequence[Student] = ()) -> str:
    """The whole page; `absent` are the students of the roster who have not submitted."""
    reports = [entry.report for entry in entries]
    rows = list(map(row_of, reports))
    verdicts, language = Counter(row.verdict for row in rows), language_of(rows)
    return filled(
        "class.html",
        language,
        rubric=joined(", ", dict.fromkeys(map(sentences.rubric_title, reports))),
        tally=tally(rows),
        tiles=[(verdict, verdicts[verdict]) for verdict in sentences.NEED],
        orders=list(_orders(entries)),
        items=_items(reports),
        runs=list(_runs(reports)),
        panels=placed(_panels(entries)),
        pairs=list(html.pairs_of(reports, {entry.report.id: (entry.who, entry.link) for entry in entries})),
        absent=[sentences.who(student) for student in absent],
        absence=sentences.absence(absent, language),
        program=reports[0].program if reports else "",
    )


def _orders(
    entries: Sequence[Entry],
) -> Iterator[tuple[Message, list[tuple[Message, list[dict[str, object]]]]]]:
    """The table in each order, with its name: groups of rows, each with its reason, or one without."""
    by_name = sorted(entries, key=lambda entry: entry.who.casefold())
    reasons = [(reason, [one for one in by_name if group_of(one.report) == reason]) for reason in GROUPS]
    yield say("needs attention"), [(reason, list(map(_row, ones))) for reason, ones in reasons if ones]
    if len(entries) <= MOST_ORDERED:
        yield say("name"), [(EMPTY, list(map(_row, by_name)))]
        # Those come first of which nobody has decided anything.
        by_points = sorted(by_name, key=lambda one: (so_far(one.report) is not None, so_far(one.report)))
        yield say("fewest points"), [(EMPTY, list(map(_row, by_points)))]


def _row(entry: Entry) -> dict[str, object]:
    report, numbers = entry.report, entry.report.numbers
    return {
        "link": entry.link,
        "who": entry.who,
        "verdict": report.verdict,
        "why": sentences.reason(report),
        "like": ", ".join(sentences.others(report)),
        "points": sentences.points_of(so_far(report), report.max_score, report.language),
        "accuracy": _of_each_run(numbers, "accuracy", accuracy),
        "norm": _of_each_run(numbers, "largest_norm", number),
    }


def _of_each_run(numbers: Mapping[str, float], name: str, write: Callable[[float], Message | str]) -> Message:
    """A number of a submission, or of each of its runs in their order."""
    return joined(" / ", [write(value) for key, value in numbers.items() if key.rpartition("/")[2] == name])


def _runs(reports: Sequence[Report]) -> Iterator[tuple[str, list[Message | str]]]:
    """Of each run, how many submissions have it, and the middle of what was measured of it in the class."""
    for run in dict.fromkeys(key.rpartition("/")[0] for report in reports for key in report.numbers):
        found = {
            name: [report.numbers[key] for report in reports if (key := f"{run}/{name}") in report.numbers]
            for name in ("median_norm", "largest_norm", "accuracy")
        }
        if run:
            many = max(map(len, found.values()))
            middles = [number(median(values)) if values else "" for values in found.values()]
            yield run, [str(many), *middles]


def _items(reports: Sequence[Report]) -> list[tuple[Message, list[tuple[Status, int]]]]:
    """The title of each item, and how many submissions have it with each status; files to be used come first.

    A file that can be used has no item of its own.
    """
    titles: dict[str, Message] = {}
    counts: Counter[tuple[str, Status]] = Counter()
    for item in sorted((item for report in reports for item in report.items), key=_is_of_the_rubric):
        if item.id not in titles and not _is_of_the_rubric(item):
            counts[item.id, "passed"] = len(reports)
        titles.setdefault(item.id, item.title)
        counts[item.id, item.status] += 1
        counts[item.id, "passed"] -= not _is_of_the_rubric(item)
    statuses: tuple[Status, ...] = get_args(Status)
    return [
        (title, [(status, counts[item, status]) for status in statuses]) for item, title in titles.items()
    ]


def _is_of_the_rubric(item: ItemResult) -> bool:
    return item.kind != FILES


def _panels(entries: Sequence[Entry]) -> Iterator[Panel]:
    known = ((entry.report.verdict, so_far(entry.report)) for entry in entries)
    points = [(verdict, float(earned)) for verdict, earned in known if earned is not None]
    yield from distribution("points", say("Points"), points, sentences.in_words)
    yield from distribution(
        "accuracies", say("Accuracy on the test examples"), _measured(entries, "accuracy"), accuracy
    )
    for name in get_args(Metric):
        title = say("Test examples: {metric}", metric=metric(name))
        yield from distribution(name, title, _measured(entries, name), number)
    yield from distribution(
        "norms", say("Largest logged norm"), _measured(entries, "largest_norm"), number, logarithmic=True
    )


def _measured(entries: Sequence[Entry], name: str) -> list[tuple[Verdict, float]]:
    reports = [entry.report for entry in entries]
    return [(report.verdict, report.numbers[name]) for report in reports if name in report.numbers]


def distribution(
    name: str,
    title: Message,
    values: Sequence[tuple[Verdict, float]],
    write: Callable[[float], Message | str],
    *,
    logarithmic: bool = False,
) -> Iterator[Panel]:
    """A histogram of a number of each submission, the verdicts stacked; none where there is nothing to show.

    What is not finite is left out, and on a logarithmic axis what is not over 0.
    """
    least = 0.0 if logarithmic else -math.inf
    known = [(verdict, value) for verdict, value in values if least < value < math.inf]
    if not known:
        return
    numbers = [value for _, value in known]
    across = [math.log(on_logarithmic_axis(value)) if logarithmic else value for value in numbers]
    low, high = min(across), max(across)
    # The outer bins reach half a bin beyond the ends; values that are nearly equal share a bin that is seen.
    narrow = 0.2 if logarithmic else max(abs(high), 1.0) / 100
    room = (high - low) / _BINS / 2 if high - low > narrow / 10 else narrow
    step = (high - low + 2 * room) / _BINS
    edges = tuple(low - room + place * step for place in range(_BINS + 1))
    if logarithmic:
        edges = tuple(map(math.exp, edges))
    places = [int((value - low + room) / step) for value in across]
    bins = Counter((verdict, place) for (verdict, _), place in zip(known, places, strict=True))
    bars: list[Bars] = []
    keys: list[Key] = []
    base = (0,) * _BINS
    for verdict, word in _STACKED.items():
        counts = tuple(bins[verdict, place] for place in range(_BINS))
        if any(counts):
            bars.append(Bars(verdict, edges, counts, base))
            base = tuple(map(sum, zip(base, counts, strict=True)))
            keys.append(Key(verdict, "box", say("{word}: {count}", word=word, count=f"{sum(counts):,}")))
    words = say(
        "{submissions}: {least} to {largest}, median {median}.",
        submissions=counted(len(numbers), "submission"),
        least=write(min(numbers)),
        largest=write(max(numbers)),
        median=write(median(numbers)),
    )
    chart = Chart((Part(bars=tuple(bars)),), y_name=say("Submissions"), logarithmic_x=logarithmic)
    yield Panel(name, title, chart, tuple(keys), words)

"""A class as pages for a browser: who needs attention, how each item went, which submissions are similar.

One page has all of a class of some hundreds. The table of a larger class goes on in more pages, each with a
search that needs no server: a script, which loads the list of all submissions from a file beside it.
"""

import json
import math
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files
from statistics import median
from typing import get_args
from urllib.parse import quote

from markupsafe import Markup

from grader.evidence.values import Metric
from grader.messages.languages import translated
from grader.messages.message import EMPTY, Message, joined, say
from grader.messages.wording import accuracy, counted, metric, number
from grader.report import FILES, ItemResult, Report, Status, Verdict
from grader.reports import html, sentences
from grader.reports.charts.chart import Bars, Chart, Key, Panel, Part, on_logarithmic_axis
from grader.reports.charts.svg import placed
from grader.reports.html import filled
from grader.reports.rows import GROUPS, INDEX, SEARCH, Row, language_of, row_of, tally
from grader.submissions.roster import Student

MOST_ON_A_PAGE = 500
# A page of more pairs, or of more students who have not submitted, helps nobody; `grades.csv` has them all.
MOST_PAIRS, MOST_ABSENT = 200, 500
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


@dataclass(frozen=True, slots=True)
class _Linked:
    """A row of the table with the address of the teacher's page."""

    row: Row
    link: str

    @property
    def who(self) -> tuple[str, str]:
        return self.row.who, self.link


@dataclass(eq=False)
class _Class:
    """What the pages say of a class, taken from one report after another, because none of them is kept."""

    rows: list[_Linked] = field(default_factory=list)
    program: str = ""
    rubrics: dict[Message, None] = field(default_factory=dict)
    titles: dict[tuple[bool, str], Message] = field(default_factory=dict)
    counts: Counter[tuple[str, Status]] = field(default_factory=Counter)
    pairs: dict[tuple[str, str], dict[Message, Message]] = field(default_factory=dict)

    def take(self, entry: Entry) -> None:
        """Take what is needed of a report."""
        report = entry.report
        place = quote(entry.place, safe="", errors="backslashreplace")
        self.rows.append(_Linked(row_of(report), f"{place}/{html.TEACHER_FILE}"))
        self.program = self.program or report.program
        self.rubrics[sentences.rubric_title(report)] = None
        for item in report.items:
            self.titles.setdefault((_is_of_the_rubric(item), item.id), item.title)
            self.counts[item.id, item.status] += 1
        for pair in report.pairs:
            parts = self.pairs.setdefault(sentences.both(self.pairs, report.id, pair.id), {})
            # Of those after the first, it is only known that they are there.
            if parts or len(self.pairs) <= MOST_PAIRS:
                parts.setdefault(sentences.part(pair.part), pair.message)

    def items(self) -> Iterator[tuple[Message, list[tuple[Status, int]]]]:
        """The title of each item, and how many submissions have it with each status, first files to be used.

        A file that can be used has no item of its own.
        """
        statuses: tuple[Status, ...] = get_args(Status)
        for (is_of_the_rubric, item), title in sorted(self.titles.items(), key=lambda one: one[0][0]):
            counts = {status: self.counts[item, status] for status in statuses}
            if not is_of_the_rubric:
                counts["passed"] = len(self.rows) - sum(counts.values())
            yield title, list(counts.items())

    def runs(self) -> Iterator[tuple[str, list[Message | str]]]:
        """Of each run, how many submissions have it, and the middle of what was measured of it."""
        numbers = [one.row.numbers for one in self.rows]
        for run in dict.fromkeys(key.rpartition("/")[0] for own in numbers for key in own):
            found = {
                name: [own[key] for own in numbers if (key := f"{run}/{name}") in own]
                for name in ("median_norm", "largest_norm", "accuracy")
            }
            if run:
                many = max(map(len, found.values()))
                middles = [number(median(values)) if values else "" for values in found.values()]
                yield run, [f"{many:,}", *middles]

    def named_pairs(self) -> list[html.Alike]:
        """The first pairs: both, with links where they are in the class, and what is similar."""
        first = list(self.pairs.items())[:MOST_PAIRS]
        named = {own for pair, _ in first for own in pair}
        known = {one.row.id: one.who for one in self.rows if one.row.id in named}
        return [
            (known.get(one, (one, "")), known.get(other, (other, "")), parts.items())
            for (one, other), parts in first
        ]


def _is_of_the_rubric(item: ItemResult) -> bool:
    return item.kind != FILES


def pages(entries: Iterable[Entry], absent: Sequence[Student] = ()) -> Iterator[tuple[str, str]]:
    """The name and the text of each file; `absent` are the students of the roster who have not submitted."""
    found = _Class()
    for entry in entries:
        found.take(entry)
    by_name = sorted(found.rows, key=lambda one: one.row.who.casefold())
    rows = sorted(by_name, key=lambda one: GROUPS.index(one.row.group))
    starts = range(0, max(1, len(rows)), MOST_ON_A_PAGE)
    every = [one.row for one in found.rows]
    language, told = language_of(every), tally(every)
    verdicts = Counter(row.verdict for row in every)
    counts = Counter(row.group for row in every)
    script = _script() if len(starts) > 1 else ""
    whole: dict[str, object] = {
        "tiles": [(verdict, verdicts[verdict]) for verdict in sentences.NEED],
        "items": list(found.items()),
        "runs": list(found.runs()),
        "panels": placed(_panels(every)),
        "pairs": found.named_pairs(),
        "all_pairs": len(found.pairs),
        "absent": [sentences.who(student) for student in absent[:MOST_ABSENT]],
        "absence": sentences.absence(absent, language),
        "all_absent": len(absent),
    }
    sections = [
        (name, title)
        for name, title, part in (
            ("pairs", say("Similar submissions"), "pairs"),
            ("items", say("Results by item"), "items"),
            ("runs", say("Runs"), "runs"),
            ("pictures", say("Charts of the class"), "panels"),
            ("absent", say("Not submitted"), "absent"),
        )
        if whole[part]
    ]
    firsts = {one.row.group: at for at, one in reversed(list(enumerate(rows)))}
    jumps = [
        (reason, counts[reason], f"{_name(firsts[reason] // MOST_ON_A_PAGE + 1)}#{_anchor(reason)}")
        for reason in GROUPS
        if reason in firsts
    ]
    # Only the first page has what is about the whole class.
    for page, start in enumerate(starts, start=1):
        orders = [(say("needs attention"), _groups(rows[start : start + MOST_ON_A_PAGE], counts))]
        if len(starts) == 1:
            orders += [(name, [(EMPTY, "", 0, ones)]) for name, ones in _orders(by_name)]
        yield (
            _name(page),
            filled(
                "class.html",
                language,
                **(whole if page == 1 else dict.fromkeys(whole, ())),
                rubric=joined(", ", found.rubrics),
                tally=told,
                program=found.program,
                orders=orders,
                page=page,
                last=len(starts),
                name_of=_name,
                jumps=jumps,
                sections=sections,
                search=SEARCH,
                script=Markup(script),  # noqa: S704  (our own)
                script_hash=b64encode(sha256(script.encode()).digest()).decode(),
            ),
        )
    if script:
        yield SEARCH, _searched(rows)


def _name(page: int) -> str:
    """The name of a page, from 1."""
    return INDEX if page == 1 else f"index-{page}.html"


def _anchor(reason: Message) -> str:
    return f"group-{GROUPS.index(reason) + 1}"


def _script() -> str:
    return files("grader.reports").joinpath("templates", "class.js").read_text("utf-8")


def _searched(rows: Iterable[_Linked]) -> str:
    r"""The submissions as a script that hands them to the one that searches: by group, who, points, address.

    It is ASCII in which nothing acts, wherever it is shown: hidden characters are escapes, and so is `<`.
    """
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for one in rows:
        group = translated(one.row.group, one.row.language)
        groups.setdefault(group, []).append((one.row.who, one.row.points, one.link))
    data = json.dumps(list(groups.items()), separators=(",", ":")).replace("<", r"\u003c")
    return f"submissions({data});\n"


Group = tuple[Message, str, int, list[dict[str, object]]]


def _groups(rows: Iterable[_Linked], counts: Mapping[Message, int]) -> list[Group]:
    """The rows of a page by their reason, which has an anchor and how many there are in the class."""
    groups: dict[Message, list[dict[str, object]]] = {}
    for one in rows:
        groups.setdefault(one.row.group, []).append(_cells(one))
    return [(reason, _anchor(reason), counts[reason], ones) for reason, ones in groups.items()]


def _orders(by_name: Sequence[_Linked]) -> Iterator[tuple[Message, list[dict[str, object]]]]:
    """The table in two other orders, with their names."""
    yield say("name"), list(map(_cells, by_name))
    # Those come first of which nobody has decided anything.
    by_points = sorted(by_name, key=lambda one: (one.row.earned is not None, one.row.earned))
    yield say("fewest points"), list(map(_cells, by_points))


def _cells(one: _Linked) -> dict[str, object]:
    row = one.row
    return {
        "link": one.link,
        "who": row.who,
        "verdict": row.verdict,
        "why": row.reason,
        "like": ", ".join(row.others),
        "points": row.points,
        "accuracy": _of_each_run(row.numbers, "accuracy", accuracy),
        "norm": _of_each_run(row.numbers, "largest_norm", number),
    }


def _of_each_run(numbers: Mapping[str, float], name: str, write: Callable[[float], Message | str]) -> Message:
    """A number of a submission, or of each of its runs in their order."""
    return joined(" / ", [write(value) for key, value in numbers.items() if key.rpartition("/")[2] == name])


def _panels(rows: Sequence[Row]) -> Iterator[Panel]:
    points = [(row.verdict, float(row.earned)) for row in rows if row.earned is not None]
    yield from distribution("points", say("Points"), points, sentences.in_words)
    yield from distribution(
        "accuracies", say("Accuracy on the test examples"), _measured(rows, "accuracy"), accuracy
    )
    for name in get_args(Metric):
        title = say("Test examples: {metric}", metric=metric(name))
        yield from distribution(name, title, _measured(rows, name), number)
    yield from distribution(
        "norms", say("Largest logged norm"), _measured(rows, "largest_norm"), number, logarithmic=True
    )


def _measured(rows: Sequence[Row], name: str) -> list[tuple[Verdict, float]]:
    return [(row.verdict, row.numbers[name]) for row in rows if name in row.numbers]


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

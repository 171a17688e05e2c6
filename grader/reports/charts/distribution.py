"""How a number is spread over a class, as a histogram in which the verdicts stand on top of one another."""

import math
from collections.abc import Callable, Iterable, Sequence
from statistics import median

from grader.messages.message import Message, say
from grader.messages.wording import counted
from grader.report import Verdict
from grader.reports.charts.chart import Bars, Chart, Key, Panel, Part

_BINS = 24
_ORDER: tuple[tuple[Verdict, Message], ...] = (
    ("passed", say("passed")),
    ("failed", say("failed")),
    ("review", say("needs review")),
    ("error", say("not fully graded")),
)


def distribution(
    name: str,
    title: Message,
    values: Iterable[tuple[Verdict, float]],
    write: Callable[[float], Message | str],
    *,
    logarithmic: bool = False,
) -> Panel | None:
    """A histogram, or None where there is nothing to show.

    Args:
        name: of the panel.
        title: of the panel.
        values: of each submission its verdict and the number; what is not finite is left out.
        write: a number in words.
        logarithmic: whether the bins are evenly spaced on a logarithmic axis; then only numbers over 0 count.
    """
    known = [
        (verdict, value)
        for verdict, value in values
        if math.isfinite(value) and (value > 0 or not logarithmic)
    ]
    if not known:
        return None
    numbers = [value for _, value in known]
    edges = _edges(min(numbers), max(numbers), logarithmic=logarithmic)
    bars: list[Bars] = []
    keys: list[Key] = []
    base = (0,) * _BINS
    for verdict, word in _ORDER:
        own = [value for status, value in known if status == verdict]
        if own:
            counts = _counts(own, edges)
            bars.append(Bars(verdict, edges, counts, base))
            base = tuple(map(sum, zip(base, counts, strict=True)))
            keys.append(Key(verdict, "box", say("{word}: {count}", word=word, count=f"{len(own):,}")))
    words = say(
        "{submissions}: {least} to {largest}, median {median}.",
        submissions=counted(len(numbers), "submission", grouped=True),
        least=write(min(numbers)),
        largest=write(max(numbers)),
        median=write(median(numbers)),
    )
    chart = Chart((Part(bars=tuple(bars)),), y_name=say("Submissions"), logarithmic_x=logarithmic)
    return Panel(name, title, chart, tuple(keys), words)


def _edges(low: float, high: float, *, logarithmic: bool) -> tuple[float, ...]:
    if logarithmic:
        start, end = math.log(low), math.log(high)
        room = (end - start) / _BINS / 2 or 0.05
        return tuple(
            math.exp(start - room + place * (end - start + 2 * room) / _BINS) for place in range(_BINS + 1)
        )
    room = (high - low) / _BINS / 2 or max(abs(high), 1.0) / 100
    return tuple(low - room + place * (high - low + 2 * room) / _BINS for place in range(_BINS + 1))


def _counts(values: Sequence[float], edges: Sequence[float]) -> tuple[int, ...]:
    counts = [0] * _BINS
    for value in values:
        above = sum(value >= edge for edge in edges)
        counts[min(max(above - 1, 0), _BINS - 1)] += 1
    return tuple(counts)

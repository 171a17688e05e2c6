"""The runs of one submission side by side, on the same axes."""

from collections.abc import Iterator, Mapping
from statistics import median

from grader.analysis.norms.columns import NormColumn
from grader.analysis.norms.infer import NormColumns
from grader.evidence.log import Column
from grader.messages.message import Message, joined, say, verbatim
from grader.messages.wording import number, quoted
from grader.reports.charts.chart import (
    Chart,
    Key,
    Look,
    Panel,
    Part,
    curve_of,
    divergence_of,
    finite,
    step_axis,
)

# More would be too narrow to read.
_MOST_RUNS = 4
# A loss so many times the smallest one needs a logarithmic axis.
_WIDE = 50.0


def run_panels(runs: Mapping[str, NormColumns]) -> Iterator[Panel]:
    """A chart of the norms and one of the losses, a part for each run; nothing where there is one run."""
    few = dict(list(runs.items())[:_MOST_RUNS])
    if len(few) < 2:
        return
    norms: dict[str, tuple[NormColumns, Look, Column]] = {
        run: (own, column.stage, column.logged) for run, own in few.items() if (column := _shown(own, few))
    }
    yield from _panel("norms-runs", say("Gradient norms of the runs"), norms, logarithmic=True)
    losses: dict[str, tuple[NormColumns, Look, Column]] = {
        run: (norms, "loss", loss)
        for run, norms in few.items()
        if (loss := norms.log.column("loss")) and loss.values
    }
    every = [value for _, _, column in losses.values() for value in finite(column.values)]
    explodes = min(every, default=0.0) > 0 and max(every) > _WIDE * min(every) and max(every) > _WIDE
    yield from _panel("loss-runs", say("Loss of the runs"), losses, logarithmic=explodes)


def median_norm(norms: NormColumns) -> float | None:
    """The median of the norm that is drawn of a run; None without one."""
    column = _shown(norms, {"": norms})
    values = finite(column.logged.values) if column else []
    return median(values) if values else None


def _shown(norms: NormColumns, runs: Mapping[str, NormColumns]) -> NormColumn | None:
    """The column that is drawn of a run: one that all of them have, after clipping if there is one."""
    shared = set.intersection(*({one.logged.header for one in own.columns} for own in runs.values()))
    few = [one for one in norms.columns if one.logged.header in shared] or norms.columns
    return min(few, key=lambda one: one.stage == "before", default=None)


def _panel(
    name: str,
    title: Message,
    columns: Mapping[str, tuple[NormColumns, Look, Column]],
    *,
    logarithmic: bool,
) -> Iterator[Panel]:
    parts: list[Part] = []
    keys: list[Key] = []
    words: list[Message | str] = []
    for run, (norms, look, column) in columns.items():
        axis, values = step_axis(norms.log), finite(column.values)
        curve = curve_of(look, column, axis, positive=logarithmic)
        if curve is None:
            continue
        broken = divergence_of([column], axis)
        parts.append(Part(verbatim(run), axis.name, axis.ends, (curve,), divergence=broken))
        keys.append(Key(look, "line", verbatim(quoted(column.header))))
        words.append(say("{run} {median}", run=quoted(run), median=number(median(values))))
    if len(parts) < 2:
        return
    ends = [part.x_range for part in parts if part.x_range]
    whole = min(start for start, _ in ends), max(end for _, end in ends)
    same = tuple(
        Part(part.title, part.x_name, whole, part.curves, divergence=part.divergence) for part in parts
    )
    told = say("Medians: {medians}.", medians=joined(", ", words))
    yield Panel(name, title, Chart(same, logarithmic=logarithmic), tuple(dict.fromkeys(keys)), told)

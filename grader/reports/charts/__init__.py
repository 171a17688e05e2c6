"""A submission as charts: its norms with the cap and the grader's own, its loss and its accuracy."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from grader.analysis.norms.infer import NormColumns, norms_of
from grader.analysis.reference.calibration import LEVELS
from grader.analysis.targets import Targets
from grader.evidence import Evidence
from grader.evidence.part import wanted
from grader.evidence.problem import Problem
from grader.evidence.training import Accuracy
from grader.messages.message import Message, say
from grader.messages.wording import of_run
from grader.reports.charts.chart import WINDOWS, Panel, step_axis
from grader.reports.charts.learning import learning_panels
from grader.reports.charts.norms import norm_panels
from grader.reports.charts.runs import run_panels
from grader.reports.outputs import Shown, outputs_of


@dataclass(frozen=True)
class Drawing:
    """What the pages show of a submission beside its report; if it `failed`, charts are missing by a bug.

    A picture of the student's `own` is what it is, its file, and a small copy (`data:` address). What its
    notebook shows are the `outputs`.
    """

    panels: tuple[Panel, ...] = ()
    own: tuple[tuple[Message, str, str], ...] = ()
    outputs: tuple[Shown, ...] = ()
    failed: bool = False


def draw(evidence: Evidence, targets: Targets) -> Drawing:
    """Draw what was measured of a submission; a part that is missing is left out."""
    every = {run: norms_of(evidence, targets, run) for run in evidence.runs}
    found = {run: norms for run, norms in every.items() if not isinstance(norms, Problem)}
    own = (panel for run, norms in found.items() for panel in _panels(evidence, targets, norms, run))
    outputs = tuple(outputs_of(evidence, targets))
    return Drawing(panels=(*run_panels(found), *own), own=tuple(_own(evidence)), outputs=outputs)


def _panels(evidence: Evidence, targets: Targets, norms: NormColumns, run: str) -> Iterator[Panel]:
    """The charts of one run, with its name if it has one."""
    measured = evidence.found(Accuracy, run)
    accuracy = measured.value if measured else None
    axis, asked = step_axis(norms.log), targets.of_run(run).accuracy
    for panel in (*norm_panels(norms, axis), *learning_panels(norms.log, axis, asked, accuracy)):
        name = f"{panel.name}-{run}" if run else panel.name
        yield replace(panel, name=name, title=of_run(panel.title, run))


def _own(evidence: Evidence) -> Iterator[tuple[Message, str, str]]:
    names, files = {file.role: file.name for file in evidence.files}, wanted()
    for _, name, part in evidence.every():
        if not isinstance(part, Problem) and part.picture:
            yield files[name].word, names.get(name, ""), part.picture


def how_to_read(panels: Iterable[Panel]) -> Iterator[Message]:
    """What holds for all charts of a page, so that it is said once."""
    parts = [part for panel in panels if panel.chart for part in panel.chart.parts]
    if any(curve.low for part in parts for curve in part.curves):
        yield say("Long series show minimum, median and maximum of {windows} windows.", windows=WINDOWS)
    if any(part.bands for part in parts):
        yield say(
            "Shaded bands show the expected norms, from the {low} % to the {high} % quantile, "
            "with a line at the median.",
            low=f"{LEVELS[0] * 100:.0f}",
            high=f"{LEVELS[-1] * 100:.0f}",
        )

"""A submission as charts: its norms with the cap and the grader's own, its loss and its accuracy."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.analysis.norms.infer import norms_of
from grader.analysis.targets import Targets
from grader.evidence import Evidence
from grader.evidence.part import wanted
from grader.evidence.problem import Problem
from grader.evidence.training import Accuracy
from grader.messages.message import Message
from grader.reports.charts.chart import Panel, step_axis
from grader.reports.charts.learning import learning_panels
from grader.reports.charts.norms import largest_norm, norm_panels


@dataclass(frozen=True)
class OwnPicture:
    """A picture that a student has handed in.

    Attributes:
        word: What it is, such as "figure".
        name: The name of its file.
        address: A small copy, as an address of kind `data:`.
    """

    word: Message
    name: str
    address: str


@dataclass(frozen=True)
class Drawing:
    """What the pages show of a submission beside its report.

    Attributes:
        panels: The charts, in their order.
        own: The pictures that the student has handed in.
        accuracy: The accuracy of the submitted model on the test images.
        largest_norm: The largest norm in the log, after clipping.
        failed: Whether the charts are missing because of a mistake of the program.
    """

    panels: tuple[Panel, ...] = ()
    own: tuple[OwnPicture, ...] = ()
    accuracy: float | None = None
    largest_norm: float | None = None
    failed: bool = False

    def without_pictures(self) -> "Drawing":
        """The numbers alone."""
        return replace(self, panels=(), own=())


def draw(evidence: Evidence, targets: Targets) -> Drawing:
    """Draw what was measured of a submission; a part that is missing is left out."""
    measured = evidence.found(Accuracy)
    accuracy = measured.value if measured else None
    norms = norms_of(evidence, targets)
    if isinstance(norms, Problem):
        return Drawing(own=tuple(_own(evidence)), accuracy=accuracy)
    axis = step_axis(norms.log)
    return Drawing(
        panels=(
            *norm_panels(norms, axis),
            *learning_panels(norms.log, axis, targets.accuracy, accuracy),
        ),
        own=tuple(_own(evidence)),
        accuracy=accuracy,
        largest_norm=largest_norm(norms),
    )


def _own(evidence: Evidence) -> Iterator[OwnPicture]:
    names, files = {file.role: file.name for file in evidence.files}, wanted()
    for _, name, part in evidence.every():
        if not isinstance(part, Problem) and part.picture:
            yield OwnPicture(files[name].word, names.get(name, ""), part.picture)

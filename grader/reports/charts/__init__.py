"""A submission as pictures: its norms with the cap and the grader's own, its loss and its accuracy."""

from grader.evidence import Evidence
from grader.evidence.figure import Figure
from grader.evidence.training import Accuracy
from grader.evidence.values import PictureAddress
from grader.frozen import Frozen
from grader.reports.charts.learning import learning_panels
from grader.reports.charts.norms import largest_norm, norm_panels
from grader.reports.charts.panel import Panel
from grader.reports.charts.targets import ChartTargets


class OwnFigure(Frozen):
    """The figure that a student has handed in.

    Attributes:
        name: of its file.
        form: in capitals.
        small: a small copy as an address of kind `data:`; "" where it is not shown.
    """

    name: str
    form: str
    small: PictureAddress


class Drawing(Frozen):
    """What the pages show of a submission beside its report.

    Attributes:
        panels: in their order.
        own: the student's own figure, where one was asked for and read.
        accuracy: of the submitted model on the test images.
        largest_norm: in the log, after clipping.
    """

    panels: tuple[Panel, ...] = ()
    own: OwnFigure | None = None
    accuracy: float | None = None
    largest_norm: float | None = None

    def without_pictures(self) -> "Drawing":
        """The numbers alone."""
        return Drawing(accuracy=self.accuracy, largest_norm=self.largest_norm)


def draw(evidence: Evidence, targets: ChartTargets) -> Drawing:
    """Draw what was measured of a submission; a part that is missing is left out."""
    measured = evidence.found(Accuracy)
    return Drawing(
        panels=(*norm_panels(evidence, targets), *learning_panels(evidence, targets)),
        own=_own(evidence),
        accuracy=measured.value if measured else None,
        largest_norm=largest_norm(evidence, targets),
    )


def _own(evidence: Evidence) -> OwnFigure | None:
    figure = evidence.found(Figure)
    if figure is None:
        return None
    name = next((file.name for file in evidence.files if file.role == "figure"), "")
    return OwnFigure(name=name, form=figure.form.upper(), small=figure.small)

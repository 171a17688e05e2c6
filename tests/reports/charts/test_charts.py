"""Tests of `grader.reports.charts`: everything that a page shows beside the report."""

from builders_pages import YARDSTICK, drawable

from grader.evidence.problem import Problem
from grader.reports.charts import Drawing, draw

MISSING = Problem(who="student", message="No file was found.")


def test_a_drawing() -> None:
    """Norms, both ends, loss and accuracy, and two numbers for the class."""
    found = draw(drawable(), YARDSTICK)

    assert ["norms-variable", "ends-variable", "loss", "accuracy"] == [panel.name for panel in found.panels]
    assert (0.8734, 1.0) == (found.accuracy, found.largest_norm)
    assert Drawing(accuracy=0.8734, largest_norm=1.0) == found.without_pictures()
    assert Drawing(failed=True) == Drawing(failed=True).without_pictures()


def test_a_drawing_of_nothing() -> None:
    """What is missing is left out."""
    nothing = dict.fromkeys(("log", "model", "accuracy", "probe", "rerun"), MISSING)

    assert Drawing() == draw(drawable(**nothing), YARDSTICK)

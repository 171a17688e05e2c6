"""Tests of `grader.reports.charts.distribution`: a number over a class."""

import math

from grader.messages.wording import accuracy, number
from grader.reports.charts.distribution import _counts, distribution


def test_a_class() -> None:
    """The verdicts stand on top of one another, each with its number; the words have the ends."""
    panel = distribution("a", "Accuracy", [("passed", 0.88), ("failed", 0.1), ("passed", 0.9)], accuracy)

    assert panel is not None
    assert [("passed", "passed: 2"), ("failed", "failed: 1")] == [
        (key.look, str(key.text)) for key in panel.keys
    ]
    assert "3 submissions: 0.1000 to 0.9000, median 0.8800." == str(panel.words)


def test_equal_numbers_and_what_is_none() -> None:
    """A single value has a bar, too; what is not finite or not over 0 is left out; nothing gives nothing."""
    panel = distribution(
        "n", "Norm", [("review", 1.0), ("error", math.nan), ("error", 0.0)], number, logarithmic=True
    )

    assert panel is not None
    assert "1 submission: 1.0 to 1.0, median 1.0." == str(panel.words)
    assert distribution("n", "Norm", [("passed", math.inf)], number) is None


def test_every_value_is_counted() -> None:
    """Those on the outer edges as well."""
    edges = [float(edge) for edge in range(25)]

    assert 3 == sum(_counts([0.0, 24.0, 12.5], edges))

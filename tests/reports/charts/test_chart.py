"""Tests of `grader.reports.charts.chart`: what of a long series is drawn."""

import pytest

from grader.reports.charts.chart import MOST_POINTS, curve


def test_a_short_series_is_drawn_as_it_is() -> None:
    """Up to the greatest number of points, every value is there."""
    values = [float(value) for value in range(MOST_POINTS)]
    drawn = curve("after", values, values)

    assert tuple(values) == drawn.y
    assert () == drawn.low


@pytest.mark.parametrize("steps", [601, 8_595, 20_000])
def test_one_step_that_stands_out_is_seen(steps: int) -> None:
    """Of a long series the least and the largest of each stretch are kept, wherever they are."""
    values = [1.0] * steps
    values[steps // 3], values[-1] = 50.0, 0.01
    drawn = curve("after", list(range(steps)), values)

    assert (250, 250, 250, 250) == (len(drawn.x), len(drawn.y), len(drawn.low), len(drawn.high))
    assert (50.0, 0.01) == (max(drawn.high), min(drawn.low))
    assert 1.0 == drawn.y[0]
    assert list(drawn.x) == sorted(drawn.x)

"""Tests of `grader.reports.charts.steps`: where the rows of a log stand."""

import math

from builders_evidence import a_column, a_log

from grader.reports.charts.steps import axis_of, drawable, finite


def test_steps_that_count_through_the_log() -> None:
    """They are the axis."""
    axis = axis_of(a_log(step=[10, 20, 30], loss=[1.0, 2.0, 3.0]))

    assert ("Step", 20.0) == (axis.name, axis.of(1))


def test_steps_that_begin_again_in_each_epoch() -> None:
    """Then the rows are counted, since all epochs would lie on top of each other."""
    axis = axis_of(a_log(step=[1, 2, 1, 2]))

    assert ("Row of the log", 3.0) == (axis.name, axis.of(2))


def test_steps_that_are_missing_or_no_numbers() -> None:
    """Then too."""
    for log in (a_log(loss=[1.0, 2.0]), a_log(step=[1, None], loss=[1.0, 2.0]), a_log(step=[1, math.inf])):
        assert "Row of the log" == axis_of(log).name


def test_what_cannot_be_drawn_is_left_out() -> None:
    """What is not finite, and on a logarithmic axis what is not over 0."""
    log = a_log(a_column("loss", [1.0, math.nan, 0.0, -1.0, math.inf, 2.0]))
    axis = axis_of(log)

    assert ([1.0, 3.0, 4.0, 6.0], [1.0, 0.0, -1.0, 2.0]) == finite(log.columns[0], axis)
    assert ([1.0, 6.0], [1.0, 2.0]) == finite(log.columns[0], axis, positive=True)


def test_what_no_scale_has_room_for_stands_at_the_edge() -> None:
    """A trillion, and its inverse on a logarithmic axis."""
    log = a_log(loss=[1e300, 1e-300, -1e300])
    axis = axis_of(log)

    assert [1e12, 1e-300, -1e12] == finite(log.columns[0], axis)[1]
    assert [1e12, 1e-12] == finite(log.columns[0], axis, positive=True)[1]
    assert [1e12, 1e-12, 5.0] == [drawable(value) for value in (1e300, 0.0, 5.0)]

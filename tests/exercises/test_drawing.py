"""The numbers that are drawn: the same everywhere, and those of float32."""

import numpy as np

from grader.exercises.drawing import Drawing, exact


def test_they_stay_what_they_are() -> None:
    """What was handed out last year is still graded with the same numbers, whatever NumPy is installed."""
    draw = Drawing(7)

    assert [0.25019094347953796, 0.7944275736808777, 0.5513713955879211] == draw.uniform(3).tolist()
    assert [1, 0, 2, 1] == draw.whole(4, below=3).tolist()


def test_they_are_numbers_of_float32_and_none_is_0() -> None:
    """Nothing is lost when they are handed out, and a gradient has a norm."""
    drawn = Drawing(1).uniform(50, 40, size=3.0)

    assert np.array_equal(drawn, exact(drawn))
    assert (0 < abs(drawn)).all()
    assert (abs(drawn) <= 3.0).all()
    assert drawn.min() < -2.9
    assert drawn.max() > 2.9

"""Tests of what a worker sees of the images."""

from pathlib import Path

import builders_training as build
import numpy as np

from grader.measure.training.arrays import Arrays


def test_the_arrays_are_read_as_they_were_written(tmp_path: Path) -> None:
    """All but the labels of the test images."""
    dataset = build.a_dataset()

    arrays = Arrays.read(build.arrays_in(tmp_path, dataset))

    assert ["x_train", "y_train", "x_test"] == list(vars(arrays))
    assert np.array_equal(dataset.x_train, arrays.x_train)
    assert np.array_equal(dataset.y_train, arrays.y_train)
    assert np.array_equal(dataset.x_test, arrays.x_test)

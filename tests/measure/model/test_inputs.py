"""Input layers, stored or made."""

from typing import Any

import pytest
from builders_models import a_dense, a_sequential, an_input

from grader.errors import SubmissionError
from grader.measure.model.inputs import made_input, stored_input, stored_shape
from grader.measure.model.reading import Limits, Reading, start


def a_reading() -> Reading:
    """A file that nothing was noted of."""
    return start("model.keras", Limits())


def test_a_stored_input_keeps_its_shape() -> None:
    """Under either of its names."""
    entry = an_input(28, 28)
    old = {**entry, "config": {"batch_input_shape": [None, 28, 28], "name": "input"}}

    assert [None, 28, 28] == stored_input(a_reading(), entry)["config"]["batch_shape"]
    assert [None, 28, 28] == stored_input(a_reading(), old)["config"]["batch_shape"]


def test_a_fixed_batch_size_is_left_open() -> None:
    """The grader's batches have a size of their own."""
    reading = a_reading()
    entry = {**an_input(3), "config": {"batch_shape": [32, 3], "name": "input"}}

    assert [None, 3] == stored_input(reading, entry)["config"]["batch_shape"]
    assert ["The batch size 32 in the input shape was left open."] == list(map(str, reading.notes))


@pytest.mark.parametrize(
    ("shape", "shown"), [(None, "None"), ("3", "3"), ([], "[]"), ([[None, 3]], "[[None, 3]]")]
)
def test_a_shape_that_is_none_is_refused(shape: Any, shown: str) -> None:
    """The sentence says what was asked for."""
    with pytest.raises(SubmissionError) as caught:
        made_input(a_reading(), shape, [])

    assert f"The input shape of `model.keras` is {shown}; a list of 1 to 8 sizes was asked for." == str(
        caught.value.message
    )


def test_an_input_is_made_under_a_free_name() -> None:
    """Keras 2 keeps the shape in the first layer."""
    reading = a_reading()
    made = made_input(reading, [None, 3], [a_dense(2, "input_0")])

    assert ("input_1", [None, 3]) == (made["config"]["name"], made["config"]["batch_shape"])
    assert ["The input shape, which Keras 2 keeps in the first layer, was made an input layer."] == [
        str(note) for note in reading.notes
    ]


def test_where_a_shape_may_stand() -> None:
    """In the first layer, inside a nested network, in the network, or in how it was built."""
    first = a_dense(2, batch_input_shape=[None, 3])

    assert [None, 3] == stored_shape([first], {}, {})
    assert [None, 3] == stored_shape([a_sequential(first)], {}, {})
    assert [None, 3] == stored_shape([a_dense(2)], {"build_input_shape": [None, 3]}, {})
    assert [None, 3] == stored_shape([], {}, {"build_config": {"input_shape": [None, 3]}})
    assert stored_shape([], {}, {}) is None

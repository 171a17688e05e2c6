"""Plain values of a config, one by one."""

from typing import Any

import pytest

from grader.errors import SubmissionError
from grader.measure.model import values
from grader.measure.model.reading import OWN_LAYERS, SAVE_AGAIN, Limits, start

READING = start("model.keras", Limits())


def a_policy(name: Any, kind: str = "DTypePolicy") -> Any:
    return {"module": "keras", "class_name": kind, "config": {"name": name}, "registered_name": None}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("float32", "float32"),
        ("mixed_float16", "mixed_float16"),
        (a_policy("float32"), "float32"),
        (a_policy("mixed_float16", "Policy"), "mixed_float16"),
    ],
)
def test_a_dtype_is_read_by_its_name(value: Any, expected: str | None) -> None:
    """Keras writes it as text, as a policy, or leaves it out."""
    assert expected == values.dtype(READING, "dense", value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("int4", "int4"),
        ("", ""),
        (7, "7"),
        (a_policy("int8_from_float32"), "DTypePolicy"),
        (a_policy("float32", "QuantizedDTypePolicy"), "QuantizedDTypePolicy"),
        ({"class_name": "DTypePolicy", "config": "float32"}, "DTypePolicy"),
        ({"class_name": "DTypePolicy"}, "DTypePolicy"),
    ],
)
def test_a_dtype_that_is_none_is_refused(value: Any, shown: str) -> None:
    """The sentence has what was found, the hint what to build."""
    with pytest.raises(SubmissionError) as caught:
        values.dtype(READING, "dense", value)

    assert f"The layer `dense` of `model.keras` computes in `{shown}`; this is not loaded here." == str(
        caught.value.message
    )
    assert "Build the model in `float32`, Keras' default, train it and save it again." == str(
        caught.value.hint
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (0, 0),
        (2**63 - 1, 2**63 - 1),
        ({"class_name": "SeedGenerator", "config": {"seed": 7}}, 7),
        ({"class_name": "SeedGenerator", "config": {}}, None),
        ({"class_name": "SeedGenerator"}, None),
    ],
)
def test_a_seed_is_a_whole_number(value: Any, expected: int | None) -> None:
    """Of a generator it is the one that it began with."""
    assert expected == values.seed(READING, "dropout", value)


@pytest.mark.parametrize("value", [-1, 2**63, 1.5, True, "7", [7], {"class_name": "Other"}])
def test_a_seed_that_is_none_is_refused(value: Any) -> None:
    """Whatever else stands there."""
    with pytest.raises(SubmissionError) as caught:
        values.seed(READING, "dropout", value)

    assert str(caught.value.message).startswith("The layer `dropout` of `model.keras` has `seed` ")
    assert str(caught.value.message).endswith("; a whole number from 0 on was asked for.")


@pytest.mark.parametrize("value", [1, 2**20, None, [3, 3], [1, None]])
def test_a_size_is_kept(value: Any) -> None:
    """One or several whole numbers from 1 on; None is one that is left open."""
    assert value == values.size(READING, "conv", "kernel_size", value)


@pytest.mark.parametrize("value", [0, -1, 2**20 + 1, 1.0, True, "3", [3, 0], {"class_name": "x"}])
def test_a_size_that_is_none_is_refused(value: Any) -> None:
    """The sentence has the largest that is read."""
    with pytest.raises(SubmissionError) as caught:
        values.size(READING, "conv", "kernel_size", value)

    assert str(caught.value.message).endswith("a whole number from 1 to 1048576 was asked for.")
    assert str(SAVE_AGAIN) == str(caught.value.hint)


@pytest.mark.parametrize("value", [None, True, 0.5, -(2**20), "same", [1, [2.5, "x"]], {"a": {"b": [None]}}])
def test_a_plain_value_is_kept(value: Any) -> None:
    """Nothing in it is an object."""
    assert value == values.plain(READING, "pad", "padding", value)


@pytest.mark.parametrize("mark", values.OBJECT_MARKS)
def test_an_object_among_plain_values_is_refused(mark: str) -> None:
    """However deep it stands."""
    with pytest.raises(SubmissionError) as caught:
        values.plain(READING, "pad", "padding", [{"a": [{mark: "Lambda"}]}])

    assert str(caught.value.message).endswith(
        "of the layer `pad` in `model.keras` is not one of Keras' own that are loaded here."
    )
    assert str(OWN_LAYERS) == str(caught.value.hint)


def test_a_number_that_is_too_large_is_refused() -> None:
    """Of either sign, and with both numbers in the sentence."""
    with pytest.raises(SubmissionError) as caught:
        values.plain(READING, "pad", "padding", -(2**21))

    assert (
        "The layer `pad` of `model.keras` has `padding` -2097152; "
        "a whole number from -1048576 to 1048576 was asked for."
    ) == str(caught.value.message)


@pytest.mark.parametrize(
    ("value", "expected"), [(3, True), (-1, True), (2**70, True), (True, False), (2.0, False), ("3", False)]
)
def test_what_a_whole_number_is(value: Any, *, expected: bool) -> None:
    """Truth values and fractions are none."""
    assert expected is values.whole(value)


@pytest.mark.parametrize(
    ("name", "expected"), [("HeNormal", "he_normal"), ("Zeros", "zeros"), ("l2", "l2"), ("", "")]
)
def test_names_as_keras_writes_them(name: str, expected: str) -> None:
    """A class's name becomes that of its function."""
    assert expected == values.snake_case(name)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"class_name": "function", "config": "relu"}, "relu"),
        ({"class_name": "function", "config": {}}, "function"),
        ({"class_name": "Lambda"}, "Lambda"),
        ({}, "an object"),
        ("int4", "int4"),
        (7, "7"),
    ],
)
def test_what_stands_there_is_named(value: Any, expected: str) -> None:
    """A function by its name, an object by its class, anything else as it is."""
    assert expected == values.class_or_value(value)

"""JSON that Keras would read and that nobody should."""

import json

import pytest
from builders_models import a_keras_file
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.measure.model.read import read_model
from grader.measure.model.reading import SAVE_AGAIN, Limits, Reading
from grader.measure.model.strict_json import read_json

READING = Reading("model.keras", Limits())


@pytest.mark.hostile_row(26, 27)
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"a": ' + b"[" * 200_000, "its values are nested more than 40 deep"),
        (b'{"a": ' * 900 + b"1" + b"}" * 900, "its values are nested more than 40 deep"),
        (b'{"a": ' + b"[" * 50 + b"]" * 50 + b"}", "its values are nested more than 40 deep"),
        (b'{"a": ' + b"1" * 5000 + b"}", "a number has 5000 digits"),
        (b'{"a": 1e999}', "a number is too large"),
        (b'{"a": NaN}', "NaN is not a number of JSON"),
        (b'{"a": -Infinity}', "-Infinity is not a number of JSON"),
        (b'{"a": 1, "a": 2}', "a key stands twice in one object"),
        (b'{"a": "\\ud800"}', "a text in it has characters that are none"),
        (b'{"a\\u0000": 1}', "a text in it has characters that are none"),
        ('{"a": 1}'.encode("utf-16"), "it is not UTF-8 text"),
        (b"\xef\xbb\xbf{}", "it is not JSON from character 0 on"),
        (b'{"a": 1', "it is not JSON from character 7 on"),
        (b"[]", "it is not an object"),
        (b"7", "it is not an object"),
        (b"", "it is not JSON from character 0 on"),
        (json.dumps({"a": "x" * 3000}).encode(), "a text in it has 3000 characters, at most 2000 are read"),
        (json.dumps({"a": [0] * 200_001}).encode(), "it has more than 200000 values"),
    ],
)
def test_json_that_is_not_strict_is_refused(content: bytes, reason: str) -> None:
    """The sentence says what is wrong with it."""
    with pytest.raises(SubmissionError) as caught:
        read_json(READING, "The `config.json`", content)

    assert f"The `config.json` of `model.keras` cannot be read: {reason}." == str(caught.value.message)
    assert str(SAVE_AGAIN) == str(caught.value.hint)


@pytest.mark.hostile_row(27)
def test_a_model_with_such_json_is_refused() -> None:
    """The same through the front door."""
    with pytest.raises(SubmissionError) as caught:
        read_model("model.keras", a_keras_file("[" * 200_000))

    assert (
        "The `config.json` of `model.keras` cannot be read: its values are nested more than 40 deep."
        == str(caught.value.message)
    )


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.text("abc"),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text("ab"), lambda part: st.lists(part, max_size=3)
        ),
        max_size=3,
    )
)
def test_plain_json_comes_back_as_it_was(value) -> None:
    """What is strict is read like any reader would."""
    assert value == read_json(READING, "It", json.dumps(value))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60))
def test_any_bytes_are_read_or_refused(content) -> None:
    """Nothing but a SubmissionError comes out."""
    try:
        result = read_json(READING, "It", content)
    except SubmissionError as error:
        result = {"refused": error.message}

    assert isinstance(result, dict)

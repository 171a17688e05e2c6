"""JSON is read strictly; what is wrong with it is in `test_sentences`."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.measure.model.reading import Limits, Reading
from grader.measure.model.strict_json import read_json

READING = Reading("model.keras", Limits())


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

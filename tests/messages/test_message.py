"""Tests of messages: sentences that remember how they were made."""

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from grader.messages.languages import translated
from grader.messages.message import (
    EMPTY,
    Message,
    from_data,
    joined,
    say,
    say_counted,
    shortened,
    together,
    verbatim,
)

FIELD: TypeAdapter[Message] = TypeAdapter(Message)
NESTED = say(
    "{found}; {asked}.",
    found=say_counted(2, "{count} norm is over {cap}", "{count} norms are over {cap}", cap="1.0"),
    asked=say("the rubric asks for {units}", units=3),
)
NESTED_DATA = {
    "text": "2 norms are over 1.0; the rubric asks for 3.",
    "say": "{found}; {asked}.",
    "with": {
        "found": {
            "text": "2 norms are over 1.0",
            "say": "{count} norm is over {cap}",
            "plural": "{count} norms are over {cap}",
            "with": {"cap": "1.0", "count": 2},
        },
        "asked": {
            "text": "the rubric asks for 3",
            "say": "the rubric asks for {units}",
            "with": {"units": 3},
        },
    },
}


def test_a_message_is_no_string_and_has_one() -> None:
    """So a type checker refuses `+` and `join`; two that say the same are equal."""
    assert "2 norms are over 1.0; the rubric asks for 3." == str(NESTED) == str(NESTED.text)
    assert not isinstance(NESTED, str)
    assert {Message(NESTED.text)} == {NESTED}
    assert [True, False] == [bool(NESTED), bool(EMPTY)]


def test_what_is_counted_chooses_its_template() -> None:
    """One is one, and anything else is many."""
    made = [say_counted(count, "{count} step is missing", "{count} steps are missing") for count in (0, 1, 2)]

    assert ["0 steps are missing", "1 step is missing", "2 steps are missing"] == [*map(str, made)]


def test_a_value_is_not_looked_at_again() -> None:
    """Braces in a student's text stay what they are."""
    assert "`{cap} {0.__class__}` is there" == str(say("`{name}` is there", name="{cap} {0.__class__}"))
    assert "{cap}" == str(verbatim("{cap}"))


def test_a_value_that_is_missing_is_a_mistake_of_ours() -> None:
    """A template without its value is noticed when it is said."""
    with pytest.raises(KeyError, match="cap"):
        say("over {cap}", limit="1.0")


def test_parts_are_joined_to_a_message() -> None:
    """Those that are empty are left out, and one alone stays itself."""
    sentence = together(say("One."), EMPTY, None, say("Two."))

    assert {
        "text": "One. Two.",
        "say": "{part1} {part2}",
        "with": {"part1": {"text": "One."}, "part2": {"text": "Two."}},
    } == sentence.data()
    assert "a, b" == str(joined(", ", ["a", "b"]))
    assert say("One.") == together(EMPTY, say("One."))
    assert EMPTY == together(EMPTY, None)


def test_a_message_that_is_too_long_is_cut_to_its_english() -> None:
    """One that fits stays itself."""
    assert shortened(NESTED, 100) is NESTED
    assert "2 norms" == str(shortened(NESTED, 7))


def test_what_is_written_is_read_back_with_its_parts() -> None:
    """A string is a text without values, as somebody writes it by hand."""
    again = FIELD.validate_json(FIELD.dump_json(NESTED))

    assert NESTED_DATA == FIELD.dump_python(NESTED, mode="json") == again.data()
    assert FIELD.validate_python(NESTED) is NESTED
    assert {"text": "plain"} == FIELD.validate_json('"plain"').data()
    assert {"text": ""} == EMPTY.data()


def test_a_message_can_be_copied() -> None:
    """A copy has the parts, too."""
    for again in (copy.deepcopy(NESTED), pickle.loads(pickle.dumps(NESTED))):  # noqa: S301  (our own)
        assert NESTED.data() == again.data()


@pytest.mark.parametrize(
    "parts",
    [
        {"say": "Log"},
        {"say": "Log", "with": {}},
        {"say": 1, "with": {}},
        {"say": "{cap}", "with": {"limit": "1.0"}},
        {"say": "{a}", "with": {"a": [1]}},
        {"say": "{a}", "with": {"a": None}},
        {"say": "{a}", "with": {"a": {"say": []}}},
        {"say": "{count}", "plural": "{count}", "with": {"count": "2"}},
        {"say": "{a}", "with": {"a": 10**5000}},
        {"say": "a" * 10_001, "with": {"a": "b"}},
        {"with": {"a": "b"}},
        {"say": "Log", "with": 1},
    ],
)
def test_parts_that_do_not_give_the_text_are_not_believed(parts: dict[str, Any]) -> None:
    """A worker may send anything, and somebody may have edited a file: the text stays as it is."""
    read = from_data({"text": "The cap is 1.0.", **parts})

    assert {"text": "The cap is 1.0."} == read.data()
    assert "The cap is 1.0." == translated(read, "es")


@pytest.mark.parametrize("data", [{}, {"text": 1}, {"say": "Log"}, 1, None, [], {"text": "a" * 10_001}])
def test_what_has_no_text_is_refused(data: Any) -> None:
    """A message is there to be read."""
    with pytest.raises(ValidationError, match="must be a sentence"):
        FIELD.validate_json(json.dumps(data))


def test_templates_in_templates_cannot_fill_the_memory() -> None:
    """Ten templates that each make four of the one inside would be a sentence of megabytes."""
    wide: dict[str, Any] = {"text": "ha", "say": "ha", "with": {}}
    for _ in range(10):
        wide = {"text": "ha", "say": "{a}{a}{a}{a}", "with": {"a": wide}}
    deep: dict[str, Any] = {"text": "ha"}
    for _ in range(60):
        deep = {"text": "ha", "say": "{a}", "with": {"a": deep}}

    for bomb in (wide, deep):
        assert "ha" == FIELD.validate_json(json.dumps(bomb)).text


@given(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner)))
def test_any_other_json_is_refused(data: Any) -> None:
    """Nothing but a ValueError comes of data that has no text."""
    if isinstance(data, str) or (isinstance(data, dict) and isinstance(data.get("text"), str)):
        return
    with pytest.raises(ValueError, match="must be a sentence"):
        from_data(data)

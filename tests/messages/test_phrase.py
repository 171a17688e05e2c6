"""Tests of phrases: sentences that remember how they were made."""

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from grader.messages.phrase import (
    KeptPhrase,
    Phrase,
    Said,
    from_data,
    joined,
    say,
    say_counted,
    shortened,
    together,
)

FIELD: TypeAdapter[str] = TypeAdapter(Said)
NESTED = say(
    "{found}; {asked}.",
    found=say_counted(2, "{count} norm is over {cap}", "{count} norms are over {cap}", cap="1.0"),
    asked=say("the rubric asks for {units}", units=3),
)


def test_a_phrase_is_its_english_sentence() -> None:
    """It equals the string, and has the same hash and JSON text in it."""
    assert "2 norms are over 1.0; the rubric asks for 3." == NESTED
    assert hash("2 norms are over 1.0; the rubric asks for 3.") == hash(NESTED)
    assert isinstance(NESTED, str)


def test_what_is_counted_chooses_its_template() -> None:
    """One is one, and anything else is many."""
    made = [say_counted(count, "{count} step is missing", "{count} steps are missing") for count in (0, 1, 2)]

    assert ["0 steps are missing", "1 step is missing", "2 steps are missing"] == made


def test_a_value_is_not_looked_at_again() -> None:
    """Braces in a student's text stay what they are."""
    assert "`{cap} {0.__class__}` is there" == say("`{name}` is there", name="{cap} {0.__class__}")


def test_a_value_that_is_missing_is_a_mistake_of_ours() -> None:
    """A template without its value is noticed when it is said."""
    with pytest.raises(KeyError, match="cap"):
        say("over {cap}", limit="1.0")


def test_parts_are_joined_to_a_phrase() -> None:
    """Those that are empty are left out, and one alone stays itself."""
    sentence = together(say("One."), "", None, say("Two."))

    assert "One. Two." == sentence
    assert isinstance(sentence, Phrase)
    assert {"say": "{part1} {part2}", "with": {"part1": {"say": "One."}, "part2": {"say": "Two."}}} == (
        sentence.parts()
    )
    assert "a, b" == joined(", ", ["a", "b"])
    assert isinstance(together("", say("One.")), Phrase)
    assert not together("", None)


def test_another_language_gets_the_template_its_plural_and_the_count() -> None:
    """Values that are phrases are looked up by themselves, other values stay."""
    asked: list[tuple[str, str, int]] = []

    def lookup(template: str, plural: str, count: int) -> str:
        asked.append((template, plural, count))
        return f"<{template}>"

    assert "<<2 norm is over 1.0>; <the rubric asks for 3>.>" == NESTED.put(lookup)
    assert [
        ("{found}; {asked}.", "", 0),
        ("{count} norm is over {cap}", "{count} norms are over {cap}", 2),
        ("the rubric asks for {units}", "", 0),
    ] == asked


def test_a_phrase_that_is_too_long_is_cut_to_a_string() -> None:
    """One that fits stays a phrase."""
    assert shortened(NESTED, 100) is NESTED
    assert "2 norms" == shortened(NESTED, 7)


def test_a_field_keeps_a_phrase_and_its_json_has_the_parts() -> None:
    """What is read back is the same phrase; a plain string stays a plain string."""
    again = FIELD.validate_json(FIELD.dump_json(NESTED))

    assert FIELD.validate_python(NESTED) is NESTED
    assert isinstance(again, Phrase)
    assert (NESTED, NESTED.parts()) == (again, again.parts())
    assert b'"plain"' == FIELD.dump_json("plain")
    assert not isinstance(FIELD.validate_json('"plain"'), Phrase)


def test_a_phrase_can_be_copied() -> None:
    """A copy has the parts, too."""
    for again in (copy.deepcopy(NESTED), pickle.loads(pickle.dumps(NESTED))):  # noqa: S301  (our own)
        assert (NESTED, NESTED.parts()) == (again, again.parts())


def test_a_kept_phrase_is_put_by_its_parts() -> None:
    """They are the ones that were given, and a copy has them, too."""
    kept = KeptPhrase(str(NESTED), NESTED.parts())

    assert (NESTED, NESTED.parts()) == (kept, kept.parts())
    for phrase in (kept, copy.deepcopy(kept), pickle.loads(pickle.dumps(kept))):  # noqa: S301  (our own)
        assert NESTED.put(_marked) == phrase.put(_marked)
    assert kept.put(_marked) != kept


def _marked(template: str, _plural: str, _count: int) -> str:
    return f"<{template}>"


@pytest.mark.parametrize("parts", [{"say": "Another one."}, {"say": 1}, {"say": "{cap}"}, {}])
def test_parts_that_do_not_give_the_kept_sentence_are_not_believed(parts: dict[str, Any]) -> None:
    """Somebody may have edited the one or the other: the sentence stays as it is."""
    assert "The cap is 1.0." == KeptPhrase("The cap is 1.0.", parts).put(_marked)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, "must be a template with its values"),
        ({"say": 1}, "must be a template with its values"),
        ({"say": "{cap}"}, "must have a value for each place in its template"),
        ({"say": "{cap}", "with": {"limit": "1.0"}}, "must have a value for each place in its template"),
        ({"say": "{count}", "plural": "{count}", "with": {"count": "2"}}, "must have a value for each place"),
        ({"say": "{a}", "with": {"a": [1]}}, "must be a sentence"),
        ({"say": "{a}", "with": {"a": None}}, "must be a sentence"),
        ({"say": "{a}", "with": {"a": {"say": []}}}, "must be a template with its values"),
        ({"say": "a" * 10_001}, "must be at most 10000 characters long"),
    ],
)
def test_what_is_no_phrase_is_refused(data: dict[str, Any], expected: str) -> None:
    """A worker may send anything."""
    with pytest.raises(ValidationError, match=expected):
        FIELD.validate_json(json.dumps(data))


def test_templates_in_templates_cannot_fill_the_memory() -> None:
    """Thirty templates that each double the one inside would be a sentence of a gigabyte."""
    data: dict[str, Any] = {"say": "ha"}
    for _ in range(10):
        data = {"say": "{a}{a}{a}{a}", "with": {"a": data}}
    deep: dict[str, Any] = {"say": "ha"}
    for _ in range(20):
        deep = {"say": "{a}", "with": {"a": deep}}

    for bomb in (data, deep):
        with pytest.raises(ValidationError):
            FIELD.validate_json(json.dumps(bomb))


@given(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner)))
@settings(max_examples=50, deadline=None)
def test_any_other_json_is_refused(data: Any) -> None:
    """Nothing but a ValueError comes of data that is no phrase."""
    if isinstance(data, dict) and isinstance(data.get("say"), str):
        return
    with pytest.raises(ValueError, match="must be"):
        from_data(data)

"""Tests of data whose sentences can be said in any language."""

import json
from typing import Any

import pytest
from pydantic import Field

from grader.frozen import Frozen
from grader.messages.phrase import Phrase, Said, say
from grader.messages.translatable import Translatable, with_phrases


class Leaf(Frozen):
    """One sentence."""

    text: Said


class Tree(Translatable):
    """Sentences in everything that can have some."""

    title: Said = ""
    leaves: tuple[Leaf, ...] = ()
    named: dict[str, Leaf] = Field(default_factory=dict)
    lines: tuple[Said, ...] = ()
    number: int = 0


TREE = Tree(
    title=say("A {kind}.", kind=say("tree")),
    leaves=(Leaf(text="plain"), Leaf(text=say("A leaf."))),
    named={"first": Leaf(text=say("Another leaf."))},
    lines=(say("A line."), "plain"),
)


def test_each_phrase_has_its_place() -> None:
    """In fields, tuples and mappings; JSON has the English there."""
    data = TREE.model_dump(mode="json")

    assert {
        "title": {"say": "A {kind}.", "with": {"kind": {"say": "tree"}}},
        "leaves/1/text": {"say": "A leaf."},
        "named/first/text": {"say": "Another leaf."},
        "lines/0": {"say": "A line."},
    } == data["phrases"]
    assert ("A tree.", "A line.", ["title", "leaves"]) == (data["title"], data["lines"][0], list(data)[:2])
    assert "phrases" == list(data)[-1]


def test_what_is_read_back_is_the_same() -> None:
    """With its phrases, and without any that are left aside."""
    again = Tree.model_validate_json(TREE.model_dump_json())

    assert TREE == again
    assert again.model_dump_json() == TREE.model_dump_json()
    assert isinstance(again.named["first"].text, Phrase)
    assert {} == again.phrases


def test_phrases_are_put_into_data_as_into_models() -> None:
    """What was parsed already needs no models for that."""
    data = json.loads(TREE.model_dump_json())
    put = with_phrases(data, data["phrases"])

    assert (
        TREE.model_dump_json() == Tree.model_validate({**put, "phrases": {}}, strict=False).model_dump_json()
    )
    assert not isinstance(data["title"], Phrase)


@pytest.mark.parametrize(
    "place", ["", "/", "title/0", "leaves", "leaves/2/text", "leaves/-1/text", "leaves/x", "number", "other"]
)
@pytest.mark.parametrize("kind", ["models", "data"])
def test_a_place_without_a_sentence_stays(place: str, kind: str) -> None:
    """Whoever edits a file may write any place."""
    data: Any = json.loads(TREE.model_dump_json())
    value = TREE if kind == "models" else data

    assert value == with_phrases(value, {place: {"say": "1"}})


@pytest.mark.parametrize("place", ["leaves", "leaves/1", "leaves/1/text/0", "leaves/x", ""])
def test_a_wrong_place_keeps_no_other_from_its_phrase(place: str) -> None:
    """Even one that goes on where a sentence ends."""
    data = json.loads(TREE.model_dump_json())
    put = with_phrases(data, {place: {"say": "1"}, "leaves/1/text": {"say": "A leaf."}})

    assert isinstance(put["leaves"][1]["text"], Phrase)

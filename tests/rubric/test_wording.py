"""Schemas, values and names in words."""

import pytest

from grader.rubric.wording import demand, name, names, nearest, show


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "number"}, "a number"),
        ({"type": "number", "minimum": 0, "maximum": 1}, "a number in [0, 1]"),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 1}, "a number in (0, 1]"),
        ({"type": "number", "minimum": 0, "exclusiveMaximum": 1.5}, "a number in [0, 1.5)"),
        ({"type": "number", "minimum": 0}, "a number of at least 0"),
        ({"type": "number", "exclusiveMinimum": 0}, "a number above 0"),
        ({"type": "number", "maximum": 9}, "a number of at most 9"),
        ({"type": "number", "exclusiveMaximum": 9}, "a number below 9"),
        ({"type": "integer", "minimum": 1, "maximum": 10000}, "a whole number in [1, 10000]"),
        ({"type": "boolean"}, "`true` or `false`"),
        ({"type": "string"}, "text"),
        ({"type": "string", "minLength": 1}, "text that is not empty"),
        ({"type": "string", "minLength": 1, "maxLength": 9}, "text of 1 to 9 characters"),
        (
            {"type": "string", "pattern": "^[a-z]+$", "maxLength": 9},
            "text of the form `[a-z]+` of at most 9 characters",
        ),
        (
            {"type": "string", "pattern": "^x$", "examples": ["4 GiB", "1 MB"]},
            "text such as `4 GiB` or `1 MB`",
        ),
        ({"const": 1, "type": "integer"}, "`1`"),
        ({"enum": ["a", "b", "c"]}, "`a`, `b` or `c`"),
        ({"type": "array"}, "a list"),
        ({"type": "array", "items": {"type": "integer"}}, "a list, each a whole number"),
        (
            {"type": "array", "minItems": 1, "items": {"type": "string"}},
            "a list of at least 1 entry, each text",
        ),
        ({"type": "array", "minItems": 2}, "a list of at least 2 entries"),
        ({"type": "array", "maxItems": 5}, "a list of at most 5 entries"),
        ({"type": "array", "minItems": 1, "maxItems": 5}, "a list of 1 to 5 entries"),
        ({"type": "object"}, "a mapping"),
        ({"type": "object", "properties": {"a": {}, "b": {}}}, "a mapping with keys from `a` and `b`"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "a number"),
        ({"anyOf": [{"type": "number"}, {"type": "string"}]}, "a number or text"),
        ({}, "something else"),
    ],
)
def test_demand(schema: dict[str, object], words: str) -> None:
    """The schema alone says what a field must be."""
    assert words == demand(schema)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("85%", "'85%'"),
        ("\x1b[2J", "'\\x1b[2J'"),
        ("x" * 100, "'" + "x" * 59 + "…'"),
        (1.0, "1"),
        (1e-5, "1e-05"),
        (True, "true"),
        (None, "nothing"),
        ((300, 100), "[300, 100]"),
        ({"cap": 1.5, "scope": "global"}, "{cap: 1.5, scope: global}"),
        ((1,) * 100, "[" + "1, " * 19 + "1" + "…"),
    ],
)
def test_show(value: object, words: str) -> None:
    """A value is shown as YAML writes it, short and without control characters."""
    assert words == show(value)


def test_names() -> None:
    """A list of names reads as English."""
    assert "`a`" == names(["a"])
    assert "`a`, `b` or `c`" == names(["a", "b", "c"], "or")
    assert "nothing" == names([])


def test_name_is_short_and_printable() -> None:
    """A key of the file cannot clear a terminal or fill it."""
    assert "`\\x1b[31m`" == name("\x1b[31m")
    assert 62 == len(name("k" * 1000))


def test_nearest() -> None:
    """A likely name is offered, else all names, else nothing."""
    assert "did you mean `points`?" == nearest("Ponits", ["title", "points"], "the keys are")
    assert "the keys are `title` and `points`." == nearest("zzz", ["title", "points"], "the keys are")
    assert "there are none." == nearest("zzz", [], "there are none")

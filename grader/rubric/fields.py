"""The mistakes in single fields: pydantic's errors as sentences, in the words of the field's JSON Schema."""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from grader.evidence.optimizers import settings_of
from grader.messages.english import in_english, names, nearest
from grader.messages.wording import LONGEST_NAME, quoted
from grader.rubric.document import Document, Mistake, Place

_MOST_KEYS = 8
_BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}
_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?%")


def field_mistakes(
    error: ValidationError, document: Document, schema: Mapping[str, Any]
) -> Iterator[Mistake]:
    """A mistake for each field that pydantic did not accept, but an item's unknown keys: see `items.py`."""
    for details in error.errors(include_url=False):
        place = details["loc"]
        if details["type"] == "missing":
            wanted = demand(_within(schema, place))
            message = f"{_named(place[:-1])} must have {quoted(str(place[-1]))}, {wanted}"
            yield document.mistake(place, message)
        elif place[-1] == "[key]":
            message = f"A name in {quoted(str(place[-3]))} must have small letters, digits and `_` alone"
            yield document.mistake(place, f"{message}. Received: {show(place[-2])}")
        elif details["type"] == "extra_forbidden":
            if not (len(place) == 3 and place[0] == "items"):
                yield _unknown(place, document, schema)
        # Entries that are refused are not counted, so pydantic calls their list too short as well.
        elif details["type"] != "too_short" or len(details["input"]) < details["ctx"]["min_length"]:
            yield _refused(details, document, schema)


def _unknown(place: Place, document: Document, schema: Mapping[str, Any]) -> Mistake:
    key = str(place[-1])
    if key.isdigit():
        hint = "Write a decimal with a point, as in 0.001, and a list in brackets, as in [300, 100]."
        return document.mistake(place, f"{quoted(key)} after a comma was read as a key", hint)
    allowed = _within(schema, place[:-1]).get("properties", ())
    owner = quoted(str(place[-2])) if place[:-1] else "a rubric"
    rest = nearest(key, allowed, f"{owner} takes")
    is_setting = "settings" in allowed and key in settings_of("")
    hint = f"Write it as `settings: {{{key}: ...}}`." if is_setting else ""
    return document.mistake(place, f"Unknown key {quoted(key)}; {rest}", hint)


def _refused(details: ErrorDetails, document: Document, schema: Mapping[str, Any]) -> Mistake:
    # A union adds the name of its branch to the place; the document knows where the value really is.
    place = details["loc"]
    while place not in document.lines:
        place = place[:-1]
    wanted, received = _within(schema, place), document.value(place)
    subject, shown = _named(place), show(received)
    if details["loc"][-1] == "[key]":
        return document.mistake(
            place,
            f"The name {subject} must be of the form `{details['ctx']['pattern'].strip('^$')}`",
            "Use a short name of small letters, digits and `_`.",
        )
    if details["type"] == "value_error":
        words = str(details["ctx"]["error"])
        colon = "" if words.startswith("must ") else ":"
        stop = "" if words.endswith("?") else "."
        return document.mistake(place, f"{subject}{colon} {words}{stop} Received: {shown}")
    if details["type"] == "too_long":
        shown = f"{len(received)} entries"
    words = demand(wanted, entry=bool(place) and isinstance(place[-1], int))
    message = f"{subject} must be {words}. Received: {shown}"
    return document.mistake(place, message, _hint(wanted, received))


def _hint(wanted: Mapping[str, Any], received: Any) -> str:
    """How to write it, where that can be told from what was written."""
    kinds = {choice.get("type") for choice in wanted.get("anyOf", [wanted])}
    if kinds & {"number", "integer"}:
        return _number_hint(wanted, received)
    if isinstance(received, str) and "array" in kinds:
        return "Write a list in brackets, even with one entry."
    if isinstance(received, str) and "enum" in wanted:
        # Keras' names have capitals.
        lower = {str(value).lower(): value for value in wanted["enum"]}
        match = difflib.get_close_matches(received.lower(), lower, n=1, cutoff=0.7)
        return f"Did you mean `{lower[match[0]]}`?" if match else ""
    if isinstance(received, int | float) and kinds == {"string"}:
        return "Put text that reads as a number, or as `true` or `false`, in quotes."
    return _mapping_hint(wanted, received) if kinds == {"object"} else ""


def _mapping_hint(wanted: Mapping[str, Any], received: Any) -> str:
    if received is not None and wanted.get("properties"):
        return f"Name each value, as in `{{{next(iter(wanted['properties']))}: ...}}`."
    if isinstance(received, str):
        return f"Write it as `{{{received}: {{...}}}}`, with its settings in the inner braces."
    return ""


def _number_hint(wanted: Mapping[str, Any], received: Any) -> str:
    percent = _PERCENT.fullmatch(received) if isinstance(received, str) else None
    if wanted.get("maximum", 2) <= 1 and (percent or (type(received) in {int, float} and received > 1)):
        share = float(percent[1] if percent else received)
        return f"Write {share / 100:g} for {share:g} %."
    if isinstance(received, str):
        return "Write a number without quotes, units and commas; a decimal has a point."
    return ""


def _named(place: Place) -> str:
    """What stands at a place, as the subject of a sentence."""
    if not place:
        return "The rubric"
    if isinstance(place[-1], int):
        return f"Entry {place[-1] + 1} of {_named(place[:-1])}"
    return quoted(place[-1])


def _within(schema: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
    """The part of a schema that is about a place, its references followed."""
    found = schema
    for step in place:
        inner = found.get("items", {}) if isinstance(step, int) else _entry(found, step)
        found = _resolved(inner, schema)
    return found


def _entry(schema: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The part about a key, or about any where a teacher chooses the keys, as those of `runs`."""
    chosen = next(iter(schema.get("patternProperties", {}).values()), schema.get("additionalProperties"))
    inner: Mapping[str, Any] = schema.get("properties", {}).get(key) or chosen or {}
    return inner


def _resolved(part: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part with its reference followed, and without `null` where that only means `left out`."""
    choices = [choice for choice in part.get("anyOf", ()) if choice.get("type") != "null"]
    if len(choices) == 1:
        part = choices[0]
    if "$ref" in part:
        return _resolved(schema["$defs"][part["$ref"].rpartition("/")[2]], schema)
    if "$ref" in part.get("items", ()):
        return {**part, "items": _resolved(part["items"], schema)}
    return part


def demand(schema: Mapping[str, Any], *, entry: bool = False) -> str:
    """What a JSON Schema, its references resolved, asks for: the words after `must be`.

    The schema of a text that is an `entry` of a list may have a noun as its title.
    """
    if values := schema.get("enum", [schema["const"]] if "const" in schema else []):
        return in_english([f"`{_flow(value)}`" for value in values], "or")
    if "anyOf" in schema:
        choices = [choice for choice in schema["anyOf"] if choice.get("type") != "null"]
        return " or ".join(dict.fromkeys(demand(choice) for choice in choices))
    kind = schema.get("type", "")
    if kind == "array":
        return f"a list of {_many(schema)}{_nouns(schema.get('items', {}))}"
    if kind == "object":
        keys = list(schema.get("properties", ()))
        return f"a mapping with {names(keys, 'or')}" if 0 < len(keys) <= _MOST_KEYS else "a mapping"
    if kind == "string" and entry and "title" in schema:
        return f"{'an' if schema['title'][0] in 'aeiou' else 'a'} {schema['title']}"
    words = {
        "number": "a number",
        "integer": "a whole number",
        "string": "text",
        "boolean": "`true` or `false`",
    }
    return f"{words.get(kind, 'something else')}{_form(schema) if kind == 'string' else _bounds(schema)}"


def _bounds(schema: Mapping[str, Any]) -> str:
    if "minimum" in schema and "maximum" in schema:
        return f" from {_flow(schema['minimum'])} to {_flow(schema['maximum'])}"
    bounds = " and ".join(f"{words} {_flow(schema[key])}" for key, words in _BOUNDS.items() if key in schema)
    return f" of {bounds}" if bounds.startswith("at") else f" {bounds}" if bounds else ""


def _form(schema: Mapping[str, Any]) -> str:
    if "examples" in schema:
        return f" such as {names(schema['examples'], 'or')}"
    form = f" of the form `{schema['pattern'].strip('^$')}`" if "pattern" in schema else ""
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if most is not None:
        return f"{form} of {f'{least} to' if least else 'at most'} {most} characters"
    return f"{form} that is not empty" if least else form


def _many(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    if most is not None:
        return f"{least} to {most} " if least else f"at most {most} "
    return "one or more " if least == 1 else f"at least {least} " if least else ""


def _nouns(schema: Mapping[str, Any]) -> str:
    """What the entries of a list are, as a plural."""
    if "title" in schema:
        return f"{schema['title'].lower()}s"
    word = {"integer": "whole numbers", "number": "numbers", "string": "texts", "object": "mappings"}
    return f"{word.get(schema.get('type', ''), 'entries')}{_bounds(schema)}"


def show(value: Any) -> str:
    """A value as YAML would write it, in at most `LONGEST_NAME` characters."""
    text = value if isinstance(value, str) else _flow(value)
    text = text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 3]}..."
    return repr(text) if isinstance(value, str) else text


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_flow(entry) for entry in value) + "]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{value:.0f}"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value)[1:-1] if isinstance(value, str) else repr(value)

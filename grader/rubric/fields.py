"""The mistakes in single fields: pydantic's errors as sentences, in the words of the field's JSON Schema."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from grader.rubric.document import Document, Place
from grader.rubric.mistakes import Mistake
from grader.rubric.wording import demand, name, nearest, show

_NUMBERS = ("number", "integer")


def field_mistakes(
    error: ValidationError, document: Document, schema: Mapping[str, Any]
) -> Iterator[Mistake]:
    """A mistake for each field that pydantic did not accept.

    Unknown keys of an item are left out, because they are about checks: `items.py` names them.

    Args:
        error: what pydantic says about the document's content.
        document: where the lines come from.
        schema: the JSON Schema of the whole form, where the words come from.
    """
    for details in error.errors(include_url=False):
        place = details["loc"]
        if details["type"] == "missing":
            yield _missing(place, document, schema)
        elif details["type"] == "extra_forbidden":
            if not _in_item(place):
                yield _unknown(place, document, schema)
        elif not _is_echo(details):
            yield _refused(details, document, schema)


def _missing(place: Place, document: Document, schema: Mapping[str, Any]) -> Mistake:
    wanted = demand(_resolved(_within(schema, place), schema))
    return Mistake(document.line(place), f"{_named(place[:-1])} must have {name(str(place[-1]))}, {wanted}")


def _unknown(place: Place, document: Document, schema: Mapping[str, Any]) -> Mistake:
    allowed = _resolved(_within(schema, place[:-1]), schema).get("properties", ())
    rest = nearest(
        str(place[-1]), allowed, f"{_named(place[:-1]) if place[:-1] else 'a rubric'} has the keys"
    )
    return Mistake(document.line(place), f"Unknown key {name(str(place[-1]))}; {rest}")


def _refused(details: ErrorDetails, document: Document, schema: Mapping[str, Any]) -> Mistake:
    # A union adds the name of its branch to the place; the document knows where the value really is.
    place = details["loc"]
    while place not in document.lines:
        place = place[:-1]
    wanted = _resolved(_within(schema, place), schema)
    words = f"must be {demand(wanted)}"
    if details["type"] == "value_error":
        words = str(details["ctx"]["error"])
    subject = _named(place) if words.startswith("must ") else f"{_named(place)}:"
    received = _at(document, place)
    shown = f"{len(received)} entries" if details["type"] == "too_long" else show(received)
    hint = "" if details["type"] == "value_error" else _hint(wanted, received)
    return Mistake(document.line(place), f"{subject} {words}. Received: {shown}", hint)


def _is_echo(details: ErrorDetails) -> bool:
    # Entries that are refused are not counted, so pydantic calls their list too short as well.
    return details["type"] == "too_short" and len(details["input"]) >= details["ctx"]["min_length"]


def _hint(wanted: Mapping[str, Any], received: Any) -> str:
    kinds = {choice.get("type") for choice in wanted.get("anyOf", [wanted])}
    if isinstance(received, str) and kinds & set(_NUMBERS):
        return "Write a number without quotes and units: a share as 0.85, a decimal with a point."
    if isinstance(received, str) and "array" in kinds:
        return "Write a list in brackets, even with one entry."
    if isinstance(received, int | float) and kinds == {"string"}:
        return "Put text that reads as a number, or as `true` or `false`, in quotes."
    return ""


def _named(place: Place) -> str:
    if not place:
        return "The rubric"
    if isinstance(place[-1], int):
        return f"Entry {place[-1] + 1} of {_named(place[:-1])}"
    return name(place[-1])


def _in_item(place: Place) -> bool:
    return len(place) == 3 and place[0] == "items"


def _at(document: Document, place: Place) -> Any:
    value: Any = document.content
    for step in place:
        value = value[step]
    return value


def _within(schema: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
    found = schema
    for step in place:
        inside = _resolved(found, schema)
        found = (
            inside.get("items", {}) if isinstance(step, int) else inside.get("properties", {}).get(step, {})
        )
    return found


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

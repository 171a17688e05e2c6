"""JSON from a student, read strictly: each key once, every number a number, and no bottomless nesting."""

import functools
import json
from collections import Counter
from typing import Any

from grader.errors import SubmissionError
from grader.messages.message import Message, say
from grader.messages.wording import quoted


class NotJsonError(SubmissionError):
    """The text is not JSON."""


def parse_json(name: str, text: str, advice: Message) -> Any:
    """Parse JSON; every number becomes a float, and `NaN`, `Infinity` and `-Infinity` stay texts.

    As texts they go through the same grammar as cells of a CSV, and cannot be mistaken for a missing value.
    A float holds every whole number up to 2**53; an integer of thousands of digits becomes infinity.
    Raises NotJsonError with the advice, and another SubmissionError for a key that stands twice or too much
    nesting.
    """
    try:
        return json.loads(
            text, object_pairs_hook=functools.partial(_unique, name), parse_int=float, parse_constant=str
        )
    except json.JSONDecodeError as error:
        raise NotJsonError(
            say(
                "{name} is not valid JSON: {msg} at line {lineno}, column {colno}.",
                name=quoted(name),
                msg=error.msg[:1].lower() + error.msg[1:],
                lineno=error.lineno,
                colno=error.colno,
            ),
            advice,
        ) from None
    except RecursionError:
        raise SubmissionError(
            say("The JSON in {name} is nested too deeply.", name=quoted(name)), advice
        ) from None


def _unique(name: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique: dict[str, Any] = dict(pairs)
    if len(unique) < len(pairs):
        (twice, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        sentence = say(
            "{name} has the key {key} twice in one object; each may occur once.",
            name=quoted(name),
            key=quoted(twice),
        )
        raise SubmissionError(sentence, say("Rename one of the keys or remove it."))
    return unique

"""Reads JSON strictly: no key twice, no number that is not one, no depth that breaks the reader."""

import json
from typing import Any

from grader.errors import SubmissionError
from grader.measure.log.wording import ADVICE, shown
from grader.messages.message import say, together

_DUMP = together(
    say("Write it with `json.dump(history.history, file)`; what `print` or `str` shows is not JSON."), ADVICE
)


class NotJsonError(SubmissionError):
    """The text is not JSON."""


class _RepeatedKeyError(ValueError):
    """An object has a key twice."""


def parse_json(name: str, text: str) -> Any:
    """Parse JSON; every number becomes a float, and `NaN`, `Infinity` and `-Infinity` stay texts.

    As texts they go through the same grammar as cells of a CSV, and cannot be mistaken for a missing value.
    A float holds every whole number up to 2**53; an integer of thousands of digits becomes infinity.

    Args:
        name: the file's name, for the sentences.
        text: the document.

    Raises:
        NotJsonError: It is not JSON.
        SubmissionError: It has a key twice in one object or is nested too deeply.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_int=float, parse_constant=str)
    except _RepeatedKeyError as error:
        raise SubmissionError(
            say(
                "The log {name} has the key {error} twice in one object; each must be there once.",
                name=shown(name),
                error=shown(str(error)),
            ),
            say("Rename one of the keys or take it out."),
        ) from None
    except json.JSONDecodeError as error:
        raise NotJsonError(
            say(
                "The log {name} is not valid JSON: {msg} at line {lineno}, column {colno}.",
                name=shown(name),
                msg=_lower(error.msg),
                lineno=error.lineno,
                colno=error.colno,
            ),
            _DUMP,
        ) from None
    except RecursionError:
        raise SubmissionError(
            say("The log {name} is nested too deeply to be a log.", name=shown(name)), ADVICE
        ) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _RepeatedKeyError(next(key for key in keys if keys.count(key) > 1))
    return unique


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]

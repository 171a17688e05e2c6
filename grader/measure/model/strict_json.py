"""JSON from a student's file: strict, and with bounds on its depth and size."""

import json
import math
from typing import Any

from grader.measure.model.reading import Limits, Reading, refusal
from grader.messages.message import Message, say

# Python itself gives up far later.
MOST_DIGITS = 400


class _NotAllowedError(ValueError):
    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


def read_json(reading: Reading, what: Message, content: bytes | str) -> dict[str, Any]:
    """A JSON object from UTF-8 bytes or text; refused if it is not strictly valid, or over the limits."""
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_int
        )
        return _bounded(reading.limits, value)
    except RecursionError:
        reason = _too_deep(reading.limits)
    except UnicodeDecodeError:
        reason = say("it is not UTF-8 text")
    except json.JSONDecodeError as error:
        reason = say("it is not JSON from character {pos} on", pos=error.pos)
    except _NotAllowedError as error:
        reason = error.reason
    raise refusal(
        say("{what} of `{file}` cannot be read: {reason}.", what=what, file=reading.name, reason=reason)
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _NotAllowedError(say("an object in it has the same key twice"))
    return result


def _constant(name: str) -> Any:
    raise _NotAllowedError(say("{name} is not a JSON number", name=name))


def _int(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise _NotAllowedError(say("a number has {digits} digits", digits=len(text)))
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _NotAllowedError(say("a number is too large"))
    return number


def _bounded(limits: Limits, whole: Any) -> dict[str, Any]:
    if not isinstance(whole, dict):
        raise _NotAllowedError(say("it is not an object"))
    nodes = 0
    waiting: list[tuple[int, Any]] = [(1, whole)]
    while waiting:
        depth, value = waiting.pop()
        nodes += 1
        if depth > limits.depth:
            raise _NotAllowedError(_too_deep(limits))
        if nodes > limits.nodes:
            raise _NotAllowedError(say("it has more than {nodes} values", nodes=limits.nodes))
        if isinstance(value, dict):
            waiting.extend((depth, key) for key in value)
            waiting.extend((depth + 1, part) for part in value.values())
        elif isinstance(value, list):
            waiting.extend((depth + 1, part) for part in value)
        elif isinstance(value, str):
            _check_text(limits, value)
    return whole


def _check_text(limits: Limits, text: str) -> None:
    count, most = len(text), limits.text
    if count > most:
        raise _NotAllowedError(
            say("a text in it has {count} characters, at most {text} are read", count=count, text=most)
        )
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise _NotAllowedError(say("a text in it has invalid characters"))


def _too_deep(limits: Limits) -> Message:
    return say("its values are nested more than {depth} deep", depth=limits.depth)

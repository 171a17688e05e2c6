"""Plain values in a config: sizes, seeds, dtypes, and what else has no object in it."""

from typing import Any

from grader.errors import SubmissionError
from grader.measure.model.allowlist import DTYPES
from grader.measure.model.reading import OWN_LAYERS, SAVE_AGAIN, Reading, shown
from grader.messages.message import Message, say

LARGEST_SEED = 2**63
OBJECT_MARKS = ("class_name", "module", "registered_name")


def dtype(reading: Reading, layer: str, value: Any) -> str | None:
    """A dtype or dtype policy by its name.

    Raises:
        SubmissionError: it is none that the layers of the allow-list compute in.
    """
    name = value
    if isinstance(value, dict) and value.get("class_name") in ("DTypePolicy", "Policy", "FloatDTypePolicy"):
        config = value.get("config")
        name = config.get("name") if isinstance(config, dict) else None
    if name is None and value is None:
        return None
    if not isinstance(name, str) or name not in DTYPES:
        raise SubmissionError(
            say(
                "The layer `{layer}` of `{file}` computes in `{value}`; this is not loaded here.",
                layer=shown(layer),
                file=reading.name,
                value=class_or_value(value),
            ),
            say("Build the model in `float32`, Keras' default, train it and save it again."),
        )
    return name


def seed(reading: Reading, layer: str, value: Any) -> int | None:
    """A seed; of a generator, the seed that it began with.

    Raises:
        SubmissionError: it is not a whole number.
    """
    number = seed_of(value)
    if number is None:
        return None
    if not whole(number) or not 0 <= number < LARGEST_SEED:
        raise _bad_argument(reading, layer, "seed", number, say("a whole number from 0 on"))
    return int(number)


def seed_of(value: Any) -> Any:
    """The seed that a stored generator began with; anything else as it is."""
    if not isinstance(value, dict) or value.get("class_name") != "SeedGenerator":
        return value
    config = value.get("config")
    return config.get("seed") if isinstance(config, dict) else None


def size(reading: Reading, layer: str, key: str, value: Any) -> Any:
    """A size of a layer, or a list of them: whole numbers from 1 on.

    Raises:
        SubmissionError: it is something else.
    """
    largest = reading.limits.whole_number
    for part in value if isinstance(value, list) else [value]:
        if part is not None and (not whole(part) or not 1 <= part <= largest):
            raise _bad_argument(
                reading, layer, key, value, say("a whole number from 1 to {largest}", largest=largest)
            )
    return plain(reading, layer, key, value)


def plain(reading: Reading, layer: str, key: str, value: Any) -> Any:
    """A value with no object in it: None, a truth value, number or text, and lists and dictionaries of them.

    Raises:
        SubmissionError: it is or holds an object, or a number that is too large.
    """
    if isinstance(value, list):
        return [plain(reading, layer, key, part) for part in value]
    if isinstance(value, dict):
        if any(mark in value for mark in OBJECT_MARKS):
            raise foreign(reading, layer, key, value)
        return {name: plain(reading, layer, key, part) for name, part in value.items()}
    largest = reading.limits.whole_number
    if whole(value) and abs(value) > largest:
        raise _bad_argument(
            reading, layer, key, value, say("a whole number from -{largest} to {largest}", largest=largest)
        )
    return value


def whole(value: Any) -> bool:
    """Whether this is a whole number; `true` and `2.0` are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def snake_case(name: str) -> str:
    """`HeNormal` as Keras writes it in texts: `he_normal`."""
    parts = (
        f"_{letter.lower()}" if letter.isupper() and index else letter.lower()
        for index, letter in enumerate(name)
    )
    return "".join(parts)


def _bad_argument(reading: Reading, layer: str, key: str, value: Any, asked: Message) -> SubmissionError:
    return SubmissionError(
        say(
            "The layer `{layer}` of `{file}` has `{key}` {value}; {asked} was asked for.",
            layer=shown(layer),
            file=reading.name,
            key=shown(key),
            value=shown(value),
            asked=asked,
        ),
        SAVE_AGAIN,
    )


def class_or_value(value: Any) -> str:
    """What stands there, fit to show: the class or function of an object, else the value."""
    if isinstance(value, dict):
        config = value.get("config")
        if value.get("class_name") == "function" and isinstance(config, str):
            return shown(config)
        return shown(value.get("class_name", "an object"))
    return shown(value)


def foreign(reading: Reading, layer: str, what: str, value: Any) -> SubmissionError:
    """That an object of this kind is not in the allow-list."""
    return SubmissionError(
        say(
            "The {what} `{value}` of the layer `{layer}` in `{file}` is not one of Keras' own "
            "that are loaded here.",
            what=shown(what),
            value=class_or_value(value),
            layer=shown(layer),
            file=reading.name,
        ),
        OWN_LAYERS,
    )

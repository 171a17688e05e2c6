"""What every step of reading one model file needs: its name, the limits, notes, shared advice, and JSON."""

import json
import math
from dataclasses import dataclass, field
from typing import Any

from grader import rubric
from grader.errors import SubmissionError
from grader.messages.message import Message, say
from grader.messages.safe_text import plain

MEBIBYTE = 2**20
LONGEST_SHOWN = 80
# Python itself gives up far later.
MOST_DIGITS = 400
_DEFAULT = rubric.Limits()

SAVE_AGAIN = say(
    'Save the trained model again with `model.save("model.keras")` and submit that file as it is.'
)
SAVE_STATE = say('Save the weights with `torch.save(model.state_dict(), "model.pt")` and submit that file.')
OWN_LAYERS = say(
    "Build the network from layers of `keras.layers`, with `keras.Sequential` or "
    '`keras.Model(inputs, outputs)`, train it, save it with `model.save("model.keras")` and submit '
    "that file."
)
UPLOAD_AGAIN = say(
    "Check that the file is as large as where you trained the model and upload it again, or save the "
    'model again with `model.save("model.keras")`.'
)
NUMBERS_ONLY = say(
    "Prepare the data outside of the model, so that the model takes numbers, and save it again."
)
SMALLER = say("Submit a smaller network, or ask your teacher to raise this limit.")


@dataclass(frozen=True)
class Limits:
    """How large a model file and each part of it may be."""

    # Of the file, and of its weights once unpacked; of layers, nested ones counted; of numbers in weights.
    of_rubric: rubric.Limits = _DEFAULT
    config_bytes: int = 4 * MEBIBYTE  # of the JSON that describes the network
    metadata_bytes: int = 64 * 2**10  # of the JSON that says which Keras wrote the file
    members: int = 64  # files in the archive
    depth: int = 40  # levels of JSON inside each other
    nodes: int = 200_000  # values in the JSON
    text: int = 2000  # characters in one text of the JSON
    name: int = 100  # characters in the name of a layer
    whole_number: int = 2**20  # the largest size, of either sign, that a layer may be given
    calls: int = 2000  # of layers in a functional network
    dimensions: int = 8  # of an input
    hdf5_depth: int = 32  # levels of groups inside each other in the HDF5 file
    hdf5_objects: int = 20_000  # groups and arrays in the HDF5 file
    attribute_bytes: int = 4 * MEBIBYTE  # of one attribute in the HDF5 file
    compression: int = 50  # how many times larger than its place in the file an array may be
    compression_free_bytes: int = MEBIBYTE  # arrays up to here may be compressed as they like
    notes: int = 50  # sentences about what was changed


@dataclass(frozen=True)
class Reading:
    """One model file while it is read; `notes` and `shared` grow as the steps go."""

    name: str  # fit to show
    limits: Limits
    notes: list[Message] = field(default_factory=list)  # on what was changed, each once
    shared: dict[int, str] = field(default_factory=dict)  # what a shared object looked like at first

    def note(self, sentence: Message) -> None:
        """Keep a sentence on what was changed."""
        if sentence not in self.notes and len(self.notes) < self.limits.notes:
            self.notes.append(sentence)


def start(name: str, limits: Limits) -> Reading:
    """Begin to read the file of this name."""
    return Reading(shown(name.replace("\\", "/").rpartition("/")[2]), limits)


def shown(text: object, longest: int = LONGEST_SHOWN) -> str:
    """A text of the file in which nothing acts, shortened, fit to stand in backticks."""
    return plain(str(text), longest).replace("`", "'")


def refusal(message: Message, hint: Message = SAVE_AGAIN) -> SubmissionError:
    """The refusal of a model; where nothing better is known, the hint is to save it again."""
    return SubmissionError(message, hint)


def check_weights(reading: Reading, total: int) -> None:
    """Refuse a model with more numbers in its weights than the rubric's limit."""
    most = reading.limits.of_rubric.parameters
    if total > most:
        sentence = say(
            "`{file}` has {total} weights; at most {parameters} are read.",
            file=reading.name,
            total=total,
            parameters=most,
        )
        raise refusal(sentence, SMALLER)


def too_large(reading: Reading, name: str, longest: int) -> SubmissionError:
    """The refusal of a part of the file that has more bytes than are read."""
    return refusal(
        say(
            "The `{name}` in `{file}` is larger than {longest} bytes, the most that is read.",
            name=name,
            file=reading.name,
            longest=longest,
        )
    )


class _NotAllowedError(ValueError):
    """JSON that is valid and not accepted; the reason is its only argument."""


def read_json(reading: Reading, name: str, content: bytes | str) -> dict[str, Any]:
    """The JSON object in this part of the file; refused if it is not strictly valid, or over a limit."""
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
        (reason,) = error.args
    raise refusal(
        say("The `{name}` of `{file}` cannot be read: {reason}.", name=name, file=reading.name, reason=reason)
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

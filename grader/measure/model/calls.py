"""How the layers of a functional network call each other, as data.

A call may name tensors of this network and plain values, and nothing else:
in Keras, an object among the arguments of a call would run while the file is loaded.
"""

from collections.abc import Mapping
from typing import Any

from grader.errors import SubmissionError
from grader.measure.model import values
from grader.measure.model.allowlist import DTYPES
from grader.measure.model.reading import SAVE_AGAIN, Reading, shown
from grader.messages.message import say

Call = dict[str, Any]
Calls = list[Call]


def clean_calls(reading: Reading, layer: str, calls: Any, names: Mapping[str, str]) -> Calls:
    """The calls of one layer, each with its arguments as Keras 3 writes them.

    Args:
        reading: the file.
        layer: the layer's name.
        calls: its `inbound_nodes`.
        names: the names of the layers of this network, as stored and as cleaned.

    Raises:
        SubmissionError: a call has an object among its arguments, or names a layer that is not there.
    """
    if not isinstance(calls, list):
        raise _broken(reading, layer)
    return [_call(reading, layer, call, names) for call in calls]


def clean_ends(reading: Reading, ends: Any, names: Mapping[str, str]) -> Any:
    """The inputs or outputs of a network: `[name, call, tensor]`, or lists and dictionaries of these.

    Raises:
        SubmissionError: they name a layer that is not there.
    """
    if isinstance(ends, dict):
        return {key: clean_ends(reading, part, names) for key, part in ends.items()}
    if not isinstance(ends, list) or not ends:
        raise _broken(reading, "outputs")
    if isinstance(ends[0], str):
        return _history(reading, "outputs", ends, names)
    return [clean_ends(reading, part, names) for part in ends]


def _call(reading: Reading, layer: str, call: Any, names: Mapping[str, str]) -> Call:
    if isinstance(call, dict) and set(call) == {"args", "kwargs"} and isinstance(call["kwargs"], dict):
        return {key: _value(reading, layer, call[key], names) for key in ("args", "kwargs")}
    if (
        isinstance(call, list)
        and call
        and all(isinstance(part, list) and len(part) in (3, 4) for part in call)
    ):
        return _call_of_keras_2(reading, layer, call, names)
    raise _broken(reading, layer)


def _call_of_keras_2(reading: Reading, layer: str, call: list[Any], names: Mapping[str, str]) -> Call:
    """A call that lists its tensors as `[name, call, tensor, other arguments]`."""
    inputs = [_marked(_history(reading, layer, part[:3], names)) for part in call]
    arguments = call[0][3] if len(call[0]) == 4 else {}
    if not isinstance(arguments, dict):
        raise _broken(reading, layer)
    others = {
        key: _marked(_history(reading, layer, value, names))
        if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str) and value[0] in names
        else values.plain(reading, layer, key, value)
        for key, value in arguments.items()
    }
    return {"args": [inputs[0] if len(inputs) == 1 else inputs], "kwargs": others}


def _marked(history: list[Any]) -> dict[str, Any]:
    """A tensor in the form of Keras 3, which looks only at where it comes from."""
    config = {"shape": [None], "dtype": "float32", "keras_history": history}
    return {"class_name": "__keras_tensor__", "config": config}


def _value(reading: Reading, layer: str, value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_value(reading, layer, part, names) for part in value]
    if not isinstance(value, dict):
        return values.plain(reading, layer, "call", value)
    if "class_name" not in value:
        if any(mark in value for mark in values.OBJECT_MARKS):
            raise _object(reading, layer, value)
        return {key: _value(reading, layer, part, names) for key, part in value.items()}
    kind, config = value["class_name"], value.get("config")
    if set(value) - {"class_name", "config"} or not isinstance(config, dict):
        raise _object(reading, layer, value)
    if kind == "__keras_tensor__":
        return {"class_name": kind, "config": _tensor(reading, layer, config, names)}
    if kind == "__slice__" and set(config) == {"start", "stop", "step"}:
        return {"class_name": kind, "config": {key: _bound(reading, layer, config[key]) for key in config}}
    if kind == "__ellipsis__" and not config:
        return {"class_name": kind, "config": {}}
    raise _object(reading, layer, value)


def _bound(reading: Reading, layer: str, value: Any) -> Any:
    if value is not None and not values.whole(value):
        raise _broken(reading, layer)
    return values.plain(reading, layer, "slice", value)


def _tensor(reading: Reading, layer: str, config: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    shape, dtype = config.get("shape"), config.get("dtype")
    if not isinstance(shape, list) or not all(part is None or values.whole(part) for part in shape):
        raise _broken(reading, layer)
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise _broken(reading, layer)
    history = _history(reading, layer, config.get("keras_history"), names)
    return {"shape": values.plain(reading, layer, "shape", shape), "dtype": dtype, "keras_history": history}


def _history(reading: Reading, layer: str, value: Any, names: Mapping[str, str]) -> list[Any]:
    match value:
        case [str() as name, int() as call, int() as tensor] if values.whole(call) and values.whole(tensor):
            if name not in names:
                raise SubmissionError(
                    say(
                        "The network of `{file}` uses a layer `{name}` that is not in it.",
                        file=reading.name,
                        name=shown(name),
                    ),
                    SAVE_AGAIN,
                )
            if 0 <= call <= reading.limits.calls and 0 <= tensor <= reading.limits.calls:
                return [names[name], call, tensor]
    raise _broken(reading, layer)


def _object(reading: Reading, layer: str, value: dict[str, Any]) -> SubmissionError:
    return SubmissionError(
        say(
            "The layer `{layer}` of `{file}` is called with `{get}`; only tensors and plain numbers are "
            "loaded there.",
            layer=shown(layer),
            file=reading.name,
            get=shown(value.get("class_name")),
        ),
        say(
            "Put constant arrays into the data or into a layer such as `keras.layers.Rescaling`, then "
            "train and save the model again."
        ),
    )


def _broken(reading: Reading, layer: str) -> SubmissionError:
    return SubmissionError(
        say(
            "The connections of the layer `{layer}` in `{file}` are not as Keras writes them.",
            layer=shown(layer),
            file=reading.name,
        ),
        SAVE_AGAIN,
    )

"""How the layers of a functional network call each other, as data.

A call may name tensors of this network and plain values, and nothing else, or a SubmissionError is raised:
in Keras, an object among the arguments of a call would run while the file is loaded.
"""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from grader.errors import SubmissionError
from grader.measure.model import values
from grader.measure.model.allowlist import DTYPES
from grader.measure.model.reading import Reading, refusal, shown
from grader.messages.message import say

Call = dict[str, Any]
Calls = list[Call]
# A layer, and which of its calls.
Tensor = tuple[str, int]


def clean_calls(reading: Reading, layer: str, calls: Any, names: Mapping[str, str]) -> Calls:
    """The calls of one layer, its `inbound_nodes`, each with its arguments as Keras 3 writes them.

    The names are those of the layers of this network, as stored and as cleaned.
    """
    if not isinstance(calls, list):
        raise _broken(layer)
    return [_call(reading, layer, call, names) for call in calls]


# Arguments of calls that Keras takes for tensors without asking.
_OF_TENSORS = ("mask", "query_mask", "value_mask", "key_mask", "attention_mask", "initial_state")


def clean_ends(reading: Reading, ends: Any, names: Mapping[str, str]) -> Any:
    """The inputs or outputs of a network: `[name, call, tensor]`, or lists and dictionaries of these."""
    if isinstance(ends, dict) and ends:
        return {key: clean_ends(reading, part, names) for key, part in ends.items()}
    if not isinstance(ends, list) or not ends:
        raise _broken("outputs")
    if isinstance(ends[0], str):
        return _history(reading, "outputs", ends, names)
    return [clean_ends(reading, part, names) for part in ends]


def _call(reading: Reading, layer: str, call: Any, names: Mapping[str, str]) -> Call:
    if isinstance(call, dict) and set(call) == {"args", "kwargs"} and isinstance(call["kwargs"], dict):
        found = {key: _value(reading, layer, call[key], names) for key in ("args", "kwargs")}
    elif (
        isinstance(call, list)
        and call
        and all(isinstance(part, list) and len(part) in (3, 4) for part in call)
    ):
        found = _call_of_keras_2(reading, layer, call, names)
    else:
        raise _broken(layer)
    if any(not _is_tensors(found["kwargs"].get(key)) for key in _OF_TENSORS):
        raise _broken(layer)
    return found


def _is_tensors(value: Any) -> bool:
    """Whether this is nothing, a tensor, or a list of these."""
    parts = value if isinstance(value, list) else [value]
    return all(
        part is None or (isinstance(part, dict) and part.get("class_name") == "__keras_tensor__")
        for part in parts
    )


def _call_of_keras_2(reading: Reading, layer: str, call: list[Any], names: Mapping[str, str]) -> Call:
    """A call that lists its tensors as `[name, call, tensor, other arguments]`."""
    inputs = [_marked(_history(reading, layer, part[:3], names)) for part in call]
    arguments = call[0][3] if len(call[0]) == 4 else {}
    if not isinstance(arguments, dict):
        raise _broken(layer)
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
    if not any(mark in value for mark in values.OBJECT_MARKS):
        return {key: _value(reading, layer, part, names) for key, part in value.items()}
    kind, config = value.get("class_name"), value.get("config")
    if set(value) == {"class_name", "config"} and isinstance(config, dict):
        if kind == "__keras_tensor__":
            return {"class_name": kind, "config": _tensor(reading, layer, config, names)}
        if kind == "__slice__" and set(config) == {"start", "stop", "step"}:
            bounds = {key: _number(reading, layer, "slice", value) for key, value in config.items()}
            return {"class_name": kind, "config": bounds}
        if kind == "__ellipsis__" and not config:
            return {"class_name": kind, "config": {}}
    raise refusal(
        say(
            "The layer `{layer}` is called with `{kind}`; only tensors and plain numbers are accepted.",
            layer=shown(layer),
            kind=shown(kind),
        ),
        say(
            "Put constant arrays into the data or into a layer such as `keras.layers.Rescaling`, then "
            "train and save the model again."
        ),
    )


def _tensor(reading: Reading, layer: str, config: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    shape, dtype = config.get("shape"), config.get("dtype")
    if not isinstance(shape, list) or not isinstance(dtype, str) or dtype not in DTYPES:
        raise _broken(layer)
    sizes = [_number(reading, layer, "shape", size) for size in shape]
    history = _history(reading, layer, config.get("keras_history"), names)
    return {"shape": sizes, "dtype": dtype, "keras_history": history}


def _number(reading: Reading, layer: str, key: str, value: Any) -> Any:
    """A whole number, or None where it is left open."""
    if value is not None and not values.whole(value):
        raise _broken(layer)
    return values.plain(reading, layer, key, value)


def _history(reading: Reading, layer: str, value: Any, names: Mapping[str, str]) -> list[Any]:
    match value:
        case [str() as name, int() as call, int() as tensor] if values.whole(call) and values.whole(tensor):
            if name not in names:
                raise refusal(say("The network uses a layer `{name}` that is not in it.", name=shown(name)))
            if 0 <= call <= reading.limits.calls and 0 <= tensor <= reading.limits.calls:
                return [names[name], call, tensor]
    raise _broken(layer)


def _broken(layer: str) -> SubmissionError:
    return refusal(
        say("The connections of the layer `{layer}` are not as Keras writes them.", layer=shown(layer))
    )


def check_reached(layers: Mapping[str, Calls], networks: frozenset[str], ends: Any) -> None:
    """Check that every layer and every call leads to an output, as in every network that Keras saves.

    Otherwise a layer could stand in the file for show, or be called while the file is loaded. Of a nested
    network all calls count, because each Keras numbers them in its own way.
    """
    reached: set[Tensor] = set()
    waiting: list[Tensor] = [(end[0], end[1]) for end in tensors(ends)]
    while waiting:
        layer, number = waiting.pop()
        calls = layers[layer]
        for index in range(len(calls)) if layer in networks else [number]:
            if (layer, index) in reached:
                continue
            reached.add((layer, index))
            if index < len(calls):
                waiting.extend((use[0], use[1]) for use in histories(calls[index]))
            elif index > 0:
                raise refusal(
                    say(
                        "The network uses call {index} of the layer `{layer}`; its last call is {last}.",
                        index=index,
                        layer=shown(layer),
                        last=max(0, len(calls) - 1),
                    )
                )
    for layer, calls in layers.items():
        if any((layer, index) not in reached for index in range(max(1, len(calls)))):
            raise refusal(say("The layer `{layer}` leads to no output.", layer=shown(layer)))


def check_no_loop(layers: Mapping[str, Calls], networks: frozenset[str]) -> None:
    """Check that no call waits for itself; those of nested networks are left out, as Keras finds them."""
    needs = {
        (layer, index): [(use[0], use[1]) for use in histories(call) if use[0] not in networks]
        for layer, calls in layers.items()
        if layer not in networks
        for index, call in enumerate(calls)
    }
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        (layer, _), *_ = error.args[1]
        raise refusal(
            say("The layer `{layer}` needs its own output; a network has no loops.", layer=shown(layer))
        ) from error


def todays_numbers(layers: Mapping[str, Calls], nested: Mapping[str, str], outputs: Any) -> None:
    """Number the calls of nested networks from 0, as Keras 3 does; Keras 2 counts their own making as call 0.

    Calls and outputs are changed; in outputs, Keras 3 too counts a functional network from 1.
    """
    uses = [history for calls in layers.values() for history in histories(calls)]
    ends = list(tensors(outputs))
    for name, kind in nested.items():
        highest = max((use[1] for use in [*uses, *ends] if use[0] == name), default=0)
        if highest != len(layers[name]):
            continue
        for use in uses:
            use[1] -= use[0] == name
        for end in ends:
            end[1] -= end[0] == name and kind == "Sequential"


def tensors(ends: Any) -> Iterator[list[Any]]:
    """The inputs or outputs of a network one by one: `[name, call, tensor]` each."""
    if isinstance(ends, list) and isinstance(ends[0], str):
        yield ends
    else:
        for part in ends.values() if isinstance(ends, dict) else ends:
            yield from tensors(part)


def histories(value: Any) -> Iterator[list[Any]]:
    """Where the tensors in a call come from: `[name, call, tensor]` each."""
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        yield value["config"]["keras_history"]
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from histories(part)

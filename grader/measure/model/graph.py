"""The connections of a functional network as a whole: what leads to an output, and how calls are numbered."""

from collections.abc import Iterable, Mapping
from typing import Any

from grader.errors import SubmissionError
from grader.measure.model.calls import Calls
from grader.measure.model.reading import SAVE_AGAIN, Reading, shown
from grader.messages.message import say

Tensor = tuple[str, int]


def check_reached(reading: Reading, layers: Mapping[str, Calls], networks: frozenset[str], ends: Any) -> None:
    """Check that every layer and every call leads to an output, as in every network that Keras saves.

    Otherwise a layer could stand in the file for show, or be called while the file is loaded.

    Args:
        reading: the file.
        layers: the cleaned calls of each layer.
        networks: the layers that are networks themselves; Keras counts their calls differently.
        ends: the cleaned outputs.

    Raises:
        SubmissionError: a layer or a call leads nowhere.
    """
    reached: set[Tensor] = set()
    waiting: list[Tensor] = [(end[0], end[1]) for end in _ends(ends)]
    while waiting:
        layer, number = waiting.pop()
        calls = layers[layer]
        for index in range(len(calls)) if layer in networks else [number]:
            if (layer, index) in reached:
                continue
            reached.add((layer, index))
            if index < len(calls):
                waiting.extend((use[0], use[1]) for use in _histories(calls[index]))
            elif index > 0:
                raise SubmissionError(
                    say(
                        "The network of `{file}` uses call {index} of the layer `{layer}`; its last call "
                        "is {last}.",
                        file=reading.name,
                        index=index,
                        layer=shown(layer),
                        last=max(0, len(calls) - 1),
                    ),
                    SAVE_AGAIN,
                )
    for layer, calls in layers.items():
        if any((layer, index) not in reached for index in range(max(1, len(calls)))):
            raise SubmissionError(
                say(
                    "The layer `{layer}` of `{file}` leads to no output.",
                    layer=shown(layer),
                    file=reading.name,
                ),
                SAVE_AGAIN,
            )


def check_no_loop(reading: Reading, layers: Mapping[str, Calls], networks: frozenset[str]) -> None:
    """Check that no call waits for itself.

    Calls of nested networks are left out, because each Keras counts them in its own way; Keras finds those.

    Args:
        reading: the file.
        layers: the cleaned calls of each layer.
        networks: the layers that are networks themselves.

    Raises:
        SubmissionError: a layer needs its own output.
    """
    needs = {
        (layer, index): [(use[0], use[1]) for use in _histories(call) if use[0] not in networks]
        for layer, calls in layers.items()
        if layer not in networks
        for index, call in enumerate(calls)
    }
    # Kahn's algorithm: what needs nothing that is left goes, and a loop stays.
    left = {call: sum(need in needs for need in called) for call, called in needs.items()}
    waited_for: dict[Tensor, list[Tensor]] = {}
    for call, called in needs.items():
        for need in called:
            waited_for.setdefault(need, []).append(call)
    ready = [call for call, count in left.items() if count == 0]
    while ready:
        done = ready.pop()
        del left[done]
        for call in waited_for.get(done, ()):
            left[call] -= 1
            if left[call] == 0:
                ready.append(call)
    if left:
        layer, _ = next(iter(left))
        raise SubmissionError(
            say(
                "The layer `{layer}` of `{file}` needs its own output; a network has no loops.",
                layer=shown(layer),
                file=reading.name,
            ),
            SAVE_AGAIN,
        )


def todays_numbers(layers: Mapping[str, Calls], nested: Mapping[str, str], outputs: Any) -> None:
    """Number the calls of nested networks from 0, as Keras 3 does; Keras 2 counts their own making as call 0.

    Args:
        layers: the cleaned calls of each layer, which are changed.
        nested: the class of each layer that is a network.
        outputs: the cleaned outputs, which are changed; there Keras 3 too counts a functional network from 1.
    """
    uses = [history for calls in layers.values() for history in _histories(calls)]
    ends = list(_ends(outputs))
    for name, kind in nested.items():
        highest = max((use[1] for use in [*uses, *ends] if use[0] == name), default=0)
        if highest != len(layers[name]):
            continue
        for use in uses:
            use[1] -= use[0] == name
        for end in ends:
            end[1] -= end[0] == name and kind == "Sequential"


def _ends(ends: Any) -> Iterable[list[Any]]:
    if isinstance(ends, list) and isinstance(ends[0], str):
        yield ends
    else:
        for part in ends.values() if isinstance(ends, dict) else ends:
            yield from _ends(part)


def _histories(value: Any) -> Iterable[list[Any]]:
    """Where the tensors in a call come from: `[name, call, tensor]` each."""
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        yield value["config"]["keras_history"]
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _histories(part)

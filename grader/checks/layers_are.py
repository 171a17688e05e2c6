"""Compares the layers of the network, in their order, with those asked for."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Self

from pydantic import Field, model_validator

from grader.checks import Check
from grader.evidence.layers import ALIASES, check_layer
from grader.evidence.model import Layer, LayerSetting, Model
from grader.messages.message import EMPTY, Message, joined, say, say_counted
from grader.messages.wording import listed, number, quoted
from grader.report import Finding, failed, passed

ANY_NUMBER = "..."
_MOST_SHOWN = 12
# They are an activation of the layer before them, written as a layer of its own.
_ACTIVATIONS = {"ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "Softmax": "softmax"}
_NAME = Annotated[str, Field(min_length=1, max_length=60)]
_Numbers = Annotated[tuple[float, ...], Field(strict=False, max_length=8)]
_Settings = Mapping[_NAME, bool | int | float | _NAME | _Numbers]
_Entry = _NAME | Annotated[Mapping[_NAME, _Settings], Field(min_length=1, max_length=1)]


@dataclass(frozen=True)
class _Asked:
    """A layer that is asked for: its kind, and those of its settings that are not left open."""

    kind: str
    settings: Mapping[str, LayerSetting]

    def is_any_number(self) -> bool:
        return self.kind == ANY_NUMBER

    def fits(self, layer: Layer) -> bool:
        return layer.kind == self.kind and all(
            _same(layer.settings.get(name), asked) for name, asked in self.settings.items()
        )


class LayersAre(Check):
    """Are the layers of the network those asked for, in this order?

    The layers of the model file are compared one by one with `layers`. An entry is a layer's name in
    `keras.layers`, or a name with settings that must be as given: units, filters, kernel size, rate,
    activation, ...; what is left out may be anything. The entry `...` stands for any number of layers, and
    for none. One number is right for each dimension: `kernel_size: 3` is `(3, 3)`. Nested networks are
    opened. Layers of the kinds in `beside` may stand anywhere and are not counted, unless `layers` names
    them. An activation that is a layer of its own counts as that of the layer before it, unless `layers`
    names one.

    The report names the first layer that differs.

    Args:
        layers: The layers from the input to the output, without the input itself.
        beside: Kinds of layers that may stand anywhere; `*` stands for any letters.

    Example:
        layers_are:
          layers: [{Conv2D: {filters: 32, kernel_size: 3}}, MaxPooling2D, ..., Flatten, {Dense: {units: 10}}]
          beside: [Rescaling, Normalization, Identity, "Random*"]
    """

    layers: tuple[_Entry, ...] = Field(strict=False, min_length=1, max_length=200)
    beside: tuple[_NAME, ...] = Field(
        default=("Rescaling", "Normalization", "Identity", "Random*"), strict=False, max_length=100
    )

    @model_validator(mode="after")
    def _known(self) -> Self:
        for asked in self._asked:
            if not asked.is_any_number():
                check_layer(asked.kind, asked.settings)
        return self

    @property
    def _asked(self) -> tuple[_Asked, ...]:
        """The entries in one form."""
        whole = [{entry: {}} if isinstance(entry, str) else entry for entry in self.layers]
        return tuple(
            _Asked(ALIASES.get(kind, kind), settings) for entry in whole for kind, settings in entry.items()
        )

    def find(self, model: Model) -> Finding:
        """Find the first layer that differs."""
        asked, layers = self._asked, self._compared(model.layers)
        matched, place = _furthest(asked, layers)
        if matched == len(asked) and place == len(layers):
            return passed(
                say_counted(
                    len(layers),
                    "The network has {count} layer, as the rubric asks: {layers}.",
                    "The network has {count} layers, as the rubric asks: {layers}.",
                    layers=_chain([_found(layer) for layer in layers]),
                )
            )
        hint = say(
            "Build the network as {layers}, train it, and submit it again.",
            layers=_chain([_said(one.kind, one.settings) for one in asked]),
        )
        return failed(_difference(asked, layers, matched, place), hint)

    def _compared(self, layers: Sequence[Layer]) -> tuple[Layer, ...]:
        """The layers without those that may stand anywhere, each with its activation."""
        named = {asked.kind for asked in self._asked}
        kept = [
            layer
            for layer in layers
            if layer.kind in named or not any(fnmatchcase(layer.kind, kind) for kind in self.beside)
        ]
        return tuple(kept if named & {"Activation", *_ACTIVATIONS} else _folded(kept))


def _folded(layers: Sequence[Layer]) -> Iterator[Layer]:
    """The layers, where an activation of its own is that of the layer before it."""
    waiting: Layer | None = None
    for layer in layers:
        own = layer.activation if layer.kind == "Activation" else _ACTIVATIONS.get(layer.kind)
        if waiting and own and waiting.activation == "linear":
            settings = {**waiting.settings, "activation": own}
            yield waiting.model_copy(update={"activation": own, "settings": settings})
            waiting = None
            continue
        if waiting:
            yield waiting
        waiting = layer
    if waiting:
        yield waiting


def _furthest(asked: Sequence[_Asked], layers: Sequence[Layer]) -> tuple[int, int]:
    """How many entries can be matched from the first on, and how many layers then are, as few as possible.

    All of both where the network is as asked.
    """
    reached, furthest = {0}, (0, 0)
    for count, one in enumerate(asked, start=1):
        if one.is_any_number():
            reached = set(range(min(reached), len(layers) + 1))
        else:
            reached = {place + 1 for place in reached if place < len(layers) and one.fits(layers[place])}
        if not reached:
            return furthest
        furthest = (count, min(reached))
    return len(asked), len(layers) if len(layers) in reached else max(reached)


def _difference(asked: Sequence[_Asked], layers: Sequence[Layer], matched: int, place: int) -> Message:
    after = (
        say("after layer {place}, {layer}", place=place, layer=_found(layers[place - 1])) if place else EMPTY
    )
    if matched == len(asked):
        return say(
            "Layer {place} is {layer}; the rubric asks for no more layers {after}.",
            place=place + 1,
            layer=_found(layers[place]),
            after=after,
        )
    missing = asked[matched]
    wanted = _said(missing.kind, missing.settings)
    if matched and asked[matched - 1].is_any_number():
        none = say("The network has no {wanted} {after}", wanted=wanted, after=after) if after else EMPTY
        none = none or say("The network has no {wanted}", wanted=wanted)
        like = dict.fromkeys(_found(layer, missing) for layer in layers[place:] if layer.kind == missing.kind)
        others = say("it has {others}", others=listed(list(like))) if like else say("the rubric asks for one")
        return say("{none}; {others}.", none=none, others=others)
    if place == len(layers):
        return say("The network ends {after}; the rubric asks for {wanted} next.", after=after, wanted=wanted)
    return say(
        "Layer {place} is {layer}; the rubric asks for {wanted}.",
        place=place + 1,
        layer=_found(layers[place], asked[matched]),
        wanted=wanted,
    )


def _found(layer: Layer, asked: _Asked | None = None) -> Message | str:
    """A layer with its units, and with those settings that are asked for."""
    names = list(asked.settings) if asked and asked.kind == layer.kind else []
    shown = {name: layer.settings[name] for name in names or ("units", "filters") if name in layer.settings}
    return _said(layer.kind, shown)


def _said(kind: str, settings: Mapping[str, LayerSetting]) -> Message | str:
    if kind == ANY_NUMBER or not settings:
        return quoted(kind) if kind != ANY_NUMBER else kind
    return say(
        "{name} with {settings}",
        name=quoted(kind),
        settings=listed([f"{name} {_value(value)}" for name, value in settings.items()]),
    )


def _chain(layers: Sequence[Message | str]) -> Message:
    shown = [*layers[:_MOST_SHOWN], *([ANY_NUMBER] if len(layers) > _MOST_SHOWN else [])]
    return joined(", ", shown)


def _same(found: LayerSetting | None, asked: LayerSetting) -> bool:
    """Whether a setting is as asked; a number asks for that number in each dimension."""
    if isinstance(asked, str) or isinstance(found, str) or found is None:
        return str(found).casefold() == str(asked).casefold()
    if isinstance(found, tuple):
        wanted = asked if isinstance(asked, tuple) else (asked,) * len(found)
        return len(found) == len(wanted) and all(map(_near, found, wanted))
    return not isinstance(asked, tuple) and _near(found, asked)


def _near(found: float, asked: float) -> bool:
    return math.isclose(found, asked, rel_tol=1e-6)


def _value(value: LayerSetting) -> Message | str:
    if isinstance(value, tuple):
        return f"({', '.join(f'{one:g}' for one in value)})"
    return number(value) if isinstance(value, float) else str(value)

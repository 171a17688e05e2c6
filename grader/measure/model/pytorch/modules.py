"""A network of PyTorch in Keras' terms: each declared layer, its weights turned to how Keras keeps them."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.errors import SubmissionError
from grader.measure.model.arrays import Array, Path
from grader.measure.model.layer import Node
from grader.measure.model.pytorch.state_dict import Module
from grader.measure.model.reading import Reading, refusal, shown
from grader.messages.message import Message, say
from grader.rubric import network as declared
from grader.rubric.network import LayerPlan

# Kinds of layers by which weights they have; those of one kind are taken in the order of the file.
_RECURRENT = {"lstm": 4, "gru": 3, "rnn": 1}
_CLASSES = {"lstm": "LSTM", "gru": "GRU", "rnn": "SimpleRNN"}
# Activations that Keras calls by another name.
_ACTIVATIONS = {"hard_swish": "hard_silu"}
# PyTorch's slope; Keras' own is 0.2.
_SLOPE = 0.01
# PyTorch's order of the gates of a GRU is reset, update, new; Keras' is update, reset, new.
_GRU_ORDER = (1, 0, 2)
_WORDS = {
    "linear": say("linear layer"),
    "conv": say("convolution"),
    "batch_norm": say("batch normalisation"),
    "layer_norm": say("layer normalisation"),
    "embedding": say("embedding"),
    "recurrent": say("recurrent layer"),
}
_SAME_NETWORK = say("Train the network that the homework describes, and submit its weights.")


@dataclass
class Converted:
    """The layers as Keras writes them, and their weights by number, while they are made in turn."""

    reading: Reading
    shape: tuple[int | None, ...]  # of what the next layer is given, channels last
    layers: list[Node] = field(default_factory=list)
    weights: dict[Path, Array] = field(default_factory=dict)
    channels_first: bool = False  # whether PyTorch has the channels in front there
    flattened: tuple[int, ...] = ()  # the shape before flattening, as long as PyTorch's order differs
    names: set[str] = field(default_factory=set)

    def add(self, kind: str, config: Node, weights: Sequence[Array] = (), name: str = "") -> None:
        """Add a layer of Keras."""
        stem = re.sub(r"[^A-Za-z0-9_]", "_", name)[:60] or kind.lower()
        stem = stem if stem[0].isalpha() else f"layer_{stem}"
        own = next(
            one
            for one in (stem, *(f"{stem}_{number}" for number in range(1, 10**6)))
            if one not in self.names
        )
        self.names.add(own)
        self.layers.append({"class_name": kind, "config": {"name": own, **config}})
        if weights:
            number = str(len({path[0] for path in self.weights}))
            self.weights |= {(number, str(index)): array for index, array in enumerate(weights)}

    def refuse(self, name: str, what: Message) -> SubmissionError:
        """The refusal of weights that do not fit the network."""
        sentence = say(
            "The weights `{name}` in `{file}` do not fit the network: {what}.",
            name=shown(name),
            file=self.reading.name,
            what=what,
        )
        return refusal(sentence, _SAME_NETWORK)


def convert(reading: Reading, modules: Sequence[Module], plan: Sequence[LayerPlan], shape: Any) -> Converted:
    """The network that the plan describes, with the file's weights, for inputs of this shape."""
    waiting = _sorted(reading, modules, plan)
    made = Converted(reading, shape, channels_first=len(shape) == 3)
    for layer in plan:
        if layer.kind in _WITH_WEIGHTS:
            kind = "recurrent" if layer.kind in _RECURRENT else layer.kind
            _WITH_WEIGHTS[layer.kind](made, layer, _next(made, kind, waiting))
        elif layer.kind != "input":
            _WITHOUT_WEIGHTS[layer.kind](made, layer)
    left = [module.name for those in waiting.values() for module in those]
    if left:
        sentence = say(
            "`{file}` has weights `{name}` of a layer that the homework's network does not have.",
            file=reading.name,
            name=shown(left[0]),
        )
        raise refusal(sentence, _SAME_NETWORK)
    return made


def kind_of(module: Module) -> str:
    """What kind of layer has such weights; "" if none that is known."""
    names = set(module.arrays)
    weight = module.arrays.get("weight")
    if "running_mean" in names and "running_var" in names:
        return "batch_norm" if names <= {"weight", "bias", "running_mean", "running_var"} else ""
    if "weight_ih_l0" in names:
        axes = {(name.partition("_")[0], array.ndim) for name, array in module.arrays.items()}
        return "recurrent" if axes <= {("weight", 2), ("bias", 1)} else ""
    if weight is None or not names <= {"weight", "bias"}:
        return ""
    return {1: "layer_norm", 2: "linear", 3: "conv", 4: "conv"}.get(weight.ndim, "")


def _sorted(
    reading: Reading, modules: Sequence[Module], plan: Sequence[LayerPlan]
) -> dict[str, list[Module]]:
    """The modules of each kind in the file's order; of matrices without a bias the first are embeddings."""
    found: dict[str, list[Module]] = {}
    embeddings = sum(layer.kind == "embedding" for layer in plan)
    for module in modules:
        kind = kind_of(module)
        if kind == "linear" and embeddings and "bias" not in module.arrays:
            kind, embeddings = "embedding", embeddings - 1
        if not kind:
            sentence = say(
                "`{file}` has weights `{name}` of a layer of a kind that is not read.",
                file=reading.name,
                name=shown(".".join([module.name, next(iter(module.arrays))])),
            )
            raise refusal(sentence, _SAME_NETWORK)
        found.setdefault(kind, []).append(module)
    return found


def _next(made: Converted, kind: str, waiting: dict[str, list[Module]]) -> Module:
    """The first module of a kind that takes what there is; a file may have them in the order of names."""
    if not waiting.get(kind):
        sentence = say(
            "`{file}` has no weights for another {kind}, which the homework's network has.",
            file=made.reading.name,
            kind=_WORDS[kind],
        )
        raise refusal(sentence, _SAME_NETWORK)
    those, width = waiting[kind], made.shape[-1]
    fitting = (place for place, module in enumerate(those) if _width(kind, module) in {width, None})
    return those.pop(next(fitting, 0))


def _width(kind: str, module: Module) -> int | None:
    """How many numbers a module takes from each place; None for tokens."""
    if kind == "embedding":
        return None
    shape = next(iter(module.arrays.values())).shape
    width: int = shape[-1] if len(shape) < 3 else shape[1]
    return width


def _check(made: Converted, name: str, found: object, asked: object, what: Message) -> None:
    if found != asked:
        raise made.refuse(
            name,
            say("{what} is {found}, and {asked} is asked for", what=what, found=str(found), asked=str(asked)),
        )


def _uniform(fan_in: int) -> Node:
    """How PyTorch begins biases, and all that is recurrent."""
    limit = 1 / math.sqrt(max(1, fan_in))
    return _object("RandomUniform", {"minval": -limit, "maxval": limit, "seed": None})


def _kernel() -> Node:
    """How PyTorch begins kernels: uniform within 1 / sqrt(inputs)."""
    config = {"scale": 1 / 3, "mode": "fan_in", "distribution": "uniform", "seed": None}
    return _object("VarianceScaling", config)


def _object(kind: str, config: Node) -> Node:
    return {"module": "keras.initializers", "class_name": kind, "config": config, "registered_name": None}


def _linear(made: Converted, layer: LayerPlan, module: Module) -> None:
    plan = layer.linear or declared.LinearPlan()
    weight, bias = module.arrays["weight"], module.arrays.get("bias")
    units, inputs = weight.shape
    if len(made.shape) == 3:
        raise made.refuse(module.name, say("`flatten` is missing before a linear layer"))
    _check(made, module.name, units, plan.units or units, say("the number of units"))
    _check(made, module.name, inputs, made.shape[-1] or inputs, say("the number of inputs"))
    _check(
        made, module.name, (units,) if bias is None else bias.shape, (units,), say("the shape of the bias")
    )
    if made.flattened:
        weight = reordered(weight.T, made.flattened).T
        made.flattened = ()
    config = {"units": units, "use_bias": bias is not None, "kernel_initializer": _kernel()}
    config["bias_initializer"] = _uniform(inputs)
    arrays = [weight.T] if bias is None else [weight.T, bias]
    made.add("Dense", config, arrays, module.name)
    made.shape = (*made.shape[:-1], units)
    _activate(made, plan.activation)


def reordered(rows: Array, shape: tuple[int, ...]) -> Array:
    """Rows in PyTorch's order of a flattened image, channels first, in Keras' order, channels last."""
    *sides, channels = shape
    axes = [*range(1, len(shape)), 0, len(shape)]
    return (
        rows.reshape(channels, *sides, *rows.shape[1:], *([1] * (2 - rows.ndim)))
        .transpose(axes)
        .reshape(rows.shape)
    )


def _conv(made: Converted, layer: LayerPlan, module: Module) -> None:
    plan = layer.conv or declared.ConvPlan()
    weight, bias = module.arrays["weight"], module.arrays.get("bias")
    filters, channels, *kernel = weight.shape
    axes = len(kernel)
    if len(made.shape) != axes + 1:
        raise made.refuse(module.name, say("a convolution over {axes} axes is not expected here", axes=axes))
    _check(made, module.name, filters, plan.filters or filters, say("the number of filters"))
    asked = list(kernel) if plan.kernel is None else _window(plan.kernel, axes)
    _check(made, module.name, kernel, asked, say("the size of the kernel"))
    _check(made, module.name, channels, made.shape[-1] or channels, say("the number of channels"))
    stride, dilation, padding = (_window(value, axes) for value in (plan.stride, plan.dilation, plan.padding))
    reach = [one * (side - 1) for one, side in zip(dilation, kernel, strict=True)]
    is_same = set(stride) == {1} and [2 * one for one in padding] == reach
    if not is_same and any(padding):
        margins: Any = [[one, one] for one in padding]
        made.add(f"ZeroPadding{axes}D", {"padding": margins if axes > 1 else margins[0]})
    config = {
        "filters": filters,
        "kernel_size": kernel,
        "strides": stride,
        "dilation_rate": dilation,
        "padding": "same" if is_same else "valid",
        "use_bias": bias is not None,
        "kernel_initializer": _kernel(),
        "bias_initializer": _uniform(channels * math.prod(kernel)),
    }
    turned = np.ascontiguousarray(weight.transpose(*range(2, axes + 2), 1, 0))
    made.add(f"Conv{axes}D", config, [turned] if bias is None else [turned, bias], module.name)
    sides = [
        None if side is None else (side + 2 * margin - far - 1) // step + 1
        for side, margin, far, step in zip(made.shape[:-1], padding, reach, stride, strict=True)
    ]
    made.shape, made.channels_first = (*_positive(made, module.name, sides), filters), True
    _activate(made, plan.activation)


def _window(value: int | tuple[int, ...], axes: int) -> list[int]:
    given = (value,) if isinstance(value, int) else value
    return list(given) if len(given) == axes else [given[0]] * axes


def _positive(made: Converted, name: str, sides: Sequence[int | None]) -> list[int | None]:
    if any(side is not None and side < 1 for side in sides):
        raise made.refuse(name, say("nothing is left of the image"))
    return list(sides)


def _pool(made: Converted, layer: LayerPlan) -> None:
    plan = layer.max_pool or layer.average_pool or declared.PoolPlan()
    axes = _axes(made, layer)
    size = _window(plan.size, axes)
    stride = size if plan.stride is None else _window(plan.stride, axes)
    kind = "MaxPooling" if layer.kind == "max_pool" else "AveragePooling"
    made.add(f"{kind}{axes}D", {"pool_size": size, "strides": stride, "padding": "valid"})
    sides = [
        None if side is None else (side - width) // step + 1
        for side, width, step in zip(made.shape[:-1], size, stride, strict=True)
    ]
    made.shape = (*_positive(made, layer.kind, sides), made.shape[-1])


def _axes(made: Converted, layer: LayerPlan) -> int:
    axes = len(made.shape) - 1
    if axes not in (1, 2):
        raise made.refuse(layer.kind, say("there is no image and no sequence any more"))
    return axes


def _adaptive_pool(made: Converted, layer: LayerPlan) -> None:
    axes = _axes(made, layer)
    size = _window((layer.adaptive_average_pool or declared.AdaptivePoolPlan()).size, axes)
    if set(size) == {1}:
        made.add(f"GlobalAveragePooling{axes}D", {"keepdims": True})
    else:
        made.add(f"AdaptiveAveragePooling{axes}D", {"output_size": size})
    made.shape = (*size, made.shape[-1])


def _norm(made: Converted, layer: LayerPlan, module: Module) -> None:
    arrays = module.arrays
    plan = getattr(layer, layer.kind) or declared.NormPlan()
    names = ["weight", "bias", "running_mean", "running_var"]
    width = made.shape[-1]
    given = [arrays[name] for name in names if name in arrays]
    for array in given:
        _check(made, module.name, array.shape, (width or array.size,), say("the shape"))
    if made.flattened:
        given = [reordered(array, made.flattened) for array in given]
    config: Node = {
        "axis": -1,
        "epsilon": plan.epsilon,
        "center": "bias" in arrays,
        "scale": "weight" in arrays,
    }
    if layer.kind == "batch_norm":
        made.add("BatchNormalization", {**config, "momentum": 0.9}, given, module.name)
    else:
        made.add("LayerNormalization", config, given, module.name)


def _embedding(made: Converted, layer: LayerPlan, module: Module) -> None:
    plan = layer.embedding or declared.EmbeddingPlan()
    weight = module.arrays["weight"]
    tokens, size = weight.shape
    _check(made, module.name, size, plan.size or size, say("the size of a vector"))
    initializer = _object("RandomNormal", {"mean": 0.0, "stddev": 1.0, "seed": None})
    config = {"input_dim": tokens, "output_dim": size, "embeddings_initializer": initializer}
    made.add("Embedding", config, [weight], module.name)
    made.shape = (*made.shape, size)


def _recurrent(made: Converted, layer: LayerPlan, module: Module) -> None:
    plan = getattr(layer, layer.kind)
    gates, kind = _RECURRENT[layer.kind], _CLASSES[layer.kind]
    if len(made.shape) != 2:
        raise made.refuse(module.name, say("there is no sequence"))
    arrays = dict(module.arrays)
    both = "weight_ih_l0_reverse" in arrays
    depth = sum(name.startswith("weight_ih") and not name.endswith("_reverse") for name in arrays)
    for number in range(depth):
        inputs = made.shape[-1]
        directions = [
            _direction(made, module.name, arrays, f"l{number}{end}", gates, inputs)
            for end in (("", "_reverse") if both else ("",))
        ]
        units = directions[0][1].shape[0]
        _check(made, module.name, units, plan.units or units, say("the number of units"))
        use_bias = len(directions[0]) == 3
        is_last = number == depth - 1 and plan.returns == "last"
        uniform = _uniform(units)
        config = {
            "units": units,
            "use_bias": use_bias,
            "return_sequences": not is_last,
            **{f"{part}_initializer": uniform for part in ("kernel", "recurrent", "bias")},
            **({"reset_after": True} if kind == "GRU" else {}),
            **({"unit_forget_bias": False} if kind == "LSTM" else {}),
        }
        weights = [array for direction in directions for array in direction]
        if both:
            forward = {"class_name": kind, "config": {"name": f"forward_{number}", **config}}
            made.add("Bidirectional", {"layer": forward, "merge_mode": "concat"}, weights, module.name)
        else:
            made.add(kind, config, weights, module.name)
        width = units * len(directions)
        made.shape = (width,) if is_last else (made.shape[0], width)
    if arrays:
        raise made.refuse(module.name, say("`{name}` is not read", name=shown(next(iter(arrays)))))
    made.channels_first = False


def _direction(  # noqa: PLR0913, PLR0917  (whose, which of them, and what is expected)
    made: Converted, name: str, arrays: dict[str, Array], end: str, gates: int, inputs: int | None
) -> list[Array]:
    """The weights of one direction of one recurrent layer, as Keras keeps them; they are taken out."""
    found = [arrays.pop(f"{part}_{end}", None) for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    kernel, recurrent, first, second = found
    if kernel is None or recurrent is None or (first is None) != (second is None):
        raise made.refuse(name, say("some of a recurrent layer are missing"))
    units = recurrent.shape[-1]
    _check(made, name, kernel.shape, (gates * units, inputs or kernel.shape[-1]), say("the shape"))
    _check(made, name, recurrent.shape, (gates * units, units), say("the shape"))
    for bias in (first, second):
        if bias is not None:
            _check(made, name, bias.shape, (gates * units,), say("the shape"))
    if gates == len(_GRU_ORDER):
        kernel, recurrent, first, second = (
            None if one is None else np.concatenate([np.split(one, gates)[gate] for gate in _GRU_ORDER])
            for one in (kernel, recurrent, first, second)
        )
    turned = [np.ascontiguousarray(one.T) for one in (kernel, recurrent) if one is not None]
    if first is None or second is None:
        return turned
    return [*turned, np.stack([first, second]) if gates == len(_GRU_ORDER) else first + second]


def _flatten(made: Converted, _: LayerPlan) -> None:
    shape = made.shape
    if len(shape) > 1:
        made.add("Flatten", {})
        sides = [side for side in shape if side is not None]
        if made.channels_first and len(sides) == len(shape) and shape[-1] != 1 and math.prod(sides[:-1]) > 1:
            made.flattened = tuple(sides)
        made.shape = (math.prod(sides) if len(sides) == len(shape) else None,)


def _dropout(made: Converted, layer: LayerPlan) -> None:
    made.add("Dropout", {"rate": (layer.dropout or declared.DropoutPlan()).rate})


def _activation(made: Converted, layer: LayerPlan) -> None:
    _activate(made, layer.activation)


def _activate(made: Converted, name: str | None) -> None:
    """Apply an activation: in the layer before, where that has none yet, else as a layer."""
    if name is None:
        return
    if name == "leaky_relu":
        made.add("LeakyReLU", {"negative_slope": _SLOPE})
        return
    called = _ACTIVATIONS.get(name, name)
    before = made.layers[-1] if made.layers else None
    takes_one = before is not None and before["class_name"] in {"Dense", "Conv1D", "Conv2D"}
    if before is not None and takes_one and "activation" not in before["config"]:
        before["config"]["activation"] = called
    else:
        made.add("Activation", {"activation": called})


_WITH_WEIGHTS = {
    "linear": _linear,
    "conv": _conv,
    "batch_norm": _norm,
    "layer_norm": _norm,
    "embedding": _embedding,
    **dict.fromkeys(_RECURRENT, _recurrent),
}
_WITHOUT_WEIGHTS = {
    "max_pool": _pool,
    "average_pool": _pool,
    "adaptive_average_pool": _adaptive_pool,
    "flatten": _flatten,
    "dropout": _dropout,
    "activation": _activation,
}

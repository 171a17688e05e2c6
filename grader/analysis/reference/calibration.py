"""How far honest runs are from the rerun and from the probe: measured by `grader rubric calibrate`."""

import json
import math
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from grader.evidence.frozen import Frozen
from grader.evidence.model import Model
from grader.evidence.values import Scope
from grader.messages.message import Message, say
from grader.messages.wording import quoted

# The head is the first so many steps from fresh weights, the tail the last ones before the submitted weights.
STEPS = 200
# Honest runs are within this many standard deviations of their mean; with eight runs a size,
# Student's t puts one in 200 outside of it at a single size, and several sizes are tried.
SPREADS = 4.0
LEVELS = (0.10, 0.25, 0.50, 0.75, 0.90, 0.98)
MEDIAN = LEVELS.index(0.50)
# Layers that make no other network of dense ones.
_PLAIN = frozenset(
    {"Activation", "Dense", "Flatten", "Identity", "Permute", "ReLU", "Rescaling", "Reshape", "Softmax"}
)
# Honest runs with these fit the calibration of dense networks. Of those with batch normalisation 3 of 8 were
# doubted, at batch sizes 64 and 128, of recurrent ones 3 of 10, with `GlobalAveragePooling2D` 2 of 2, and
# with the focal and binary losses 6 of 6; what was not tried is not covered.
_COVERED = _PLAIN.union(
    ("Dropout", "ELU", "LeakyReLU", "PReLU", "Normalization", "LayerNormalization", "Conv2D", "MaxPooling2D")
)
# A stored learning rate is a float32.
_SAME_RATE = 1e-6


class Spread(Frozen):
    """The mean of a number over runs, and its standard deviation."""

    mean: float
    spread: float


class Comparison(Frozen):
    """How norms of honest runs before clipping compare with the grader's, at one end; natural logarithms.

    The `level` is the ratio of the medians, the `shape` for each of `LEVELS` the ratio of the quantiles, less
    the level, the `variation` that of the variations (`grader.analysis.statistics`). The `noise` is the level
    of gradients that are nothing but the noise of a batch; a network is between this and no difference: with
    B images, E|g|^2 = |E g|^2 + (variance of one image's gradient) / B.
    """

    level: Spread
    noise: float
    shape: Annotated[tuple[Spread, ...], Field(min_length=len(LEVELS), max_length=len(LEVELS))]
    variation: Spread


class Ends(Frozen):
    """How both ends of runs compare: `head` with the rerun, `tail` with a probe at the weights there."""

    head: Comparison
    tail: Comparison


class Size(Frozen):
    """What the runs of one batch size showed, with the pixels given as `inputs` says.

    `start` is ln(first loss / ln(classes)), `smoothness` the largest autocorrelation at lag 1 of the series.
    """

    inputs: str
    batch_size: int
    variable_norm: Ends
    global_norm: Ends
    start: Spread
    smoothness: Spread

    def ends(self, scope: Scope) -> Ends:
        """How both ends of runs compare in this scope."""
        return self.variable_norm if scope == "variable" else self.global_norm


class Accuracies(Frozen):
    """The accuracies on the test images that honest runs reach, of each the best after any of its epochs."""

    mean: float
    spread: float
    highest: float
    runs: int
    epochs: int
    training_images: int
    test_images: int


class Calibration(Frozen):
    """The measured spread of honest runs of this plan: so many of each size, each with a seed of its own.

    The runs are of one network: its `hidden_layers` are the units of its dense ones, its `other_layers` the
    kinds of those that make it another kind of network, and its `loss` is one that is not the usual.
    The sizes are in the order of their batch sizes, one way of giving the pixels after the other. There are
    no accuracies where students train on more images than were at hand.
    """

    version: Literal[1] = 1
    tensorflow: str
    keras: str
    plan: dict[str, Any]
    hidden_layers: tuple[int, ...]
    other_layers: tuple[str, ...] = ()
    loss: str = ""
    runs: int
    accuracies: Accuracies | None = None
    sizes: Annotated[tuple[Size, ...], Field(min_length=1)]

    def sizes_for(self, inputs: str | None, largest_batch: float | None = None) -> Iterator[Size]:
        """The sizes that a run can be compared with.

        Their pixels are given as in the submission, or in the first way, since a network may scale raw pixels
        itself. The next size above the largest possible one counts, too, because a batch size may lie between
        two that were calibrated.
        """
        first = self.sizes[0].inputs
        smaller: Size | None = None
        for size in self.sizes:
            previous = smaller.batch_size if smaller and smaller.inputs == size.inputs else None
            smaller = size
            if size.inputs not in {first, inputs}:
                continue
            if largest_batch is None or previous is None or previous <= largest_batch:
                yield size

    def uncovered(self, model: Model | None) -> Message | None:
        """What makes this another kind of network than that of the runs; None if nothing does."""
        return another_kind(model, self.other_layers, self.loss)

    def is_of(self, model: Model) -> bool:
        """Whether a model has the very network of the calibrated runs, trained at their learning rate."""
        if hidden_units(model) != self.hidden_layers or other_layers(model) or self.other_layers:
            return False
        stored, asked = model.optimizer, self.plan["optimizer"]
        return stored is None or (
            stored.kind == asked["name"]
            and [stored.schedule] == [*(asked.get("schedule") or [None])]
            and all(stored.setting(name) == value for name, value in asked.get("settings", {}).items())
            and (
                stored.learning_rate is None
                or math.isclose(stored.learning_rate, asked["learning_rate"], rel_tol=_SAME_RATE)
            )
        )

    def page(self) -> str:
        """The text of its file: JSON, with a line for each size."""
        content = self.model_dump(mode="json")
        sizes = ",\n".join(f"  {json.dumps(size)}" for size in content.pop("sizes"))
        return f'{json.dumps(content, indent=1)[:-2]},\n "sizes": [\n{sizes}\n ]\n}}\n'

    def cited(self) -> Message:
        """What it rests on, for a sentence."""
        batches = sorted({size.batch_size for size in self.sizes})
        return say(
            "the calibration of {runs} honest runs at each batch size from {smallest} to {largest}, "
            "made with TensorFlow {tensorflow}",
            runs=self.runs,
            smallest=batches[0],
            largest=batches[-1],
            tensorflow=self.tensorflow,
        )


def another_kind(model: Model | None, layers: Sequence[str] = (), loss: str = "") -> Message | None:
    """What makes this another kind of network than dense ones, or than those with these layers and loss."""
    if model is None:
        return None
    if model.loss_form == "unknown" or other_loss(model) != loss:
        return _named_loss(model)
    if model.optimizer and model.optimizer.averages:
        return say("weights that are averages (`use_ema`)")
    theirs, covered = other_layers(model), layers or _COVERED
    if other := next((kind for kind in theirs if kind not in covered), None):
        return say("a layer of the kind {kind}", kind=quoted(other))
    if missing := next((kind for kind in layers if kind not in theirs), None):
        return say("no layer of the kind {kind}", kind=quoted(missing))
    return None


def _named_loss(model: Model) -> Message:
    if not model.loss:
        return say("the usual loss, cross-entropy")
    if model.loss_form == "summed":
        return say("the loss {loss}, summed over a batch", loss=quoted(model.loss))
    return say("the loss {loss}", loss=quoted(model.loss))


def hidden_units(model: Model) -> tuple[int, ...]:
    """The units of the dense layers before the last one."""
    dense = [layer.units or 0 for layer in model.layers if layer.kind == "Dense"]
    return tuple(dense[:-1])


def other_layers(model: Model) -> tuple[str, ...]:
    """The kinds of layers that make another network of dense ones, each once."""
    return tuple(dict.fromkeys(layer.kind for layer in model.layers if layer.kind not in _PLAIN))


def other_loss(model: Model) -> str:
    """The loss with which gradients are not those of the usual one; empty where it is the usual one."""
    return "" if model.loss_form == "usual" else f"{model.loss_form} {model.loss}"

"""`training_step`: some steps of Adam with clipping, from given weights on given batches."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Self

from pydantic import Field, model_validator

from grader.exercises.clipping import by_own_norm, by_value, norm
from grader.exercises.drawing import Drawing, exact
from grader.exercises.exercise import Answer, Array, Arrays, Case, Exercise, Mistake, Size
from grader.exercises.network import VARIABLES, drawn, gradients_of, outputs_of
from grader.messages.message import Message, say

_FEATURES, _HIDDEN, _OUTPUTS, _BATCH = 6, 5, 3, 8
# How far the aims of each batch are apart: steps above the cap and below it take turns, because Adam does not
# see a factor that is the same in all steps.
_APART = (6.0, 0.3, 20.0, 1.0, 0.1, 3.0)
# Adam divides by the size of the first gradient, so what is lost to rounding in a tiny one comes back large.
# No element is below this share of the largest of its variable, if some draws have it so.
_LEAST, _MOST_DRAWN = 0.02, 100
_BETA_1, _BETA_2 = 0.9, 0.999

# What becomes of the gradients of a step before Adam sees them.
Clip = Callable[[Mapping[str, Array]], Mapping[str, Array]]
# The direction of a step, from the gradient, Adam's two moments and the number of the step.
Rule = Callable[[Array, Array, Array, int], Array]


class TrainingStep(Exercise):
    """Some steps of Adam with clipping, in a loop of one's own, from given weights on given batches.

    The network has a hidden layer with tanh and a linear one; the loss is the mean squared error. Answers are
    the weights after the last step, and the loss and the global norm before clipping of each step. Adam as
    Keras has it (epsilon 1e-7) is right, and as PyTorch and Optax have it (1e-8, after the bias correction).
    """

    steps: int = Field(default=5, ge=2, le=20, description="Steps.")
    # Keras has `1 - 0.999` in float32, which is 1e-5 off; far steps would show that.
    learning_rate: float = Field(default=0.01, gt=0, le=0.02, description="Adam's learning rate.")
    clipnorm: Size | None = Field(default=None, description="Caps the norm of each variable's gradient.")
    global_clipnorm: Size | None = Field(default=None, description="Caps the norm of all gradients.")
    clipvalue: Size | None = Field(default=None, description="Caps each element of the gradients.")

    @model_validator(mode="after")
    def _one_way_to_clip(self) -> Self:
        if sum(way is not None for way in self._ways().values()) != 1:
            raise ValueError("must have one of `clipnorm`, `global_clipnorm` and `clipvalue`")
        return self

    def task(self) -> Message:
        """The loop and its answers."""
        (way, cap), *_ = ((way, cap) for way, cap in self._ways().items() if cap is not None)
        return say(
            "Train `tanh(x @ kernel_0 + bias_0) @ kernel_1 + bias_1` from the given weights with Adam at "
            "`learning_rate`, one step on each batch `x[i]`, `y[i]`; the loss is the mean squared error over "
            "all numbers, and the gradients are clipped by {way} to {cap}. The answers are the weights after "
            "the last step under their names, and for each step the `loss` and the global `norm` before "
            "clipping.",
            way=f"`{way}`",
            cap=f"{cap:g}",
        )

    def cases(self, draw: Drawing) -> Iterator[Case]:
        """One step, and all."""
        yield Case("one_step", self._given(draw, 1))
        yield Case("all_steps", self._given(draw, self.steps))

    def _given(self, draw: Drawing, steps: int) -> Arrays:
        """Weights and batches, drawn anew until Adam's first step is as good as exact in float32."""
        import numpy as np

        apart = np.resize(np.array(_APART), steps).reshape(-1, 1, 1)
        for _ in range(_MOST_DRAWN):
            weights = drawn(draw, _FEATURES, _HIDDEN, _OUTPUTS)
            inputs = draw.uniform(steps, _BATCH, _FEATURES)
            aims = exact(draw.uniform(steps, _BATCH, _OUTPUTS) * apart)
            first = gradients_of(weights, inputs[0], outputs_of(weights, inputs[0]) - aims[0])
            if all((abs(one) > _LEAST * abs(one).max()).all() for one in first.values()):
                break
        return {**weights, "learning_rate": exact(self.learning_rate), "x": inputs, "y": aims}

    def answer(self, given: Arrays) -> Answer:
        """With Adam as Keras has it."""
        return _trained(given, _keras, self._clip)

    def as_right(self, given: Arrays) -> Sequence[Answer]:
        """With Adam as PyTorch and Optax have it."""
        return (_trained(given, _torch, self._clip),)

    def mistakes(self) -> Sequence[Mistake]:
        """Another way to clip, none, another optimizer, or the norm after clipping."""
        mine = next(way for way, cap in self._ways().items() if cap is not None)
        cap = self._ways()[mine] or 1.0
        others = {
            "clipnorm": say("The gradients were clipped by the norm of each variable, as `clipnorm` does."),
            "global_clipnorm": say("The gradients were clipped together by their global norm."),
            "clipvalue": say("The gradients were clipped by the value of each element, as `clipvalue` does."),
        }
        return (
            Mistake(say("The gradients were not clipped."), lambda given: _weights(given, _keras, dict)),
            *(
                Mistake(sentence, partial(_weights, rule=_keras, clip=_clips(way, cap)))
                for way, sentence in others.items()
                if way != mine
            ),
            Mistake(
                say("The answer `norm` has the norms after clipping; asked for are those before."),
                lambda given: {"norm": _trained(given, _keras, self._clip, measures_after=True)["norm"]},
            ),
            Mistake(
                say("A new optimizer was made for each step, so Adam has forgotten the steps before."),
                lambda given: _weights(given, _forgetful, self._clip),
            ),
            Mistake(
                say("The weights are those of plain gradient descent (SGD), not of Adam."),
                lambda given: _weights(given, _descent, self._clip),
            ),
            Mistake(
                say("The weights are those that were handed out: nothing was trained."),
                lambda given: {name: given[name] for name in VARIABLES},
            ),
        )

    def _clip(self, gradients: Mapping[str, Array]) -> Mapping[str, Array]:
        (clip,) = (_clips(way, cap) for way, cap in self._ways().items() if cap is not None)
        return clip(gradients)

    def _ways(self) -> dict[str, float | None]:
        return {
            "clipnorm": self.clipnorm,
            "global_clipnorm": self.global_clipnorm,
            "clipvalue": self.clipvalue,
        }


def _clips(way: str, cap: float) -> Clip:
    if way == "global_clipnorm":
        return lambda gradients: {
            name: one * min(1.0, cap / norm(*gradients.values())) for name, one in gradients.items()
        }
    clip = by_own_norm if way == "clipnorm" else by_value
    return lambda gradients: {name: clip(one, cap) for name, one in gradients.items()}


def _trained(given: Arrays, rule: Rule, clip: Clip, *, measures_after: bool = False) -> dict[str, Array]:
    """The weights after all steps, and the losses and norms; each step goes along `rule`."""
    import numpy as np

    weights = {name: given[name] for name in VARIABLES}
    moments = {name: (one * 0, one * 0) for name, one in weights.items()}
    losses, norms = [], []
    for step, (inputs, aims) in enumerate(zip(given["x"], given["y"], strict=True), start=1):
        errors = outputs_of(weights, inputs) - aims
        found: Mapping[str, Array] = gradients_of(weights, inputs, 2 * errors / errors.size)
        clipped = clip(found)
        losses.append((errors * errors).mean())
        norms.append(norm(*(clipped if measures_after else found).values()))
        for name, gradient in clipped.items():
            first, second = moments[name]
            first = _BETA_1 * first + (1 - _BETA_1) * gradient
            second = _BETA_2 * second + (1 - _BETA_2) * gradient * gradient
            moments[name] = first, second
            weights[name] = weights[name] - given["learning_rate"] * rule(gradient, first, second, step)
    return {**weights, "loss": np.array(losses), "norm": np.array(norms)}


def _weights(given: Arrays, rule: Rule, clip: Clip) -> Answer:
    trained = _trained(given, rule, clip)
    return {name: trained[name] for name in VARIABLES}


def _keras(_: Array, first: Array, second: Array, step: int) -> Array:
    correction: float = (1 - _BETA_2**step) ** 0.5 / (1 - _BETA_1**step)
    return first * correction / (second**0.5 + 1e-7)


def _torch(_: Array, first: Array, second: Array, step: int) -> Array:
    return first / (1 - _BETA_1**step) / ((second / (1 - _BETA_2**step)) ** 0.5 + 1e-8)


def _forgetful(gradient: Array, _: Array, __: Array, ___: int) -> Array:
    return _keras(gradient, (1 - _BETA_1) * gradient, (1 - _BETA_2) * gradient * gradient, 1)


def _descent(gradient: Array, _: Array, __: Array, ___: int) -> Array:
    return gradient

"""`adaptive_clip`: adaptive gradient clipping (AGC), unit by unit, as Optax and timm define it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from pydantic import Field

from grader.exercises.clipping import norm
from grader.exercises.drawing import Drawing, exact
from grader.exercises.exercise import Answer, Array, Arrays, Case, Exercise, Mistake, Size
from grader.messages.message import Message, say, together

Outputs = Literal["last", "first"]

_SHAPES = ((6, 4), (4,), (3, 3, 2, 5))
# The norm of each unit's gradient, in limits, goes through these.
_CASES: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("below", (0.5, 0.2, 0.8)),
    ("some_above", (0.5, 3.0, 0.9, 20.0)),
    ("far_above", (400.0, 90.0)),
    ("all_zero", (0.0,)),
    ("no_gradient", (0.3, 7.0)),
)
_DIVISION_GUARD = 1e-6


class AdaptiveClip(Exercise):
    """The gradient of each unit is scaled so that its norm is at most `clipping` times that of its weights.

    A unit is what makes one output; of a bias, all of it is one. With `outputs: last`, as in Keras and Optax,
    a unit is a column of a kernel; with `outputs: first`, as in PyTorch and timm, a row. The norm of the
    weights counts as `eps` at the least. Brock, De, Smith and Simonyan, https://arxiv.org/abs/2102.06171;
    Optax's `adaptive_grad_clip` (optax/_src/clipping.py), timm's `adaptive_clip_grad` (timm/utils/agc.py).
    """

    clipping: Size = Field(default=0.01, description="The largest norm, as a share of that of the weights.")
    eps: Size = Field(default=1e-3, description="The least norm of weights that counts.")
    outputs: Outputs = Field(default="last", description="Where the axis of the units is.")

    def task(self) -> Message:
        """Weights and gradients, unit by unit."""
        last, first = say("The units are along the last axis."), say("The units are along the first axis.")
        return together(
            say(
                "Clip each gradient unit by unit with adaptive gradient clipping (AGC) at `clipping` and "
                "`eps`; a vector is one unit."
            ),
            last if self.outputs == "last" else first,
        )

    def cases(self, draw: Drawing) -> Iterator[Case]:
        """Weights, of which a bias and one unit of a kernel are 0 as they often begin, and gradients."""
        import numpy as np

        for name, sizes in _CASES:
            given = {"clipping": exact(self.clipping), "eps": exact(self.eps)}
            for number, shape in enumerate(_SHAPES):
                weight = draw.uniform(*shape) * (number != 1)
                axis = 0 if self.outputs == "first" else -1
                np.moveaxis(weight, axis, 0)[1 if number == 0 else slice(0)] = 0.0
                drawn = draw.uniform(*shape)
                limit = self.clipping * _unit_norms(weight, self.outputs).clip(self.eps)
                units = np.resize(np.array(sizes), limit.size).reshape(limit.shape)
                given[f"weight_{number}"] = weight
                if not (name == "no_gradient" and number == 1):
                    drawn = drawn * (units * limit / _unit_norms(drawn, self.outputs))
                    given[f"gradient_{number}"] = exact(drawn)
            yield Case(name, given)

    def answer(self, given: Arrays) -> Answer:
        """Where a unit's norm is above its limit, it is scaled to that."""
        return self._clipped(given, lambda array: _unit_norms(array, self.outputs))

    def mistakes(self) -> Sequence[Mistake]:
        """Other units, no `eps`, a cap in the place of a limit, always, or not at all."""
        other: Outputs = "first" if self.outputs == "last" else "last"
        return (
            Mistake(
                say("The gradients are those that were handed out: nothing was clipped."),
                lambda given: _each(given, lambda _, one: one),
            ),
            Mistake(
                say("Each variable was clipped as a whole, instead of unit by unit."),
                lambda given: self._clipped(given, lambda array: _whole(norm(array))),
            ),
            Mistake(
                say("The units were taken along the wrong axis, as in the layout of another library."),
                lambda given: self._clipped(given, lambda array: _unit_norms(array, other)),
            ),
            Mistake(
                say("Weights that are 0 have the limit 0 here; their norm counts as `eps` at the least."),
                lambda given: self._clipped(given, lambda one: _unit_norms(one, self.outputs), eps=0.0),
            ),
            Mistake(
                say("The norm of the weights was not looked at: `clipping` was taken for the cap itself."),
                lambda given: _each(
                    given,
                    lambda _, one: (
                        one
                        * (
                            float(given["clipping"])
                            / _unit_norms(one, self.outputs).clip(float(given["clipping"]))
                        )
                    ),
                ),
            ),
            Mistake(
                say("Every unit was scaled to its limit, even one whose norm is below it."),
                lambda given: self._clipped(given, lambda one: _unit_norms(one, self.outputs), always=True),
            ),
        )

    def _clipped(
        self,
        given: Arrays,
        norms: Callable[[Array], Array],
        eps: float | None = None,
        *,
        always: bool = False,
    ) -> Answer:
        import numpy as np

        least = float(given["eps"]) if eps is None else eps

        def clip(weight: Array, gradient: Array) -> Array:
            limit = float(given["clipping"]) * norms(weight).clip(least)
            sizes = norms(gradient)
            scaled = gradient * (limit / sizes.clip(_DIVISION_GUARD))
            return scaled if always else np.where(sizes < limit, gradient, scaled)

        return _each(given, clip)


def _each(given: Arrays, clip: Callable[[Array, Array], Array]) -> Answer:
    names = [f"gradient_{number}" for number in range(len(_SHAPES))]
    return {
        name: clip(given[name.replace("gradient", "weight")], given[name]) if name in given else None
        for name in names
    }


def _unit_norms(array: Array, outputs: Outputs) -> Array:
    """The norm of each unit, in a shape that goes with the array's."""
    axes = tuple(range(array.ndim))
    if array.ndim > 1:
        axes = axes[1:] if outputs == "first" else axes[:-1]
    found: Array = (array * array).sum(axis=axes, keepdims=True) ** 0.5
    return found


def _whole(number: float) -> Array:
    import numpy as np

    return np.array(number)

"""What the exercises on clipping have in common: cases, ways to clip, and mistakes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from pydantic import Field

from grader.exercises.drawing import Drawing, exact
from grader.exercises.exercise import Answer, Array, Arrays, Case, Exercise, Mistake, Size
from grader.messages.message import EMPTY, Message, say

More = Literal["embedding", "infinite", "not_a_number"]

_SHAPES = ((6, 4), (4,), (5, 3))
# The sizes of the three gradients in caps; a variable that the loss does not depend on has None.
_CASES: tuple[tuple[str, tuple[float | None, ...]], ...] = (
    ("below", (0.3, 0.2, 0.4)),
    ("at_the_cap", (1.0, 0.0, 0.0)),
    ("each_below_all_above", (0.9, 0.8, 0.7)),
    ("one_above", (2.5, 0.3, 0.8)),
    ("far_above", (40.0, 7.0, 300.0)),
    ("all_zero", (0.0, 0.0, 0.0)),
)
# Whoever does not look at the cap that is given is seen here.
_NO_GRADIENT, _OTHER_CAP = (3.0, None, 0.5), 0.4
# Their squares are numbers of float32, too; further out, libraries differ for good reasons.
_TINY, _HUGE = 1e-15, 1e15
# The gradient of an embedding has a row for each word that was looked up, and one word was twice.
_ROWS = (3, 0, 3, 1)


class Clipping(Exercise):
    """Gradients of three variables are clipped to a cap, in cases from far below to far above.

    A case of `more` is handed out where the rubric asks for it: a gradient of an embedding in rows, of which
    one occurs twice, an element that is infinite, or one that is NaN.
    """

    cap: Size = Field(default=1.0, description="The cap.")
    more: tuple[More, ...] = Field(default=(), description="Further cases.", max_length=3)

    def cases(self, draw: Drawing) -> Iterator[Case]:
        """The gradients, and the cap."""
        import numpy as np

        for name, sizes in _CASES:
            yield Case(name, self._given(draw, sizes))
        yield Case("no_gradient", self._given(draw, _NO_GRADIENT, _OTHER_CAP * self.cap))
        yield Case("tiny", self._given(draw, (_TINY / self.cap,) * 3))
        yield Case("huge", self._given(draw, (_HUGE / self.cap,) * 3))
        for name in dict.fromkeys(self.more):
            given: dict[str, Any] = dict(self._given(draw, (2.0, 0.5, 0.9)))
            if name == "embedding":
                given["shape_2"] = np.array(given.pop("gradient_2").shape)
                given["rows_2"] = np.array(_ROWS)
                given["values_2"] = exact(self.sized(draw.uniform(len(_ROWS), _SHAPES[2][1]), 1.5 * self.cap))
            else:
                given["gradient_0"].flat[5] = float("inf" if name == "infinite" else "nan")
            yield Case(name, given)

    def _given(self, draw: Drawing, sizes: Sequence[float | None], cap: float = 0.0) -> Arrays:
        """Gradients of these sizes in caps, and the cap: the exercise's, or one of the case's own."""
        cap = cap or self.cap
        given = {"cap": exact(cap)}
        for number, (shape, size) in enumerate(zip(_SHAPES, sizes, strict=True)):
            drawn = draw.uniform(*shape)
            if size is not None:
                given[f"gradient_{number}"] = exact(self.sized(drawn, size * cap))
        return given

    def sized(self, gradient: Array, size: float) -> Array:
        """The gradient with another size; a gradient's size is its norm."""
        return gradient * (size / norm(gradient))

    def keeps_direction(self) -> bool:
        """Clipping by a norm does."""
        return True

    def on_embedding(self) -> Message:
        """What the rows of an embedding mean, where the rubric asks for that case."""
        if "embedding" not in self.more:
            return EMPTY
        return say(
            "In the case `embedding`, `gradient_2` has the shape `shape_2`, and is 0 but for the rows "
            "`rows_2`, to which `values_2` are added. Make it one array before you clip, and hand it in so."
        )

    def on_rows(self) -> tuple[Mistake, ...]:
        """What goes wrong with the rows of an embedding."""
        return (
            Mistake(
                say("The norm counts a repeated row of the embedding twice, instead of the sum of its rows."),
                self._with_rows_apart,
            ),
            Mistake(
                say("Of a repeated row of the embedding only the last one is kept; its rows add up."),
                lambda given: self.answer(_dense(given, adds=False)),
            ),
        )

    def _with_rows_apart(self, given: Arrays) -> Answer:
        if "values_2" not in given:
            return self.answer(given)
        found = dict(self.answer({**given, "gradient_2": given["values_2"]}))
        clipped = found["gradient_2"]
        if clipped is not None:
            found["gradient_2"] = _dense({**given, "values_2": clipped})["gradient_2"]
        return found


def norm(*gradients: Array | None) -> float:
    """The L2 norm of these gradients as one vector."""
    return float(sum(float((one * one).sum()) for one in gradients if one is not None) ** 0.5)


def scaled(gradient: Array, cap: float, size: float) -> Array:
    """The gradient as it is after clipping, where `size` is the norm that the cap is for."""
    import numpy as np

    # A norm that is NaN stays so, which Python's `max` would not hold.
    found: Array = gradient * (cap / np.maximum(size, cap))
    return found


def by_own_norm(gradient: Array, cap: float) -> Array:
    """The gradient with a norm of at most the cap."""
    return scaled(gradient, cap, norm(gradient))


def by_value(gradient: Array, cap: float) -> Array:
    """Each element within the cap."""
    clipped: Array = gradient.clip(-cap, cap)
    return clipped


def each(given: Arrays, clip: Callable[[Array, float], Array]) -> dict[str, Array | None]:
    """Each gradient as `clip` makes it with the cap; None stays."""
    cap = float(given["cap"])
    return {name: None if one is None else clip(one, cap) for name, one in gradients_of(given).items()}


def gradients_of(given: Arrays) -> dict[str, Array | None]:
    """The gradient of each variable as one array; None where it has none."""
    dense = _dense(given)
    return {name: dense.get(name) for name in (f"gradient_{number}" for number in range(len(_SHAPES)))}


def _dense(given: Arrays, *, adds: bool = True) -> Arrays:
    """What was given, with the gradient of the embedding as one array, in which equal rows add up."""
    import numpy as np

    if "values_2" not in given or "gradient_2" in given:
        return given
    whole = np.zeros(tuple(given["shape_2"]))
    if adds:
        np.add.at(whole, given["rows_2"], given["values_2"])
    else:
        whole[given["rows_2"]] = given["values_2"]
    return {**given, "gradient_2": whole}


def together(given: Arrays, factor: Callable[[float, float], float]) -> dict[str, Array | None]:
    """All gradients times one factor, which follows from their global norm and the cap."""
    size = norm(*gradients_of(given).values())
    return each(given, lambda one, cap: one * factor(size, cap))


def unclipped(given: Arrays) -> Answer:
    """The gradients as they were given."""
    return each(given, lambda one, _: one)


NOT_CLIPPED = Mistake(say("The gradients are those that were handed out: nothing was clipped."), unclipped)
BY_VALUE = Mistake(
    say("Each element was clipped by itself, as `clipvalue` does, instead of the norm."),
    lambda given: each(given, by_value),
)

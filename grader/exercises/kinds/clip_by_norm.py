"""`clip_by_norm`: the norm of each variable's gradient, as Keras' `clipnorm` and `tf.clip_by_norm` cap it."""

import math
from collections.abc import Sequence

from grader.exercises.clipping import (
    BY_VALUE,
    NOT_CLIPPED,
    Clipping,
    by_own_norm,
    each,
    norm,
    scaled,
    together,
)
from grader.exercises.exercise import Answer, Array, Arrays, Mistake
from grader.messages.message import Message, say
from grader.messages.message import together as sentences


class ClipByNorm(Clipping):
    """The gradient of each variable is scaled so that its own norm is at most the cap."""

    def task(self) -> Message:
        """Each variable by itself."""
        return sentences(say("Clip each gradient by its own norm to `cap`."), self.on_embedding())

    def answer(self, given: Arrays) -> Answer:
        """Where its norm is above the cap, a gradient is multiplied by the cap and divided by its norm."""
        return each(given, by_own_norm)

    def mistakes(self) -> Sequence[Mistake]:
        """Another way to clip, always, or not at all."""
        return (
            NOT_CLIPPED,
            BY_VALUE,
            Mistake(
                say("All gradients were clipped together by their global norm, instead of each by its own."),
                lambda given: together(given, lambda size, cap: min(1.0, cap / size) if size else 1.0),
            ),
            Mistake(
                say("Every gradient was scaled to the cap, even one whose norm is below it."),
                lambda given: each(given, lambda one, cap: one * cap / (norm(one) or 1.0)),
            ),
            Mistake(
                say("The norm is 0 here, and 0 divided by 0 is NaN."),
                lambda given: each(
                    given, lambda one, cap: by_own_norm(one, cap) * (1.0 if norm(one) else math.nan)
                ),
            ),
            Mistake(
                say("The gradients were divided by their norm, but not multiplied by the cap."),
                lambda given: each(given, lambda one, cap: one / norm(one) if norm(one) > cap else one),
            ),
            Mistake(
                say("The sum of squares was taken for the norm; the norm is its square root."),
                lambda given: each(given, lambda one, cap: scaled(one, cap, norm(one) ** 2)),
            ),
            Mistake(
                say("The norm is NaN here; an `if` that compares with NaN left the gradients as they were."),
                lambda given: each(given, _unless_nan),
            ),
            *self.on_rows(),
        )


def _unless_nan(gradient: Array, cap: float) -> Array:
    return gradient if math.isnan(norm(gradient)) else by_own_norm(gradient, cap)

"""`clip_by_value`: each element by itself, as Keras' `clipvalue` and PyTorch's `clip_grad_value_`."""

from collections.abc import Sequence

from grader.exercises.clipping import (
    NOT_CLIPPED,
    Clipping,
    by_own_norm,
    by_value,
    each,
    together,
)
from grader.exercises.exercise import Answer, Array, Arrays, Mistake
from grader.exercises.kinds.clip_by_global_norm import factor
from grader.messages.message import Message, say
from grader.messages.message import together as sentences


class ClipByValue(Clipping):
    """Each element of each gradient is brought to the nearest number from `-cap` to `cap`."""

    def task(self) -> Message:
        """Each element."""
        return sentences(
            say("Clip each element of each gradient to the values from `-cap` to `cap`."), self.on_embedding()
        )

    def answer(self, given: Arrays) -> Answer:
        """Each element within the cap."""
        return each(given, by_value)

    def sized(self, gradient: Array, size: float) -> Array:
        """The gradient with another largest element."""
        return gradient * (size / float(abs(gradient).max()))

    def keeps_direction(self) -> bool:
        """It does not."""
        return False

    def mistakes(self) -> Sequence[Mistake]:
        """By a norm, on one side, scaled, or not at all."""
        return (
            NOT_CLIPPED,
            Mistake(
                say("Each gradient was scaled by its norm, as `clipnorm` does, instead of each element."),
                lambda given: each(given, by_own_norm),
            ),
            Mistake(
                say("All gradients were scaled by their global norm, instead of each element by itself."),
                lambda given: together(given, factor),
            ),
            Mistake(
                say("Only elements above the cap were clipped; those below minus the cap are as they were."),
                lambda given: each(given, lambda one, cap: one.clip(max=cap)),
            ),
            Mistake(
                say("Each gradient was scaled until its largest element was at the cap; the others stay."),
                lambda given: each(given, _by_largest),
            ),
            Mistake(
                say("Negative elements became 0; they are clipped to minus the cap."),
                lambda given: each(given, lambda one, cap: one.clip(0, cap)),
            ),
            *self.on_rows(),
        )


def _by_largest(gradient: Array, cap: float) -> Array:
    largest = float(abs(gradient).max())
    return gradient * (cap / largest) if largest > cap else gradient

"""`clip_by_global_norm`: all gradients as one vector, with their norm, as TensorFlow has it."""

import math
from collections.abc import Sequence

from grader.exercises.clipping import (
    BY_VALUE,
    NOT_CLIPPED,
    Clipping,
    by_own_norm,
    each,
    gradients_of,
    norm,
    together,
)
from grader.exercises.exercise import Answer, Array, Arrays, Mistake
from grader.messages.message import Message, say
from grader.messages.message import together as sentences

# PyTorch's `clip_grad_norm_` divides by the norm and this.
TORCH_EPSILON = 1e-6


class ClipByGlobalNorm(Clipping):
    """All gradients are scaled by one factor, so that their global norm is at most the cap.

    With them comes the global norm as it was before clipping. `tf.clip_by_global_norm`, Optax and PyTorch's
    `clip_grad_norm_` are all right: PyTorch has a 1e-6 in its denominator, which tiny norms show.
    """

    def task(self) -> Message:
        """All variables together."""
        return sentences(
            say(
                "Clip all gradients together by their global norm to `cap`; the answer `norm` is the global "
                "norm before clipping."
            ),
            self.on_embedding(),
        )

    def answer(self, given: Arrays) -> Answer:
        """One factor for all, and the norm before clipping."""
        return {**together(given, factor), "norm": size(gradients_of(given))}

    def as_right(self, given: Arrays) -> Sequence[Answer]:
        """PyTorch's factor; and TensorFlow makes everything NaN where the norm is infinite."""
        nothing = each(given, lambda one, _: one * math.nan)
        others = (
            together(given, torch_factor),
            *((nothing,) if math.isinf(size(gradients_of(given))) else ()),
        )
        return tuple({**one, "norm": size(gradients_of(given))} for one in others)

    def mistakes(self) -> Sequence[Mistake]:
        """Each by itself, always, the norm after clipping, or not at all."""
        return (
            NOT_CLIPPED,
            BY_VALUE,
            Mistake(
                say("Each gradient was clipped by its own norm, instead of all by their global norm."),
                lambda given: each(given, by_own_norm),
            ),
            Mistake(
                say("The answer `norm` is the norm after clipping; asked for is the norm before."),
                lambda given: {"norm": size(together(given, factor))},
            ),
            Mistake(
                say("The gradients were scaled to the cap although their global norm is below it."),
                lambda given: together(given, lambda size, cap: cap / size if size else 1.0),
            ),
            Mistake(
                say("The norm is 0 here, and 0 divided by 0 is NaN."),
                lambda given: together(given, lambda size, cap: factor(size, cap) if size else math.nan),
            ),
            Mistake(
                say(
                    "The gradients were changed in place: for each of them the global norm was computed "
                    "again, from some that were clipped already."
                ),
                _in_place,
            ),
            Mistake(
                say("The gradients were divided by their norm, but not multiplied by the cap."),
                lambda given: together(given, lambda size, cap: 1 / size if size > cap else 1.0),
            ),
            Mistake(
                say("The sum of squares was taken for the norm; the norm is its square root."),
                lambda given: together(given, lambda size, cap: factor(size**2, cap)),
            ),
            Mistake(
                say("The norm is NaN here; an `if` that compares with NaN left the gradients as they were."),
                lambda given: together(given, lambda size, cap: min(1.0, cap / size) if size > cap else 1.0),
            ),
            *self.on_rows(),
        )


def size(gradients: Answer) -> Array:
    """The global norm of gradients as an array of one number."""
    import numpy as np

    return np.array(norm(*gradients.values()))


def factor(size: float, cap: float) -> float:
    """What gradients of this global norm are multiplied by; a norm that is NaN stays so."""
    return 1.0 if size <= cap else cap / size


def torch_factor(size: float, cap: float) -> float:
    """The same as PyTorch's `clip_grad_norm_` has it."""
    small = cap / (size + TORCH_EPSILON)
    return 1.0 if small > 1 else small


def _in_place(given: Arrays) -> Answer:
    changed = gradients_of(given)
    for name, one in changed.items():
        if one is not None:
            changed[name] = one * factor(norm(*changed.values()), float(given["cap"]))
    return changed

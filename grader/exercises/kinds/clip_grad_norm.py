"""`clip_grad_norm`: PyTorch's `torch.nn.utils.clip_grad_norm_`, with the 1e-6 of its denominator."""

from collections.abc import Iterator, Sequence

from grader.exercises.clipping import gradients_of, together
from grader.exercises.drawing import Drawing
from grader.exercises.exercise import Answer, Arrays, Case, Mistake
from grader.exercises.kinds.clip_by_global_norm import ClipByGlobalNorm, factor, size, torch_factor
from grader.messages.message import Message, say
from grader.messages.message import together as sentences

_SMALL = 1e-4


class ClipGradNorm(ClipByGlobalNorm):
    """All gradients are multiplied by `min(1, cap / (norm + 1e-6))`; a small cap shows the 1e-6.

    The norm that is returned is that before clipping. Where it is infinite or NaN, nothing is raised
    (`error_if_nonfinite=False`): the infinite elements become NaN and the others 0, or all become NaN.
    https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
    """

    def task(self) -> Message:
        """PyTorch's function, or one of one's own."""
        return sentences(
            say(
                "Clip all gradients together to `cap` as PyTorch's `clip_grad_norm_` does; the answer `norm` "
                "is what it returns."
            ),
            self.on_embedding(),
        )

    def cases(self, draw: Drawing) -> Iterator[Case]:
        """Those of the global norm, and a small cap."""
        yield from super().cases(draw)
        yield Case("small_cap", self._given(draw, (3.0, 2.0, 4.0), _SMALL * self.cap))

    def answer(self, given: Arrays) -> Answer:
        """PyTorch's factor for all, and the norm before clipping."""
        return {**together(given, torch_factor), "norm": size(gradients_of(given))}

    def as_right(self, given: Arrays) -> Sequence[Answer]:  # noqa: ARG002  (one library defines it)
        """No other."""
        return ()

    def mistakes(self) -> Sequence[Mistake]:
        """No 1e-6, and those in clipping by the global norm."""
        forgotten = Mistake(
            say("PyTorch divides by the norm plus 1e-6; with a cap as small as this one, that is seen."),
            lambda given: together(given, factor),
        )
        # The others have no 1e-6 in them either.
        return (forgotten, *super().mistakes())

"""A picture that was handed in."""

from typing import ClassVar, Literal

from grader.evidence.part import Merit, Part, Wanted
from grader.evidence.values import Count, Hash, PictureAddress
from grader.messages.message import Message, say

# The share of ink from which on something is to be seen: axes without a curve have less than a thin curve.
SOME_INK = 0.005


class Figure(Part):
    """A picture that was handed in; width and height are in pixels.

    `ink` is the share of it that differs from its most common colour, `pixels` the SHA-256 by which it is
    known in another file, and `small` a copy that the grader wrote anew, as an address of kind `data:`.
    It is of a `cell` of a notebook, unless that is 0.
    """

    per_run: ClassVar[bool] = False
    wanted: ClassVar[Wanted | None] = Wanted(
        word=say("figure"),
        description="Patterns for a figure (PNG or JPEG), for the checks of it; "
        "without any, none is looked for.",
        advice=say(
            "Draw the gradient norm of every step, save it as a PNG, "
            "and put the file into the submission's folder."
        ),
    )

    form: Literal["png", "jpeg"]
    width: Count
    height: Count
    ink: float
    pixels: Hash = ""
    small: PictureAddress = ""
    cell: Count = 0

    @property
    def identity(self) -> str:
        """The hash of the pixels; none of a notebook's, whose last one may be of data that all were given."""
        return "" if self.cell else self.pixels

    @property
    def merits(self) -> tuple[Merit, ...]:
        """That it was saved to a file."""
        return (Merit(not self.cell, say("it is a file of its own")),)

    @property
    def picture(self) -> str:
        """The small copy."""
        return self.small

    @property
    def remarks(self) -> tuple[Message, ...]:
        """The cell of a notebook that it is of."""
        if not self.cell:
            return ()
        return (say("The figure is what cell {number} of the notebook showed.", number=self.cell),)

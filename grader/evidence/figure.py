"""A picture that was handed in."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from grader.evidence.part import Part
from grader.evidence.values import PictureAddress, Text


class Figure(Part):
    """A picture that was handed in.

    Attributes:
        form: `png`, `jpeg`, `svg` or `pdf`.
        width: in pixels; None where the form has none.
        height: likewise.
        ink: the share of the picture that differs from its most common colour, of one made of pixels.
        marks: the points of its lines, of one made of lines; letters do not count.
        pixels: the SHA-256 of its pixels, by which the same picture in another file is known.
        fingerprint: what differs between neighbours in it, in hexadecimal digits, by which one that was
            scaled or compressed is known.
        small: it, made small and written anew by the grader, as an address of kind `data:`.

    What is made of pixels is empty for a form without any.
    """

    per_run: ClassVar[bool] = False

    form: Literal["png", "jpeg", "svg", "pdf"]
    width: int | None = None
    height: int | None = None
    ink: float | None = None
    marks: int | None = None
    pixels: Text = ""
    fingerprint: Annotated[str, Field(max_length=256, pattern=r"^[0-9a-f]*$")] = ""
    small: PictureAddress = ""

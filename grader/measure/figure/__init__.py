"""A figure that a student hands in: how large its file may be. `read` reads it, with what needs Pillow."""

from grader.rubric import Limits

# A notebook may have several.
LARGEST = 20 << 20


def largest(_: Limits) -> int:
    """How many bytes of the file are read."""
    return LARGEST

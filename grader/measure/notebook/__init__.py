"""A Jupyter notebook: how large its file may be. `read` reads it."""

from grader.rubric import Limits

LARGEST = 20 << 20


def largest(_: Limits) -> int:
    """How many bytes of the file are read."""
    return LARGEST

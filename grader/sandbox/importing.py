"""Imports of TensorFlow and Keras, without what nobody needs of them."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lean_imports() -> Iterator[None]:
    """In this block Matplotlib is missing, and no garbage is looked for; TensorFlow takes a third less."""
    begin()
    try:
        yield
    finally:
        end()


def begin() -> None:
    """The beginning of such a block, where it ends in another process, which is forked from this one."""
    gc.disable()
    # Keras would import it to draw, and can do without.
    sys.modules.setdefault("matplotlib", None)  # type: ignore[arg-type]  # so Python says that it is missing


def end() -> None:
    """The end of such a block."""
    if sys.modules.get("matplotlib", sys) is None:
        del sys.modules["matplotlib"]
    # What was imported stays until the process ends.
    gc.freeze()
    gc.enable()

"""Graphs that run as they were traced."""

from collections.abc import Iterator
from contextlib import contextmanager

import tensorflow as tf


@contextmanager
def as_traced() -> Iterator[None]:
    """Leave the graphs that are run first in this block as they are.

    TensorFlow rewrites each before its first run. For dense layers that takes longer than it saves in 600
    steps, and with convolutions as long.
    """
    _rewrite(False)
    try:
        yield
    finally:
        _rewrite(True)


def _rewrite(wanted: bool) -> None:
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": not wanted})

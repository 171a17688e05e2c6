"""How TensorFlow computes here: on one thread, with graphs as they were traced."""

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


def use_one_thread() -> None:
    """Let this process compute on one thread; to be called before the first operation.

    Several workers share the cores, and one thread gives the same numbers from the same seed.
    """
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)

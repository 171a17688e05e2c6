"""How a worker computes: on one thread."""

import tensorflow as tf


def use_one_thread() -> None:
    """Let this process compute on one thread; to be called before the first operation.

    Several workers share the cores, and one thread gives the same numbers from the same seed.
    """
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)

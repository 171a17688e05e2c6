"""Tests of `grader.measure.training.graphs`."""

import subprocess
import sys

import pytest
import tensorflow as tf

from grader.measure.training.graphs import as_traced


def test_graphs_are_rewritten_again_after_the_block() -> None:
    """TensorFlow rewrites no graph inside the block, and does again after it, also after an error."""
    options, seen = tf.config.optimizer.get_experimental_options, []

    def fail() -> None:
        with as_traced():
            seen.append(options()["disable_meta_optimizer"])
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()

    assert [True] == seen
    assert options()["disable_meta_optimizer"] is False


def test_numbers_stay() -> None:
    """A graph gives the same numbers in the block, up to the order of its sums."""
    square = tf.function(lambda values: tf.reduce_sum(values * values + values * 0.0))

    with as_traced():
        plain = float(square(tf.constant([1.0, 2.0, 3.0])))

    assert 14.0 == plain


def test_a_worker_computes_on_one_thread() -> None:
    """Both of TensorFlow's pools have one, which has to be said before its first operation."""
    program = (
        "import tensorflow as tf\n"
        "from grader.measure.training.graphs import use_one_thread\n"
        "use_one_thread()\n"
        "threading = tf.config.threading\n"
        "print(threading.get_intra_op_parallelism_threads(), threading.get_inter_op_parallelism_threads())\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "1 1" == done.stdout.strip()

"""Tests of how a worker computes."""

import subprocess
import sys


def test_a_worker_computes_on_one_thread() -> None:
    """Both of TensorFlow's pools have one, which has to be said before its first operation."""
    program = (
        "import tensorflow as tf\n"
        "from grader.measure.training.thread import use_one_thread\n"
        "use_one_thread()\n"
        "threading = tf.config.threading\n"
        "print(threading.get_intra_op_parallelism_threads(), threading.get_inter_op_parallelism_threads())\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "1 1" == done.stdout.strip()

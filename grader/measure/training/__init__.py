"""The only package that imports TensorFlow: load the clean copy, predict, probe, train again.

Importing it is what the forkserver does once; it must not run an operation,
because a process forked after one hangs at its first.
"""

import os
import sys

# TensorFlow reads both when it is imported: no chatter on stderr, and no look for a graphics card.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

# Keras imports Matplotlib where it is installed, which obeys a `matplotlibrc` in the current folder.
# Nothing is drawn here, so Keras does without.
sys.modules["matplotlib"], _installed = None, sys.modules.get("matplotlib")  # type: ignore[assignment]
try:
    import keras as keras
finally:
    del sys.modules["matplotlib"]
    if _installed is not None:
        sys.modules["matplotlib"] = _installed

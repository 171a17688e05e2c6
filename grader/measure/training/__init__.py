"""The only package that imports TensorFlow: load the clean copy, predict, probe, train again.

Importing it is what the forkserver does once; it must not run an operation,
because a process forked after one hangs at its first.
"""

import os
import sys

# TensorFlow reads both when it is imported: no chatter on stderr, and no look for a graphics card.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

# Keras and TensorFlow import these where they are installed. None is needed here, which saves a sixth of the
# time and of what each fork copies; and Matplotlib obeys a `matplotlibrc` in the current folder.
_DONE_WITHOUT = ("matplotlib", "scipy", "sklearn")
_imported = {name: sys.modules.get(name) for name in _DONE_WITHOUT}
sys.modules.update(dict.fromkeys(_DONE_WITHOUT))  # type: ignore[arg-type]
try:
    import keras as keras
finally:
    for name, module in _imported.items():
        del sys.modules[name]
        if module is not None:
            sys.modules[name] = module

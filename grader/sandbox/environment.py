"""Environment: what a worker finds in its variables: no token, and no habit of this machine's user."""

import contextlib
import os
from collections.abc import Iterator, Mapping

# Without these Python does not find its packages, or writes its byte code where it should not.
_KEPT = (
    *("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
    *("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "PYTHONSAFEPATH"),
    *("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONHASHSEED", "PYTHONUTF8"),
)
_SET = {
    # HDF5 loads no filter from a file on disk.
    "HDF5_PLUGIN_PRELOAD": "::",
    # Keras takes its number type and backend from here, and not from a file in somebody's home.
    "KERAS_BACKEND": "tensorflow",
    "KERAS_HOME": os.devnull,
    # One thread for each worker; more would also cost address space on a machine with many cores.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # TensorFlow reads these when it is imported: no chatter, and no look for a graphics card.
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
}


def reduced(variables: Mapping[str, str]) -> dict[str, str]:
    """Those of some variables that a worker needs, and those that are set for it."""
    return {name: value for name, value in variables.items() if name in _KEPT} | _SET


@contextlib.contextmanager
def reduced_environment() -> Iterator[None]:
    """What is started inside has the reduced variables from its beginning, and no trace of the others."""
    before = dict(os.environ)
    _become(reduced(before))
    try:
        yield
    finally:
        _become(before)


def move_into(folder: str) -> None:
    """Let home and temporary files be in this folder."""
    # Keras imports Matplotlib where it is installed, which would make a folder in the user's home.
    os.environ.update(HOME=folder, TMPDIR=folder, MPLCONFIGDIR=folder)


def _become(variables: Mapping[str, str]) -> None:
    for name in set(os.environ) - set(variables):
        del os.environ[name]
    os.environ.update(variables)

"""What a worker inherits: a few variables without any token, two pipes, and a folder of its own."""

import contextlib
import os
import site
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

# Without these Python does not find its packages, or writes its byte code where it should not.
_KEPT = (
    *("TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
    *("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE"),
    *("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONHASHSEED", "PYTHONUTF8"),
)
_SET = {
    # Python imports nothing from the current folder, which may be a student's.
    "PYTHONSAFEPATH": "1",
    # Python itself runs `uname`, and a place in the user's `PATH` may be the current folder.
    "PATH": os.defpath,
    # No library finds settings or plug-ins in a home.
    "HOME": os.devnull,
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
    """The variables that a worker needs, and those that are set for it."""
    kept = {name: value for name, value in variables.items() if name in _KEPT}
    if site.ENABLE_USER_SITE:
        # Packages may be installed there, and Python finds the place by the home.
        kept["PYTHONUSERBASE"] = site.getuserbase()
    return kept | _SET


@contextlib.contextmanager
def reduced_environment() -> Iterator[None]:
    """Reduce the variables in this block; a process started in it has no trace of the others."""
    before = dict(os.environ)
    _become(reduced(before))
    try:
        yield
    finally:
        _become(before)


def prepare(folder: str, kept: Collection[int]) -> None:
    """Leave a worker nothing that it inherits but these descriptors, and let it work in its own folder."""
    os.chdir(folder)
    os.environ.update(HOME=folder, TMPDIR=folder)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    # A worker that could write to what a forkserver hands to its children would end the forkserver.
    # Linux and macOS both list them here. The listing's own is closed by then.
    for descriptor in [int(path.name) for path in Path("/dev/fd").iterdir()]:
        if descriptor > 2 and descriptor not in kept:
            with contextlib.suppress(OSError):
                os.close(descriptor)


def _become(variables: Mapping[str, str]) -> None:
    for name in set(os.environ) - set(variables):
        del os.environ[name]
    os.environ.update(variables)

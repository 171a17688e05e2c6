"""What a worker may read: Python, the installed packages, shared libraries, the images, and no labels.

Rights to a folder hold for all that is below it, so where something below is hidden,
the folder is granted piece by piece.
"""

import os
import site
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
# The labels of the test images that ship lie here.
HIDDEN = PACKAGE / "datasets"

# Shared libraries, time zones, and what TensorFlow and the C library ask about the machine.
_OF_THE_SYSTEM = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache"),
    *("/usr/share/zoneinfo", "/etc/localtime"),
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm", "/sys/devices/system"),
    *("/dev/null", "/dev/urandom"),
)


@dataclass(frozen=True)
class Readable:
    """A file, or a folder with all that is below it.

    Attributes:
        path: without links in it.
        names_only: the folder can be listed, and nothing below it opened.
    """

    path: str
    names_only: bool = False


def readable(lent: Sequence[str] = (), hidden: Path = HIDDEN) -> tuple[Readable, ...]:
    """All that a worker may read.

    Args:
        lent: further folders, such as that of the images.
        hidden: what stays closed although it lies in an open folder.
    """
    found: dict[str, Readable] = {}
    for path in (*_OF_THE_SYSTEM, *_of_python(), str(PACKAGE), *lent):
        # `/proc/self` names each process itself.
        start = path if path.startswith("/proc/") else os.path.realpath(path)
        for part in _around(start, os.path.realpath(hidden), found):
            found[part.path] = part
    return tuple(found.values())


def _of_python() -> Iterator[str]:
    """The standard library, and each folder that packages were installed into.

    The current folder, which `python -m` adds to the path, is none, so what lies there stays closed.
    """
    for name in ("stdlib", "platstdlib", "purelib", "platlib"):
        yield sysconfig.get_path(name)
    yield str(Path(sys.base_prefix, "lib"))
    yield from site.getsitepackages()
    for entry in sys.path:
        if entry and _has_installed_packages(entry):
            yield entry


def _has_installed_packages(folder: str) -> bool:
    try:
        return any(path.suffix in {".dist-info", ".egg-info"} for path in Path(folder).iterdir())
    except OSError:
        return False


def _around(path: str, hidden: str, known: dict[str, Readable]) -> Iterator[Readable]:
    """A path, or where something is hidden below it, all that is around that."""
    if path in known or path == hidden or path.startswith(f"{hidden}{os.sep}"):
        return
    if not hidden.startswith(f"{path.rstrip(os.sep)}{os.sep}"):
        yield Readable(path)
        return
    yield Readable(path, names_only=True)
    try:
        below = list(Path(path).iterdir())
    except OSError:
        return
    for one in below:
        # A link may lead to where the hidden folder is, as `lib64` of a virtual environment does.
        inner = os.path.realpath(one)
        if inner.startswith(f"{path}{os.sep}"):
            yield from _around(inner, hidden, known)

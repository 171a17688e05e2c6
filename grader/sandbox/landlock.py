"""Landlock: a process gives up TCP, signals to others, and every right to files that is not in a list.

It needs Linux 5.13 and no privilege. It does not cover UDP, `stat`, `chmod` and the like; other layers do.
"""

import contextlib
import errno
import os
import site
import struct
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.kernel import machine, system_call
from grader.sandbox.limits import NEWEST_LANDLOCK

# The numbers are the same on every processor.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_BELOW_A_PATH = 1

WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
MAKE_FILE, TRUNCATE = 1 << 8, 1 << 14

# How many rights to files, and then to ports and to processes, each version of Landlock knows.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_FILE_RIGHTS_TODAY = 16
# Opens a path to name it, not to read it; Python has it on Linux only.
_O_PATH = getattr(os, "O_PATH", 0)

_BIND_AND_CONNECT = 0b11
_SOCKETS_AND_SIGNALS = 0b11

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
    """A file, or a folder with everything below it; with `names_only`, a folder that can only be listed."""

    # Without links in it.
    path: str
    names_only: bool = False


def readable(lent: Sequence[str] = (), hidden: Path = HIDDEN) -> tuple[Readable, ...]:
    """What a worker may read: Python, the installed packages, shared libraries, the images, and no labels.

    Rights to a folder hold for all that is below it, so one with something hidden in it is granted in pieces.
    """
    found: dict[str, Readable] = {}
    for path in (*_OF_THE_SYSTEM, *_of_python(), str(PACKAGE), *lent):
        # `/proc/self` names each process itself.
        start = path if path.startswith("/proc/") else os.path.realpath(path)
        for part in _around(start, os.path.realpath(hidden), found):
            found[part.path] = part
    return tuple(found.values())


def _of_python() -> Iterator[str]:
    """Where Python and packages are installed; the current folder, which `python -m` adds, stays closed."""
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
    """The path, or everything around what is hidden below it."""
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


def version() -> int:
    """The kernel's version of Landlock; 0 if it has none, or it is turned off."""
    return _version_or_reason()[0]


def _version_or_reason() -> tuple[int, str]:
    if machine() is None:
        return 0, "The program supports it on Linux on x86_64 and aarch64 only."
    try:
        return system_call(_CREATE_RULESET, 0, 0, _ASK_VERSION), ""
    except OSError as error:
        if error.errno == errno.EOPNOTSUPP:
            return 0, "This kernel has it, but was started without it."
        reason = f"This kernel has none (Linux has it from 5.13), or a container hides it ({error.strerror})."
        return 0, reason


def restrict(parts: Iterable[Readable], own_folder: str, newest: int = NEWEST_LANDLOCK) -> str:
    """Let this process and its children read these parts, read and write their own folder, and no more."""
    known, reason = _version_or_reason()
    known = min(known, newest)
    if not known:
        return reason or "It was left out."
    handled = (1 << _FILE_RIGHTS.get(known, _FILE_RIGHTS_TODAY)) - 1
    ports = _BIND_AND_CONNECT if known >= 4 else 0
    scopes = _SOCKETS_AND_SIGNALS if known >= 6 else 0
    wanted = struct.pack("=QQQ", handled, ports, scopes)
    ruleset = system_call(_CREATE_RULESET, wanted, len(wanted), 0)
    try:
        for part in parts:
            rights = READ_DIR if part.names_only else READ_FILE | READ_DIR
            # Not every system has every folder; what cannot be opened cannot be read either.
            with contextlib.suppress(OSError):
                _allow(ruleset, part.path, rights & handled)
        _allow(ruleset, os.devnull, READ_FILE | WRITE_FILE)
        # Files, but no folders: nothing in it is nested. None is removed, or it would not be counted.
        write = WRITE_FILE | MAKE_FILE | TRUNCATE
        _allow(ruleset, own_folder, (READ_FILE | READ_DIR | write) & handled)
        system_call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return ""


def _allow(ruleset: int, path: str, rights: int) -> None:
    opened = os.open(path, _O_PATH | os.O_CLOEXEC)
    try:
        if not Path(path).is_dir():
            rights &= WRITE_FILE | READ_FILE | TRUNCATE
        system_call(_ADD_RULE, ruleset, _BELOW_A_PATH, struct.pack("=Qi", rights, opened), 0)
    finally:
        os.close(opened)

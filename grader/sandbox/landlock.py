"""Landlock: a process gives up every right to files that is not in a list, TCP, and signals to others.

It needs Linux 5.13 and no privilege. It knows of no UDP, of `stat`, `chmod` and the like,
which the other layers are for.
"""

import contextlib
import ctypes
import errno
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from grader.sandbox.kernel import machine, system_call
from grader.sandbox.readable import Readable

# The numbers are the same on every kind of processor.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_BELOW_A_PATH = 1

WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
REMOVE_FILE, MAKE_FILE, TRUNCATE = 1 << 5, 1 << 8, 1 << 14

# How many rights to files, and then to ports and to processes, each version of Landlock knows.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_FILE_RIGHTS_TODAY = 16
# Opens a path to name it, not to read it; Python has it on Linux only.
_O_PATH = getattr(os, "O_PATH", 0)

_BIND_AND_CONNECT = 0b11
_SOCKETS_AND_SIGNALS = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("ports", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _BelowAPath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """The version of Landlock that the kernel has; 0 if it has none, or it is turned off."""
    if machine() is None:
        return 0
    try:
        return system_call(_CREATE_RULESET, 0, 0, _ASK_VERSION)
    except OSError:
        return 0


def restrict(readable: Iterable[Readable], own_folder: str) -> str:
    """Restrict this process, and all that it starts, for good.

    Args:
        readable: what may be read.
        own_folder: what may be read and written.

    Returns:
        Why it is missing; "" if it holds.
    """
    if sys.platform != "linux":
        return "Only Linux has it."
    known = version()
    if known == 0:
        return _why_missing()
    handled = (1 << _FILE_RIGHTS.get(known, _FILE_RIGHTS_TODAY)) - 1
    wanted = _Ruleset(
        files=handled,
        ports=_BIND_AND_CONNECT if known >= 4 else 0,
        scopes=_SOCKETS_AND_SIGNALS if known >= 6 else 0,
    )
    ruleset = system_call(_CREATE_RULESET, ctypes.pointer(wanted), ctypes.sizeof(wanted), 0)
    try:
        for part in readable:
            rights = READ_DIR if part.names_only else READ_FILE | READ_DIR
            # Not every system has every folder; what cannot be opened cannot be read either.
            with contextlib.suppress(OSError):
                _allow(ruleset, part.path, rights & handled)
        _allow(ruleset, os.devnull, READ_FILE | WRITE_FILE)
        # Files, but no folders: nothing in it is nested.
        write = WRITE_FILE | REMOVE_FILE | MAKE_FILE | TRUNCATE
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
        rule = _BelowAPath(allowed=rights, parent=opened)
        system_call(_ADD_RULE, ruleset, _BELOW_A_PATH, ctypes.pointer(rule), 0)
    finally:
        os.close(opened)


def _why_missing() -> str:
    if machine() is None:
        return "It is written here for x86_64 and aarch64 only."
    try:
        system_call(_CREATE_RULESET, 0, 0, _ASK_VERSION)
    except OSError as error:
        if error.errno == errno.EOPNOTSUPP:
            return "This kernel has it, but it was started without it."
        return f"This kernel has none (Linux has it from 5.13), or a container hides it ({error.strerror})."
    return ""

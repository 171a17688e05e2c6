"""Privileges: none that are new, none of root where the worker can do without, no look at its memory."""

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.sandbox.kernel import (
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    machine,
    set_attribute,
    system_call,
)
from grader.sandbox.readable import Readable
from grader.sandbox.syscalls import CAPSET

# By custom the user that owns nothing.
NOBODY = 65534
_CAPABILITY_VERSION = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("process", ctypes.c_int32))


class _NoCapabilities(ctypes.Structure):
    _fields_ = (("words", ctypes.c_uint32 * 6),)


def refuse_new() -> str:
    """Let no program that this process may start have more rights than it has.

    Returns:
        Why it is missing; "" if it holds.
    """
    return set_attribute(PR_SET_NO_NEW_PRIVS, 1)


def hide_memory() -> str:
    """Keep other processes of the same user from reading this one's memory, and write no core file.

    Returns:
        Why it is missing; "" if it holds.
    """
    return set_attribute(PR_SET_DUMPABLE, 0)


def leave_root(needed: Iterable[Readable], own_folder: str) -> str:
    """Become a user that owns nothing but the folder it works in, and give up every capability.

    Python may be installed where only root can read, such as below root's home.
    A worker that cannot import what it needs is of no use, so that is tried first.

    Args:
        needed: what must be readable for that user too.
        own_folder: what it may write.

    Returns:
        Why this is missing; "" if the process is not, or no longer, root.
    """
    if sys.platform == "win32":
        return "Windows has no such user."
    if os.geteuid() == 0 and (why := _become_nobody(needed, own_folder)):
        return why
    if sys.platform == "linux" and (kind := machine()) is not None:
        # The root of a user namespace of its own has all of them, within it.
        header, none = _Header(_CAPABILITY_VERSION, 0), _NoCapabilities()
        system_call(CAPSET[kind], ctypes.pointer(header), ctypes.pointer(none))
    return ""


def _become_nobody(needed: Iterable[Readable], own_folder: str) -> str:
    try:
        os.chown(own_folder, NOBODY, NOBODY)
        with _trying(NOBODY):
            closed = next((part.path for part in needed if not _is_open(part)), None)
        if closed is None:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            return ""
        why = f"Python needs `{closed}`, and only root can read that here."
    except OSError as error:
        why = f"The container does not allow it ({error.strerror})."
    with contextlib.suppress(OSError):
        os.chown(own_folder, 0, 0)
    return why


@contextlib.contextmanager
def _trying(user: int) -> Iterator[None]:
    """Be another user for a moment."""
    groups = os.getgroups()
    with contextlib.ExitStack() as back:
        os.setgroups([])
        back.callback(os.setgroups, groups)
        os.setegid(user)
        back.callback(os.setegid, 0)
        os.seteuid(user)
        back.callback(os.seteuid, 0)
        yield


def _is_open(part: Readable) -> bool:
    path = Path(part.path)
    try:
        if path.is_dir():
            next(path.iterdir(), None)
        else:
            os.close(os.open(path, os.O_RDONLY))
    except PermissionError:
        return False
    except OSError:
        # Not every system has every file.
        return True
    return True

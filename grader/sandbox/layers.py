"""The layers of a worker's sandbox, applied one after the other.

A layer is a function that restricts this process for good and returns why it is missing, "" if it holds.
"""

import contextlib
import os
import signal
import struct
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from grader.sandbox.kernel import (
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    Machine,
    machine,
    set_attribute,
    system_call,
    unshare,
)
from grader.sandbox.landlock import Readable, readable, restrict
from grader.sandbox.limits import SandboxLimits, set_limits
from grader.sandbox.seccomp import refuse_calls
from grader.sandbox.syscalls import SPECIAL, numbers_on

_NEW_NETWORK, _NEW_IPC, _NEW_USER = 0x40000000, 0x08000000, 0x10000000
# The user that owns nothing, by convention.
NOBODY = 65534
# The version of the call, and `CAP_DAC_READ_SEARCH` and `CAP_DAC_OVERRIDE` as bits.
_CAPABILITY_VERSION, _READ_ANY_FILE = 0x20080522, (1 << 2, 1 << 1)


class Layer(NamedTuple):
    """A layer by its name, and why it is missing; "" if it holds."""

    name: str
    missing: str = ""


def apply_layers(sandbox: SandboxLimits, folder: str) -> tuple[Layer, ...]:
    """Close the sandbox around this process, which has one thread and has not seen a submission yet."""
    parts = readable(sandbox.reads)
    # Each takes away something that the later ones can do without.
    steps: tuple[tuple[str, Callable[[], str]], ...] = (
        ("limits", lambda: set_limits(sandbox)),
        ("empty network", leave_network),
        # No program that it starts has more rights than it has.
        ("no new privileges", lambda: set_attribute(PR_SET_NO_NEW_PRIVS, 1)),
        ("not root", lambda: leave_root(parts, folder)),
        ("Landlock", lambda: restrict(parts, folder, sandbox.landlock)),
        # Other processes of the same user cannot read its memory, and it writes no core file.
        ("memory hidden", lambda: set_attribute(PR_SET_DUMPABLE, 0)),
        # A change of the user would undo it. The caller sees whether the parent is still there.
        ("ends with the grader", lambda: set_attribute(PR_SET_PDEATHSIG, signal.SIGKILL)),
        ("seccomp", refuse_calls),
    )
    return tuple(Layer(name, _tried(name, step, sandbox)) for name, step in steps)


def _tried(name: str, step: Callable[[], str], sandbox: SandboxLimits) -> str:
    if name in sandbox.without:
        return "It was left out."
    try:
        return step()
    except OSError as error:
        return f"The system or the container does not allow it ({error.strerror})."


def leave_network() -> str:
    """Move into an empty network; an ordinary user needs a new user namespace, which may not be allowed."""
    if sys.platform != "linux":
        return "Only Linux has it."
    unshare(_NEW_NETWORK | _NEW_IPC | (0 if os.geteuid() == 0 else _NEW_USER))
    return ""


def leave_root(needed: Iterable[Readable], own_folder: str) -> str:
    """Become a user that owns nothing but the folder it works in, and give up every capability.

    Python may be installed where only root can read, such as below root's home. A worker that cannot import
    what it needs is useless, so it is first tried whether that user can read it.
    """
    if sys.platform == "win32":
        return "Windows has no such user."
    why = _become_nobody(needed, own_folder) if os.geteuid() == 0 else ""
    if sys.platform == "linux" and (kind := machine()) is not None:
        _give_up_capabilities(kind, needed)
    return why


def _give_up_capabilities(kind: Machine, needed: Iterable[Readable]) -> None:
    """Give up every capability, but one of reading any file where Python cannot be read without it."""

    def keep(effective: int, permitted: int) -> None:
        words = [value >> shift & 0xFFFFFFFF for shift in (0, 32) for value in (effective, permitted, 0)]
        head = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
        system_call(numbers_on(kind, SPECIAL)["capset"], head, struct.pack("=6I", *words))

    if os.geteuid() == 0:
        # Root may be the owner of what it reads, or not.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        permitted = int(status.partition("CapPrm:")[2].split()[0], 16)
        reading = next((one for one in _READ_ANY_FILE if one & permitted), 0)
        keep(0, reading)
        if reading and _closed(needed):
            keep(reading, reading)
            return
    # The root of a user namespace has all of them within it.
    keep(0, 0)


def _become_nobody(needed: Iterable[Readable], own_folder: str) -> str:
    try:
        os.chown(own_folder, NOBODY, NOBODY)
        # For a moment.
        with contextlib.ExitStack() as back:
            groups = os.getgroups()
            os.setgroups([])
            back.callback(os.setgroups, groups)
            os.setegid(NOBODY)
            back.callback(os.setegid, 0)
            os.seteuid(NOBODY)
            back.callback(os.seteuid, 0)
            closed = _closed(needed)
        if not closed:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            return ""
        why = f"Python needs `{closed}`, and only root can read that here, so root stays, without its powers."
    except OSError as error:
        why = f"The container does not allow it ({error.strerror})."
    with contextlib.suppress(OSError):
        os.chown(own_folder, 0, 0)
    return why


def _closed(needed: Iterable[Readable]) -> str:
    """The first part that this process cannot read; "" if there is none."""
    for part in needed:
        path = Path(part.path)
        try:
            if path.is_dir():
                next(path.iterdir(), None)
            else:
                os.close(os.open(path, os.O_RDONLY))
        except PermissionError:
            return part.path
        except OSError:
            # Not every system has every file.
            continue
    return ""

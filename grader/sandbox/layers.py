"""The layers of a worker's sandbox, applied one after the other; each says why if it is missing."""

import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import environment, landlock, privileges, seccomp
from grader.sandbox.kernel import PR_SET_PDEATHSIG, set_attribute, unshare
from grader.sandbox.limits import SandboxLimits, set_limits
from grader.sandbox.readable import readable


@dataclass(frozen=True)
class Layer:
    """One layer of the sandbox.

    Attributes:
        name: of the layer.
        missing: why it is missing; "" if it holds.
    """

    name: str
    missing: str = ""


def apply_layers(sandbox: SandboxLimits, folder: str) -> tuple[Layer, ...]:
    """Close the sandbox around this process, which has one thread and has not seen a submission yet.

    Best effort: a layer that the system does not have is left away.

    Args:
        sandbox: What the worker may use.
        folder: its own, in which it works.
    """
    parts = readable(sandbox.reads)
    # Each takes away something that those after it can do without.
    steps: tuple[tuple[str, Callable[[], str]], ...] = (
        ("limits", lambda: set_limits(sandbox)),
        ("empty network", leave_network),
        ("no new privileges", privileges.refuse_new),
        ("not root", lambda: privileges.leave_root(parts, folder)),
        ("Landlock", lambda: landlock.restrict(parts, folder)),
        ("memory hidden", privileges.hide_memory),
        # A change of the user would undo it.
        ("ends with the grader", lambda: die_with_parent(signal.SIGKILL)),
        ("seccomp", seccomp.refuse_calls),
    )
    return tuple(Layer(name, _tried(name, step, sandbox)) for name, step in steps)


def prepare(folder: str, kept: Iterable[int]) -> None:
    """Take away what a worker would inherit: descriptors, the current folder, home and temporary files."""
    silence()
    close_all_but(frozenset(kept))
    os.chdir(folder)
    environment.move_into(folder)


def as_message(layers: Iterable[Layer]) -> bytes:
    """The layers as a worker tells its parent of them."""
    return json.dumps([[layer.name, layer.missing] for layer in layers]).encode()


def from_message(content: bytes) -> tuple[Layer, ...]:
    """The inverse of `as_message`."""
    return tuple(Layer(name, missing) for name, missing in json.loads(content))


def _tried(name: str, step: Callable[[], str], sandbox: SandboxLimits) -> str:
    if name in sandbox.without:
        return "It was left out."
    try:
        return step()
    except OSError as error:
        return f"The system does not allow it ({error.strerror})."


def silence() -> None:
    """Let stdin, stdout and stderr lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


def close_all_but(kept: Collection[int]) -> None:
    """Close everything that is open but the standard streams and those that are named.

    A worker that could write to what a forkserver hands to its children would end the forkserver.
    """
    # Linux and macOS both list them here. The listing's own is closed by then.
    for descriptor in [int(path.name) for path in Path("/dev/fd").iterdir()]:
        if descriptor > 2 and descriptor not in kept:
            with contextlib.suppress(OSError):
                os.close(descriptor)


_NEW_NETWORK, _NEW_IPC, _NEW_USER = 0x40000000, 0x08000000, 0x10000000


def leave_network() -> str:
    """Move this process into an empty network; it must have one thread.

    Who is not root may do this only as the root of a user namespace of its own,
    which some systems and containers do not allow.

    Returns:
        Why it is missing; "" if it holds.
    """
    if sys.platform != "linux":
        return "Only Linux has it."
    user = 0 if os.geteuid() == 0 else _NEW_USER
    try:
        unshare(_NEW_NETWORK | _NEW_IPC | user)
    except OSError as error:
        return f"The system or the container does not allow it ({error.strerror})."
    return ""


def die_with_parent(signal_number: signal.Signals) -> str:
    """Have the kernel send this process a signal when its parent dies; whoever calls this checks the parent.

    A change of the user undoes it.

    Returns:
        Why it is missing; "" if it holds.
    """
    return set_attribute(PR_SET_PDEATHSIG, signal_number)

"""The walls around a worker: layers put up one after the other, each of which says why if it is missing."""

import json
import os
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from grader.sandbox import descriptors, environment, landlock, namespaces, privileges, seccomp
from grader.sandbox.lifetime import die_with_parent
from grader.sandbox.limits import Walls, set_limits
from grader.sandbox.readable import readable


@dataclass(frozen=True)
class Layer:
    """One layer of the walls.

    Attributes:
        name: of the layer.
        missing: why it is missing; "" if it holds.
    """

    name: str
    missing: str = ""


def put_up(walls: Walls, folder: str) -> tuple[Layer, ...]:
    """Put up the walls around this process, which has one thread and has not seen a submission yet.

    Best effort: a layer that the system does not have is left away.

    Args:
        walls: what the worker may use.
        folder: its own, in which it works.
    """
    parts = readable(walls.reads)
    # Each takes away something that those after it can do without.
    steps: tuple[tuple[str, Callable[[], str]], ...] = (
        ("limits", lambda: set_limits(walls)),
        ("empty network", namespaces.leave_network),
        ("no new privileges", privileges.refuse_new),
        ("not root", lambda: privileges.leave_root(parts, folder)),
        ("Landlock", lambda: landlock.restrict(parts, folder)),
        ("memory hidden", privileges.hide_memory),
        # A change of the user would undo it.
        ("ends with the grader", lambda: die_with_parent(signal.SIGKILL)),
        ("seccomp", seccomp.refuse_calls),
    )
    return tuple(Layer(name, _tried(name, step, walls)) for name, step in steps)


def prepare(folder: str, kept: Iterable[int]) -> None:
    """Take away what a worker would inherit: descriptors, the current folder, home and temporary files."""
    descriptors.silence()
    descriptors.close_all_but(frozenset(kept))
    os.chdir(folder)
    environment.move_into(folder)


def as_message(layers: Iterable[Layer]) -> bytes:
    """The layers as a worker tells its parent of them."""
    return json.dumps([[layer.name, layer.missing] for layer in layers]).encode()


def from_message(content: bytes) -> tuple[Layer, ...]:
    """The inverse of `as_message`."""
    return tuple(Layer(name, missing) for name, missing in json.loads(content))


def _tried(name: str, step: Callable[[], str], walls: Walls) -> str:
    if name in walls.without:
        return "It was left away."
    try:
        return step()
    except OSError as error:
        return f"The system does not allow it ({error.strerror})."

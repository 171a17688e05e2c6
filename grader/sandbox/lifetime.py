"""Lifetime: no worker outlives the grader, and nothing that it started outlives the worker."""

import contextlib
import os
import shutil
import signal
import time
from pathlib import Path

from grader.sandbox.kernel import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, set_attribute


def die_with_parent(signal_number: signal.Signals) -> str:
    """Have the kernel send this process a signal when its parent dies; whoever calls this checks the parent.

    A change of the user undoes it.

    Returns:
        Why it is missing; "" if it holds.
    """
    return set_attribute(PR_SET_PDEATHSIG, signal_number)


def adopt_orphans() -> str:
    """Become the parent of every process below this one whose own parent dies, such as a daemon.

    Returns:
        Why it is missing; "" if it holds.
    """
    return set_attribute(PR_SET_CHILD_SUBREAPER, 1)


def end_all(group: int, seconds: float) -> None:
    """Kill a process group, then every child of this process until there is none, and reap them.

    Args:
        group: of the worker.
        seconds: to go on at most, should they multiply faster than they are killed.
    """
    deadline = time.monotonic() + seconds
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    while _reap() and time.monotonic() < deadline:
        # The children of one that is killed become ours, and are found the next time.
        for child in _children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        time.sleep(0.001)


def remove_folder(folder: str) -> None:
    """Remove a worker's folder.

    Landlock lets a worker make no folder inside it. Where there is no Landlock, and folders are nested by
    the thousand, they are left to the system, which clears its temporary files.
    """
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)


def _reap() -> bool:
    """Take leave of the children that are dead; whether there are others."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _children() -> tuple[int, ...]:
    try:
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    except OSError:
        return ()
    return tuple(map(int, listed.split()))

"""Does something with each of many things, half of them in a second process."""

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

# Fewer are done before a process has begun.
_MANY = 100

Thing = TypeVar("Thing")


def for_each(act: Callable[[Thing], None], things: Sequence[Thing]) -> None:
    """Do something with each thing; where there are many, half of them in a process that is forked for that.

    Args:
        act: what is done; it leaves its result on the disk, and can be done twice.
        things: with which.

    Raises:
        Exception: what `act` raises; what failed in the other process is done again in this one.
    """
    half = len(things) // 2 if len(things) >= _MANY and _can_fork() else 0
    if half:
        fork = multiprocessing.get_context("fork")
        process = fork.Process(target=_do_quietly, args=(act, things[:half]))
        process.start()
        try:
            _do(act, things[half:])
        finally:
            process.join()
        if process.exitcode == 0:
            return
    _do(act, things[:half] if half else things)


def _can_fork() -> bool:
    """On Linux, where no other thread of ours holds a lock that a copy would wait for, and with two cores."""
    return sys.platform == "linux" and threading.active_count() == 1 and len(os.sched_getaffinity(0)) > 1


def _do(act: Callable[[Thing], None], things: Sequence[Thing]) -> None:
    for thing in things:
        act(thing)


def _do_quietly(act: Callable[[Thing], None], things: Sequence[Thing]) -> None:
    try:
        _do(act, things)
    except BaseException:  # noqa: BLE001  (an interrupt, too: the first process says what there is to say)
        os._exit(1)

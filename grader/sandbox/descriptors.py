"""Descriptors: a worker has its two pipes and nothing else that was open."""

import contextlib
import os
from collections.abc import Collection
from pathlib import Path


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

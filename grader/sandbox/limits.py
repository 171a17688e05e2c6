"""Limits on what one worker may use, which every system has."""

import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path

MEBIBYTE = 1 << 20
# The clean copy of the largest model that is read is written once.
LARGEST_FILE = 768 * MEBIBYTE
MOST_ON_DISK = 1024 * MEBIBYTE
MOST_OPEN = 256
# Of all replies to what it was sent; an honest worker sends two, in a calibration one for each training.
LARGEST_REPLY = 64 * MEBIBYTE
MOST_REPLIES = 1000
# The newest version of Landlock that adds a right which is used here; a kernel may have an older one.
NEWEST_LANDLOCK = 6
# A worker computes on one thread, and for a moment on a few more.
_PROCESSOR_SHARE = 4
# The limit on processes counts those of the whole user, TensorFlow's threads among them.
_MORE_PROCESSES = 1000


@dataclass(frozen=True)
class SandboxLimits:
    """What one worker may use."""

    # By the clock, from what it was sent last to its last reply.
    seconds: float
    # Bytes of its address space.
    memory: int
    # The folders that it may read besides Python and the packages.
    reads: tuple[str, ...] = ()
    # The layers of the sandbox without which it must not begin.
    needed: frozenset[str] = frozenset()
    # What is left out, and the newest version of Landlock that is used, to see what the others hold.
    without: frozenset[str] = frozenset()
    landlock: int = NEWEST_LANDLOCK

    @property
    def processor_seconds(self) -> int:
        """The seconds that it may use on all processors together."""
        return int(self.seconds * _PROCESSOR_SHARE) + 10


def set_limits(sandbox: SandboxLimits) -> str:
    """Limit this process and its children for good; returns which limits the system does not have."""
    if sys.platform == "win32":
        return "Windows has none of them."
    import resource

    limits = {
        "memory": (resource.RLIMIT_AS, sandbox.memory),
        "processor time": (resource.RLIMIT_CPU, sandbox.processor_seconds),
        "size of a file": (resource.RLIMIT_FSIZE, LARGEST_FILE),
        "open files": (resource.RLIMIT_NOFILE, MOST_OPEN),
        "core file": (resource.RLIMIT_CORE, 0),
    }
    # A machine's processes and threads are no fewer than those of a user.
    with contextlib.suppress(OSError, ValueError, IndexError):
        running = int(Path("/proc/loadavg").read_text(encoding="ascii").split()[3].partition("/")[2])
        limits["processes"] = (resource.RLIMIT_NPROC, running + _MORE_PROCESSES)
    missing = []
    for name, (limit, value) in limits.items():
        _, highest = resource.getrlimit(limit)
        allowed = value if highest == resource.RLIM_INFINITY else min(value, highest)
        try:
            resource.setrlimit(limit, (allowed, allowed))
        except (OSError, ValueError):
            missing.append(name)
    return f"The system does not limit: {', '.join(missing)}." if missing else ""

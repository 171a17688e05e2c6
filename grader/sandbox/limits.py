"""Limits on what one worker may use, which every system has, and how a report names them."""

import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.messages.message import say, verbatim
from grader.report import Fact

MEBIBYTE = 1 << 20
# The clean copy of the largest model that is read is written once.
LARGEST_FILE = 768 * MEBIBYTE
MOST_ON_DISK = 1024 * MEBIBYTE
MOST_OPEN = 256
LARGEST_REPLY = 64 * MEBIBYTE
# A worker computes on one thread, and for a moment on a few more.
_PROCESSOR_SHARE = 4
# The limit on processes counts those of the whole user, TensorFlow's threads among them.
_MORE_PROCESSES = 1000


@dataclass(frozen=True)
class SandboxLimits:
    """What one worker may use.

    Attributes:
        seconds: of wall-clock time, from its start to its last reply.
        memory: bytes of address space.
        reads: folders that it may read besides Python and the packages.
        needed: the layers without which it must not begin.
        without: layers that are left away, to see what the others hold.
    """

    seconds: float
    memory: int
    reads: tuple[str, ...] = ()
    needed: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()

    @property
    def processor_seconds(self) -> int:
        """The time on all processors together that it may use."""
        return int(self.seconds * _PROCESSOR_SHARE) + 10


def set_limits(sandbox: SandboxLimits) -> str:
    """Limit this process, and all that it starts, for good.

    Returns:
        The limits that could not be set; "" if all are.
    """
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
    if (running := _running()) is not None:
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


def facts_of(sandbox: SandboxLimits) -> tuple[Fact, ...]:
    """The limits, as a report names them."""
    return (
        Fact(
            name=say("Time"),
            value=say(
                "{seconds} s, {processor_seconds} s of all processors",
                seconds=f"{sandbox.seconds:g}",
                processor_seconds=sandbox.processor_seconds,
            ),
        ),
        Fact(name=say("Memory"), value=verbatim(in_words(sandbox.memory))),
        Fact(
            name=say("Written"),
            value=say(
                "{largest_file} a file, {most_on_disk} in all",
                largest_file=in_words(LARGEST_FILE),
                most_on_disk=in_words(MOST_ON_DISK),
            ),
        ),
        Fact(name=say("Open files"), value=verbatim(str(MOST_OPEN))),
        Fact(name=say("Reply"), value=verbatim(in_words(LARGEST_REPLY))),
    )


def in_words(size: int) -> str:
    """A number of bytes in the unit that suits it."""
    return f"{size / (1 << 30):g} GiB" if size >= 1 << 30 else f"{size / MEBIBYTE:g} MiB"


def _running() -> int | None:
    """How many processes and threads there are on the whole machine, which no user has more than."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/loadavg").read_text(encoding="ascii").split()[3].partition("/")[2])
    return None

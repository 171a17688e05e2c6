"""Runs real workers for the tests of the sandbox, and names each thing that one of them tries."""

import json
from multiprocessing.connection import wait

from grader.errors import WorkerError
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.worker import Worker

ALL_LAYERS = frozenset(
    {
        "limits",
        "empty network",
        "no new privileges",
        "not root",
        "Landlock",
        "memory hidden",
        "ends with the grader",
        "seccomp",
    }
)
MEMORY = 2 << 30


def sandbox(
    seconds: float = 20, *, only: set[str] | None = None, without: set[str] | frozenset[str] = frozenset()
) -> SandboxLimits:
    left_away = ALL_LAYERS - only if only is not None else frozenset(without)
    return SandboxLimits(seconds=seconds, memory=MEMORY, without=left_away)


def outcome(
    target: str, *messages: bytes, inside: SandboxLimits | None = None
) -> tuple[list[bytes], str, str]:
    """The replies, the reason why it was stopped, and how the process ended."""
    module = target if ":" in target else f"builders_workers:{target}"
    worker = Worker(module, messages, inside or sandbox())
    replies: list[bytes] = []
    stopped = ""
    try:
        while not worker.done:
            wait([worker.connection], timeout=max(0.0, worker.seconds_left) + 0.01)
            replies += worker.replies()
    except WorkerError as error:
        stopped = str(error.message)
    return replies, stopped, str(worker.end())


def attempt(action: str, *arguments: object, inside: SandboxLimits | None = None) -> str:
    """What came of one action of `builders_misbehaving.ACTIONS`: its answer, or the name of the error."""
    message = json.dumps([action, *arguments]).encode()
    replies, stopped, ended = outcome("builders_misbehaving:act", message, inside=inside)
    return replies[0].decode() if replies else stopped or ended

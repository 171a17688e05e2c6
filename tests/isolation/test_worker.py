"""Tests of `grader.isolation.worker`: real processes that behave well and badly."""

import os
import time
from multiprocessing.connection import wait
from pathlib import Path

import pytest

from grader.errors import WorkerError
from grader.isolation.worker import Walls, Worker, warm_up

WALLS = Walls(seconds=20, memory=2 << 30)


@pytest.fixture(autouse=True, scope="module")
def _warm() -> None:
    warm_up(["builders_workers"])


def outcome(target: str, *messages: bytes, walls: Walls = WALLS) -> tuple[list[bytes], str, str]:
    """The replies, the reason why it was stopped, and how the process ended."""
    worker = Worker(f"builders_workers:{target}", messages, walls)
    replies: list[bytes] = []
    stopped = ""
    try:
        while not worker.done:
            wait([worker.connection], timeout=max(0.0, worker.seconds_left) + 0.01)
            replies += worker.replies()
    except WorkerError as error:
        stopped = error.message
    return replies, stopped, worker.end()


def test_messages_go_there_and_back() -> None:
    """A worker gets each message and its replies come in order; a megabyte is no trouble."""
    large = os.urandom(1 << 20)

    assert ([b"small", large], "", "") == outcome("echo", b"small", large)


def test_works_in_a_folder_that_is_removed() -> None:
    """What a worker writes into its folder is gone with it."""
    replies, _, _ = outcome("tell_folder")

    folder = Path(os.fsdecode(replies[0]))
    assert folder != Path.cwd()
    assert not folder.exists()


@pytest.mark.parametrize("target", ["hang", "stop_itself", "half"])
def test_time_is_up(target: str) -> None:
    """A worker that hangs, is stopped or sends half a message is killed at the limit."""
    start = time.monotonic()

    _, stopped, ended = outcome(target, walls=Walls(seconds=0.5, memory=2 << 30))

    assert "The measuring took longer than the limit of 0.5 s and was stopped." == stopped
    # The one that sends half a message writes into every pipe it can find, and so forges its own exit code.
    assert ended == ("ended with exit code 255" if target == "half" else "was ended by signal SIGKILL")
    assert time.monotonic() - start < 5


def test_replies_before_the_time_was_up_are_kept() -> None:
    """What came before the limit still counts."""
    replies, _, _ = outcome("hang", walls=Walls(seconds=0.5, memory=2 << 30))

    assert [b"first"] == replies


def test_a_crash_is_named() -> None:
    """A process that dies by a signal says which."""
    assert ([], "", "was ended by signal SIGSEGV") == outcome("crash")


def test_an_exit_code_is_named() -> None:
    """A process that leaves without a reply says how."""
    assert ([], "", "ended with exit code 7") == outcome("leave")


def test_a_reply_that_is_too_large_is_refused() -> None:
    """A flood is stopped by its announcement, before it fills the parent."""
    replies, stopped, _ = outcome("flood")

    assert [] == replies
    assert "The worker announced a reply of 68157440 bytes; the limit is 67108864 bytes." == stopped


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    """A worker's stdout and stderr go nowhere."""
    replies, _, _ = outcome("print_much")

    assert [b"done"] == replies
    assert ("", "") == capfd.readouterr()


def test_memory_is_limited() -> None:
    """An allocation over the limit is refused inside the worker."""
    assert [b"refused"] == outcome("take_memory")[0]

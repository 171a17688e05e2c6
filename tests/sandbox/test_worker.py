"""Tests of `grader.sandbox.worker` and `supervisor`: real processes that behave well and badly."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from builders_workers import outcome, sandbox
from pydantic import ValidationError

from grader.measure.reply import FilesReply
from grader.sandbox.landlock import version
from grader.sandbox.limits import MOST_ON_DISK, MOST_REPLIES, SandboxLimits
from grader.sandbox.supervisor import TIME_UP, TIME_UP_AT_WORK, bytes_below, remove_folder
from grader.sandbox.worker import TimeUpError, Worker, is_compiled, open_to_workers, wait

pytestmark = pytest.mark.usefixtures("workers")


def assert_the_next_is_as_ever() -> None:
    assert ([b"small", b"large"], "", "") == outcome("echo", b"small", b"large")


def test_messages_go_there_and_back() -> None:
    """A worker gets each message and its replies come in order; a megabyte is no trouble."""
    large = os.urandom(1 << 20)

    assert ([b"small", large], "", "") == outcome("echo", b"small", large)


@pytest.mark.hostile_row(73, 74)
@pytest.mark.parametrize(
    ("target", "first", "codes"),
    [
        ("hang", [b"first"], {TIME_UP}),
        ("stop_itself", [], {TIME_UP}),
        ("half", [], {TIME_UP}),
        # On a busy machine it may not get the processor.
        ("spin", [], {TIME_UP, TIME_UP_AT_WORK}),
    ],
)
def test_time_is_up(target: str, first: list[bytes], codes: set[int]) -> None:
    """A worker that hangs, computes for ever, is stopped or sends half a message is killed at the limit.

    Replies that came before still count.
    """
    start = time.monotonic()

    replies, stopped, ended = outcome(target, inside=sandbox(0.5))

    assert first == replies[:1]
    assert "The measuring took longer than the limit of 0.5 s and was stopped." == stopped
    assert ended in {f"ended with exit code {code}" for code in codes}
    assert time.monotonic() - start < 5
    assert_the_next_is_as_ever()


@pytest.mark.hostile_row(84)
def test_nobody_waits_for_a_worker_that_does_not_read() -> None:
    """What it does not take of 16 MiB stops nobody, and it is ended at the limit."""
    start = time.monotonic()

    _, stopped, _ = outcome("stop_unread", bytes(1 << 24), inside=sandbox(0.5))

    assert "The measuring took longer than the limit of 0.5 s and was stopped." == stopped
    assert time.monotonic() - start < 5


@pytest.mark.hostile_row(73, 84)
@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("tiny", f"The worker sent more than {MOST_REPLIES} replies."),
        ("babble", f"The worker sent more than {MOST_REPLIES} replies."),
        # Announced, before it fills the parent; the worker's report on its layers counts, too.
        ("flood", "The worker announced replies of 68157"),
    ],
)
def test_replies_are_limited(target: str, reason: str) -> None:
    """A worker that sends replies for ever, with or without content, or one too large, is ended."""
    start = time.monotonic()

    _, stopped, _ = outcome(target)

    assert stopped.startswith(reason)
    assert time.monotonic() - start < 5
    assert_the_next_is_as_ever()


@pytest.mark.hostile_row(84)
def test_a_busy_grader_gives_no_time() -> None:
    """A worker that hangs is ended at its limit, though nobody looks at it."""
    worker = Worker("builders_workers:hang", (b"begin",), sandbox(2))
    worker._process.join(60)

    alive = worker._process.is_alive()
    replies = worker.replies()
    with pytest.raises(TimeUpError):
        replies += still(worker)
    worker.end()

    assert not alive
    assert [b"first"] == replies


def still(worker: Worker) -> list[bytes]:
    """What is left of the replies."""
    replies = []
    while not worker.done:
        wait([worker])
        replies += worker.replies()
    return replies


def test_a_busy_grader_takes_no_time() -> None:
    """A worker whose replies nobody takes for longer than its time has not used its time."""
    worker = Worker("builders_workers:send_much", (b"begin",), sandbox(2))
    wait([worker])
    time.sleep(4)

    assert [bytes(1 << 20)] == still(worker)
    assert "" == str(worker.end())


def test_the_time_of_each_request_is_its_own() -> None:
    """Waiting for a request costs nothing, and the last one that takes too long ends the worker."""
    worker = Worker("builders_workers:echo_always", (), sandbox(1))
    answers = []

    def ask(message: bytes) -> None:
        worker.send((message,))
        replies: list[bytes] = []
        while not replies and not worker.done:
            wait([worker])
            replies = worker.replies()
        worker.rest()
        answers.extend(replies)

    time.sleep(1.5)
    for message in (b"0.1", b"0.7", b"0.8"):
        ask(message)
        time.sleep(0.4)
    with pytest.raises(TimeUpError):
        ask(b"30")
    worker.end()

    assert [b"0.1", b"0.7", b"0.8"] == answers


@pytest.mark.hostile_row(74)
@pytest.mark.parametrize(
    ("target", "ending"),
    [
        ("crash", "was ended by signal SIGSEGV"),
        ("leave", "ended with exit code 7"),
        ("give_up", "ended with exit code 1"),
        ("silent", ""),
        ("exhaust", "ended with exit code 1"),
        ("fill_disk", "wrote more than 1024 MiB, or too many files, and was ended"),
        ("many_files", "wrote more than 1024 MiB, or too many files, and was ended"),
        pytest.param(
            "many_folders",
            "ended with exit code 1",
            marks=pytest.mark.skipif(version() == 0, reason="only Landlock refuses folders"),
        ),
    ],
)
def test_how_it_ended_is_said(target: str, ending: str) -> None:
    """By a signal, without a reply, out of memory or disk; it is said how, and the next one is as ever."""
    assert ([], "", ending) == outcome(target, inside=SandboxLimits(20, 300 << 20))
    assert_the_next_is_as_ever()


@pytest.mark.hostile_row(73)
def test_a_claim_is_no_reply() -> None:
    """A worker can send JSON of its own, and nothing in a reply is a score."""
    replies, _, _ = outcome("forged")

    with pytest.raises(ValidationError):
        FilesReply.model_validate_json(replies[0])


@pytest.mark.hostile_row(75)
def test_many_processes_are_all_ended() -> None:
    """Where nothing keeps a worker from multiplying, all that it started is killed, sessions and all."""
    start = time.monotonic()

    replies, stopped, _ = outcome("fork_bomb", inside=sandbox(6, without={"seccomp"}))

    assert [b"60"] == replies[:1]
    assert stopped.startswith("The measuring took longer")
    assert time.monotonic() - start < 20
    assert_the_next_is_as_ever()


@pytest.mark.hostile_row(75)
def test_a_daemon_is_ended_before_the_worker_is(tmp_path: Path) -> None:
    """A process that left its parents writes nothing any more once the worker has ended."""
    written = tmp_path / "written"
    written.touch()

    replies, _, _ = outcome(
        "daemon", os.fsencode(written), inside=sandbox(without={"seccomp", "Landlock", "not root"})
    )

    size = written.stat().st_size
    time.sleep(0.1)
    assert size > 0
    assert size == written.stat().st_size
    assert not Path("/proc", replies[0].decode()).exists()


def test_folders_in_folders_hold_nobody_up() -> None:
    """Where a worker can make any, they are removed with its own."""
    assert [b"deep"] == outcome("many_folders", inside=sandbox(without={"Landlock"}))[0]
    assert_the_next_is_as_ever()


def test_a_worker_does_not_begin_without_the_layers_that_are_needed() -> None:
    """A sandbox that is weaker than the self-test found are an error, and the submission is not opened."""
    lower = SandboxLimits(20, 2 << 30, needed=frozenset({"limits"}), without=frozenset({"limits"}))

    assert ([], "", "did not get the sandbox that the self-test had found") == outcome("echo", inside=lower)


def test_no_worker_outlives_the_grader() -> None:
    """When the grader is killed, its worker dies with it, and takes its folder along."""
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from builders_workers import Worker, sandbox, wait\n"
        "if __name__ == '__main__':\n"
        "    worker = Worker('builders_workers:orphan', [], sandbox())\n"
        "    while not (replies := worker.replies()):\n"
        "        wait([worker])\n"
        "    print(replies[0].decode(), worker._folder, flush=True)\n"
        "    wait([worker])\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(Path(__file__).parents[1])], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    process, folder = parent.stdout.readline().split()

    parent.send_signal(signal.SIGKILL)
    parent.communicate()

    deadline = time.monotonic() + 5
    while (Path("/proc", process).exists() or Path(folder).exists()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path("/proc", process).exists()
    assert not Path(folder).exists()


def test_a_folder_is_opened_to_workers(tmp_path: Path) -> None:
    """Everybody may read it and what lies in it."""
    (tmp_path / "lent").mkdir(mode=0o700)
    (tmp_path / "lent" / "file").touch(mode=0o600)

    open_to_workers(str(tmp_path / "lent"))

    assert 0o755 == (tmp_path / "lent").stat().st_mode & 0o777
    assert 0o644 == (tmp_path / "lent" / "file").stat().st_mode & 0o777


def test_what_is_on_disk_is_counted(tmp_path: Path) -> None:
    """Blocks count, in folders too; a hole in a file costs nothing, and a link is not followed.

    A path that is too long to open counts as over the limit; a folder that is gone counts nothing.
    """
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "full").write_bytes(bytes(range(256)) * 4096)
    with (tmp_path / "hole").open("wb") as stream:
        stream.truncate(1 << 30)
    (tmp_path / "link").symlink_to("/")

    assert (1 << 20) <= bytes_below(str(tmp_path)) < (2 << 20)
    assert MOST_ON_DISK < bytes_below(str(tmp_path / ("d" * 5000)))
    assert 0 == bytes_below(str(tmp_path / "gone"))


PROCESSES = """
import os, signal, time
from grader.sandbox.kernel import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, set_attribute
from grader.sandbox.supervisor import end_all
print(repr(set_attribute(PR_SET_CHILD_SUBREAPER, 1)), flush=True)
first = os.fork()
if first == 0:
    print(repr(set_attribute(PR_SET_PDEATHSIG, signal.SIGKILL)), flush=True)
    os.setsid()
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(60)
            os._exit(0)
    time.sleep(60)
time.sleep(0.2)
end_all(first, 5)
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("alone")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems adopt no orphans")
def test_a_tree_of_processes_is_ended() -> None:
    """The group, and the daemons that left it, are dead and reaped."""
    done = subprocess.run(
        [sys.executable, "-c", PROCESSES], capture_output=True, text=True, check=True, timeout=30
    )

    assert ["''", "''", "alone"] == done.stdout.splitlines()


def test_a_folder_is_removed(tmp_path: Path) -> None:
    """With what is in it; one that is gone already is no matter."""
    (tmp_path / "own" / "inner").mkdir(parents=True)
    (tmp_path / "own" / "inner" / "file").touch()

    remove_folder(str(tmp_path / "own"))
    remove_folder(str(tmp_path / "own"))

    assert not (tmp_path / "own").exists()


def test_a_package_without_byte_code_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package is compiled once its first file is; one that is not there needs no compiling."""
    package = tmp_path / "a_package_to_compile"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit", encoding="ascii")
    monkeypatch.syspath_prepend(tmp_path)

    before = is_compiled(package.name)
    cached = package / "__pycache__" / f"__init__.{sys.implementation.cache_tag}.pyc"
    cached.parent.mkdir()
    cached.touch()

    assert not before
    assert is_compiled("a_package_that_is_not_there")
    assert is_compiled(package.name)

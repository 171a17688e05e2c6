"""Tests of `grader.sandbox.worker`: real processes that behave well and badly."""

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
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.worker import open_to_workers

pytestmark = pytest.mark.usefixtures("workers")

BAD = "builders_workers"


def assert_the_next_is_as_ever() -> None:
    assert ([b"small", b"large"], "", "") == outcome("echo", b"small", b"large")


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


@pytest.mark.hostile_row(73, 74)
@pytest.mark.parametrize("target", ["hang", "stop_itself", "half", f"{BAD}:spin", f"{BAD}:babble"])
def test_time_is_up(target: str) -> None:
    """A worker that hangs, computes for ever, is stopped or sends half a message is killed at the limit."""
    start = time.monotonic()

    _, stopped, ended = outcome(target, inside=sandbox(0.5))

    assert "The measuring took longer than the limit of 0.5 s and was stopped." == stopped
    assert "was ended by signal SIGTERM" == ended
    assert time.monotonic() - start < 5
    assert_the_next_is_as_ever()


def test_replies_before_the_time_was_up_are_kept() -> None:
    """What came before the limit still counts."""
    replies, _, _ = outcome("hang", inside=sandbox(0.5))

    assert [b"first"] == replies


@pytest.mark.hostile_row(74)
@pytest.mark.parametrize(
    ("target", "ending"),
    [
        ("crash", "was ended by signal SIGSEGV"),
        ("leave", "ended with exit code 7"),
        (f"{BAD}:give_up", "ended with exit code 1"),
        (f"{BAD}:silent", ""),
    ],
)
def test_how_it_ended_is_said(target: str, ending: str) -> None:
    """A process that dies by a signal or leaves without a reply says how, and the next one is as ever."""
    assert ([], "", ending) == outcome(target)
    assert_the_next_is_as_ever()


@pytest.mark.hostile_row(73)
def test_a_reply_that_is_too_large_is_refused() -> None:
    """A flood is stopped by its announcement, before it fills the parent."""
    replies, stopped, _ = outcome("flood")

    assert [] == replies
    assert "The worker announced a reply of 68157440 bytes; the limit is 67108864 bytes." == stopped
    assert_the_next_is_as_ever()


@pytest.mark.hostile_row(73)
def test_a_claim_is_no_reply() -> None:
    """A worker can send JSON of its own, and nothing in a reply is a score."""
    replies, _, _ = outcome(f"{BAD}:forged")

    with pytest.raises(ValidationError):
        FilesReply.model_validate_json(replies[0])


@pytest.mark.hostile_row(73)
def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    """A worker's stdout and stderr go nowhere."""
    replies, _, _ = outcome("print_much")

    assert [b"done"] == replies
    assert ("", "") == capfd.readouterr()


@pytest.mark.hostile_row(73)
def test_a_flood_of_output_holds_nobody_up() -> None:
    """Fifty megabytes on stdout are lost, fifty replies come."""
    assert 50 == len(outcome(f"{BAD}:chatter")[0])


def test_memory_is_limited() -> None:
    """An allocation over the limit is refused inside the worker, and one that goes on asking dies of it."""
    little = SandboxLimits(20, 300 << 20)

    assert [b"refused"] == outcome("take_memory")[0]
    assert ([], "", "ended with exit code 1") == outcome(f"{BAD}:exhaust", inside=little)
    assert_the_next_is_as_ever()


@pytest.mark.hostile_row(75)
def test_many_processes_are_all_ended() -> None:
    """Where nothing keeps a worker from multiplying, all that it started is killed, sessions and all."""
    start = time.monotonic()

    replies, stopped, _ = outcome(f"{BAD}:fork_bomb", inside=sandbox(3, without={"seccomp"}))

    assert [b"60"] == replies[:1]
    assert stopped.startswith("The measuring took longer")
    assert time.monotonic() - start < 10
    assert_the_next_is_as_ever()


@pytest.mark.hostile_row(75)
def test_a_daemon_is_ended_before_the_worker_is(tmp_path: Path) -> None:
    """A process that left its parents writes nothing any more once the worker has ended."""
    written = tmp_path / "written"
    written.touch()

    replies, _, _ = outcome(
        f"{BAD}:daemon", os.fsencode(written), inside=sandbox(without={"seccomp", "Landlock", "not root"})
    )

    size = written.stat().st_size
    time.sleep(0.1)
    assert size > 0
    assert size == written.stat().st_size
    assert not Path("/proc", replies[0].decode()).exists()


def test_multiplying_is_refused() -> None:
    """In the whole sandbox there is not even one process more."""
    replies, _, _ = outcome(f"{BAD}:fork_bomb", inside=sandbox(0.5))

    assert [b"0"] == replies


def test_the_disk_is_not_filled() -> None:
    """A worker that writes more than a gibibyte in all is ended."""
    _, _, ended = outcome(f"{BAD}:fill_disk")

    assert "wrote more than 1024 MiB, or too many files, and was ended" == ended
    assert_the_next_is_as_ever()


def test_files_beyond_number_are_not_made() -> None:
    """So is one that makes thousands of files."""
    _, _, ended = outcome(f"{BAD}:many_files")

    assert "wrote more than 1024 MiB, or too many files, and was ended" == ended


def test_folders_in_folders_hold_nobody_up() -> None:
    """A worker can make no folder, and where it can, they are removed with its own."""
    assert "ended with exit code 1" == outcome(f"{BAD}:many_folders")[2]
    assert [b"deep"] == outcome(f"{BAD}:many_folders", inside=sandbox(without={"Landlock"}))[0]
    assert_the_next_is_as_ever()


def test_a_worker_does_not_begin_without_the_layers_that_are_needed() -> None:
    """A sandbox that is weaker than the self-test found are an error, and the submission is not opened."""
    lower = SandboxLimits(20, 2 << 30, needed=frozenset({"limits"}), without=frozenset({"limits"}))

    assert ([], "", "did not get the sandbox that the self-test had found") == outcome("echo", inside=lower)


def test_no_worker_outlives_the_grader() -> None:
    """When the grader is killed, its worker dies with it, and takes its folder along."""
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from builders_workers import Worker, sandbox, wait, warm_up\n"
        "if __name__ == '__main__':\n"
        "    worker = Worker('builders_workers:orphan', [], sandbox())\n"
        "    while not (replies := worker.replies()):\n"
        "        wait([worker.connection], 5)\n"
        "    print(replies[0].decode(), worker._folder, flush=True)\n"
        "    wait([worker.connection], 30)\n"
    ).replace(", warm_up", "")
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

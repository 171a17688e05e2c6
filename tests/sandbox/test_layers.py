"""Tests of `grader.sandbox.layers`, `limits` and `kernel`: each layer alone, and why it may be missing."""

import errno
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from builders_workers import ALL_LAYERS, MEMORY, attempt, outcome, sandbox

from grader.sandbox.kernel import (
    PR_SET_DUMPABLE,
    machine,
    process_control,
    set_attribute,
    system_call,
    unshare,
)
from grader.sandbox.landlock import restrict
from grader.sandbox.layers import NOBODY, leave_network
from grader.sandbox.limits import LARGEST_FILE, MOST_OPEN, SandboxLimits
from grader.sandbox.seccomp import refuse_calls
from grader.sandbox.worker import Worker, wait

pytestmark = pytest.mark.usefixtures("workers")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="for Linux")
on_our_machines = pytest.mark.skipif(machine() is None, reason="for Linux on x86_64 and aarch64")
_GETPID = {"x86_64": 39, "aarch64": 172}
_NO_ATTRIBUTE = 9999
_LEAVES_ROOT = """
import os, sys
from pathlib import Path
from grader.sandbox.landlock import Readable
from grader.sandbox.layers import leave_root
print(leave_root([Readable(sys.argv[1])], sys.argv[2]))
status = Path("/proc/self/status").read_text()
print(status.partition("CapPrm:")[2].split()[0], os.geteuid(), os.getegid(), sep="\\n")
print(os.listdir(sys.argv[1]) == [])
"""
LIMITS, NETWORK = sandbox(only={"limits"}), sandbox(only={"empty network"})
NOT_ROOT = sandbox(only={"not root", "no new privileges"})


def test_a_worker_reports_its_layers() -> None:
    """All are named, and those that were left out say so."""
    worker = Worker("builders_workers:silent", [], sandbox(without={"Landlock", "seccomp"}))
    while not worker.done:
        wait([worker])
        worker.replies()
    worker.end()

    found = {layer.name: layer.missing for layer in worker.layers}
    assert ALL_LAYERS == set(found)
    assert {"It was left out."} == {found["Landlock"], found["seccomp"]}
    assert "" == found["limits"]


@pytest.mark.skipif(sys.platform == "linux", reason="Linux has them")
def test_elsewhere_they_are_missing() -> None:
    """Another system is told so, and nothing fails."""
    assert "Only Linux has it." == leave_network()
    assert all((refuse_calls(), restrict([], "")))


def test_the_program_loads_where_python_has_no_module_for_limits() -> None:
    """So on Windows a sentence says what to do, and no import fails before it."""
    program = "import sys; sys.modules.update(resource=None, fcntl=None); import grader.grading.stages"

    assert 0 == subprocess.run([sys.executable, "-c", program], check=False).returncode


@on_linux
def test_the_network_is_empty_or_the_reason_is_said() -> None:
    """A worker sees no interface that is up, and cannot reach this machine by TCP or UDP."""
    seen = json.loads(attempt("interfaces", inside=NETWORK))
    with socket.create_server(("127.0.0.1", 0)) as server:
        came = attempt("connect", server.getsockname()[1], inside=NETWORK)

    if came == "None":
        pytest.skip("this system does not let us make a network")
    assert seen in ([], ["lo"])
    assert "ENETUNREACH" == came
    assert "ENETUNREACH" == attempt("send", 9, inside=NETWORK)
    assert ([b"a", b"b"], "", "") == outcome("echo", b"a", b"b", inside=NETWORK)


@on_linux
def test_no_capability_is_left() -> None:
    """A worker has none, whether it is root or not, and raises no limit."""
    capabilities, user = attempt("status", "CapEff", inside=NOT_ROOT), attempt("user", inside=NOT_ROOT)

    assert 0 == int(capabilities, 16)
    assert "ValueError" == attempt("unlimited", inside=sandbox(only={"limits", "not root"}))
    assert "7" == attempt("write", "own", inside=NOT_ROOT)
    if os.geteuid() == 0 and user == "0":
        pytest.skip("Python lies where only root can read")
    assert str(NOBODY if os.geteuid() == 0 else os.geteuid()) == str(user)
    assert "EPERM" == attempt("root again", inside=NOT_ROOT)


@on_linux
def test_new_privileges_are_refused() -> None:
    """The kernel knows that this process gets no new ones."""
    assert "1" == attempt("status", "NoNewPrivs", inside=sandbox(only={"no new privileges"}))


@on_linux
def test_the_memory_of_a_worker_is_its_own() -> None:
    """A process that writes no core file cannot be looked into; its variables then belong to root."""
    only = sandbox(only={"memory hidden"})

    assert "EACCES" == attempt("first variables", inside=only) or os.geteuid() == 0


@on_linux
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.hostile_row(83)
@pytest.mark.parametrize(("owner", "kept"), [(0, {0}), (1234, {0, 1 << 1, 1 << 2})])
def test_root_stays_where_python_is_closed_to_others(tmp_path: Path, owner: int, kept: set[int]) -> None:
    """What is needed is tried as that user first; if it is closed, root stays, and may at most read it."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    os.chown(closed, owner, owner)

    done = subprocess.run(
        [sys.executable, "-c", _LEAVES_ROOT, str(closed), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    why, capabilities, *users = done.stdout.splitlines()

    # Root of a container may not be allowed to become anybody.
    assert why in {
        f"Python needs `{closed}`, and only root can read that here, so root stays, without its powers.",
        "The container does not allow it (Operation not permitted).",
    }
    assert int(capabilities, 16) in kept
    assert ["0", "0", "True"] == users
    assert 0 == tmp_path.stat().st_uid


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not keep to it")
def test_memory_is_limited() -> None:
    """More than the limit is refused; less is given."""
    assert "ENOMEM" == attempt("take memory", MEMORY, inside=LIMITS)
    assert "None" == attempt("take memory", MEMORY // 8, inside=LIMITS)


def test_files_are_limited() -> None:
    """A file over its size, and a file too many, are refused; no core file is written."""
    assert "EFBIG" == attempt("large file", LARGEST_FILE + 1, inside=LIMITS)
    assert str(LARGEST_FILE) == attempt("large file", LARGEST_FILE, inside=LIMITS)
    assert "EMFILE" == attempt("open many", MOST_OPEN, inside=LIMITS)
    assert "0" == attempt("core size", inside=LIMITS)


def test_processor_time_follows_the_clock() -> None:
    """A worker on several processors is not ended before its time is up."""
    assert 370 == SandboxLimits(seconds=90, memory=1).processor_seconds


@on_our_machines
def test_a_call_is_made_by_its_number() -> None:
    """The kernel answers as it answers Python; an attribute that can be set is set."""
    assert os.getpid() == system_call(_GETPID[str(machine())])
    assert "" == set_attribute(PR_SET_DUMPABLE, 1)


@on_our_machines
def test_a_refusal_is_an_error_of_the_system() -> None:
    """Each of the four ways into the kernel raises what went wrong."""
    for refused in (
        lambda: system_call(-1),
        lambda: process_control(_NO_ATTRIBUTE),
        lambda: set_attribute(_NO_ATTRIBUTE, 0),
        lambda: unshare(1),
    ):
        with pytest.raises(OSError) as caught:  # noqa: PT011  (what is raised is looked at)
            refused()
        assert caught.value.errno in {errno.ENOSYS, errno.EINVAL, errno.EPERM}

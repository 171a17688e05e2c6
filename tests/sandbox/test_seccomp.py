"""Tests of `grader.sandbox.seccomp` and `syscalls`: the refused calls, and the program that refuses them."""

import os
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest
from builders_workers import attempt, sandbox

from grader.sandbox.kernel import machine
from grader.sandbox.seccomp import Step, program
from grader.sandbox.syscalls import (
    DENIED,
    FCNTL_COMMANDS,
    LAST_KNOWN,
    SPECIAL,
    TEMPORARY_FILE,
    numbers_on,
)

pytestmark = pytest.mark.usefixtures("workers")

HERE = machine()
needs_it = pytest.mark.skipif(HERE is None, reason="seccomp is for Linux on x86_64 and aarch64")
ALONE = sandbox(only={"seccomp", "no new privileges"})
ALLOW, KILL_PROCESS, REFUSE, UNKNOWN = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
MACHINES: tuple[Literal["x86_64", "aarch64"], ...] = ("x86_64", "aarch64")


def answer(steps: tuple[Step, ...], number: int, *arguments: int, architecture: int = AUDIT["x86_64"]) -> int:
    """What the program says to a call, by the rules of classic BPF."""
    data = struct.pack("<iIQ6Q", number, architecture, 0, *[*arguments, 0, 0, 0, 0, 0, 0][:6])
    loaded = at = 0
    while True:
        step = steps[at]
        at += 1
        match step.code:
            case 0x20:
                (loaded,) = struct.unpack_from("<I", data, step.value)
            case 0x15:
                at += step.if_so if loaded == step.value else step.if_not
            case 0x35:
                at += step.if_so if loaded >= step.value else step.if_not
            case 0x45:
                at += step.if_so if loaded & step.value else step.if_not
            case 0x06:
                return step.value


@needs_it
@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("fork", ()),
        ("execute", ()),
        ("connect", (9,)),
        ("send", (9,)),
        ("link", (os.__file__,)),
        ("symlink", ("/etc/passwd",)),
        ("pipe", ()),
        ("signal", (1,)),
        ("own a file", (8, 1)),
        ("own a file", (10, 9)),
        ("bind", (0,)),
        ("schedule", (0,)),
        ("memory file", ()),
        ("temporary file", ()),
        ("removed file", ()),
        ("replaced file", ()),
    ],
)
def test_calls_are_refused(action: str, arguments: tuple[object, ...]) -> None:
    """No process, program, network, link or pipe with a name, no signal to others, no file without a name."""
    assert "EPERM" == attempt(action, *arguments, inside=ALONE)


@needs_it
@pytest.mark.parametrize("action", [pytest.param("empty", marks=pytest.mark.hostile_row(82)), "mode"])
def test_what_landlock_leaves_open(tmp_path: Path, action: str) -> None:
    """A file is not emptied by its path, which Landlock sees from its version 3 on, nor opened to others."""
    path = tmp_path / "private"
    path.write_text("kept", encoding="ascii")
    path.chmod(0o600)

    assert "EPERM" == attempt(action, str(path), inside=ALONE)
    assert ("kept", 0o600) == (path.read_text(encoding="ascii"), path.stat().st_mode & 0o777)


@needs_it
@pytest.mark.hostile_row(82)
def test_no_file_signals_another_process() -> None:
    """With or without Landlock, a pipe's signal goes to nobody but its owner, who cannot be chosen."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        assert "EPERM" == attempt("signal by a file", bystander.pid, inside=ALONE)
        assert bystander.stdin is not None
        bystander.stdin.write(b"\n")
    assert 0 == bystander.returncode


@needs_it
def test_what_a_worker_needs_goes_on() -> None:
    """Threads start, files are written, a signal to itself arrives, and an abort is named as one."""
    assert "ran" == attempt("thread", inside=ALONE)
    assert "7" == attempt("write", "own", inside=ALONE)
    assert "None" == attempt("signal itself", inside=ALONE)
    assert "was ended by signal SIGABRT" == attempt("abort", inside=ALONE)


@needs_it
def test_a_call_that_is_not_known_yet_is_answered_as_by_an_older_kernel() -> None:
    """Whatever a later kernel adds, it is not there for a worker."""
    assert "ENOSYS" == attempt("call", LAST_KNOWN + 1, inside=ALONE)


@pytest.mark.skipif(HERE != "x86_64", reason="only x86_64 has a second set of calls")
def test_a_call_of_the_other_set_kills() -> None:
    """The calls of x32, which the table does not name, end the worker."""
    assert "was ended by signal SIGSYS" == attempt("call", 0x40000000 + 41, inside=ALONE)


@pytest.mark.parametrize("kind", MACHINES)
def test_the_program_for_each_machine(kind: Literal["x86_64", "aarch64"]) -> None:
    """Every call of the table is refused, those with conditions by their arguments, the rest is allowed."""
    steps = program(kind, process=4321)
    call = numbers_on(kind, SPECIAL)

    def said(number: int, *arguments: int) -> int:
        return answer(steps, number, *arguments, architecture=AUDIT[kind])

    assert {REFUSE} == {said(number) for number in numbers_on(kind, DENIED).values()}
    assert (ALLOW, REFUSE) == (said(call["clone"], 0x00010000 | 0x11), said(call["clone"], 0x11))
    assert (ALLOW, REFUSE) == (said(call["kill"], 4321), said(call["kill"], 1))
    assert (ALLOW, REFUSE) == (said(call["tgkill"], 4321), said(call["tgkill"], 1))
    assert (ALLOW, REFUSE) == (said(call["prlimit64"], 0), said(call["prlimit64"], 1))
    assert {REFUSE} == {said(call["fcntl"], 3, command) for command in FCNTL_COMMANDS.values()}
    assert {ALLOW} == {said(call["fcntl"], 8, command) for command in (1, 2, 3, 4, 6, 1030)}
    opened = said(call["openat"], 0, 0, 0o102), said(call["openat"], 0, 0, TEMPORARY_FILE | 2)
    assert (ALLOW, REFUSE) == opened
    assert {UNKNOWN} == {said(number) for number in (call["clone3"], call["openat2"], LAST_KNOWN + 1)}
    assert KILL_PROCESS == answer(steps, 0, architecture=0x40000003)
    if kind == "x86_64":
        assert (ALLOW, REFUSE) == (said(2, 0, 0o102), said(2, 0, TEMPORARY_FILE | 2))
    assert ALLOW == said(0 if kind == "x86_64" else 63)
    assert len(steps) < 4096


@pytest.mark.parametrize(("kind", "execve"), [("x86_64", 59), ("aarch64", 221)])
def test_no_two_calls_of_a_machine_have_one_number(kind: Literal["x86_64", "aarch64"], execve: int) -> None:
    """A call that a machine lacks is left out."""
    numbers = numbers_on(kind, {**DENIED, **SPECIAL})

    assert len(numbers) == len(set(numbers.values()))
    assert execve == numbers["execve"]
    assert (kind == "x86_64") == ("open" in numbers)


@pytest.mark.parametrize("kind", MACHINES)
def test_the_numbers_are_those_of_the_headers(kind: Literal["x86_64", "aarch64"]) -> None:
    """Each number stands in the C header of its machine, as far as the header is new enough to have it."""
    if not HEADERS[kind].exists():
        pytest.skip("this machine has no C headers")
    text = HEADERS[kind].read_text(encoding="ascii")
    stated = {name: int(number) for name, number in re.findall(r"#define __NR_(\w+)\s+(\d+)", text)}
    numbers = numbers_on(kind, {**DENIED, **SPECIAL})

    known = {name: number for name, number in numbers.items() if name in stated}
    assert len(known) > 80
    assert {name: stated[name] for name in known} == known

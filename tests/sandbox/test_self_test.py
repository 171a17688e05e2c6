"""Tests of `grader.sandbox.self_test`, in this process, which is in no sandbox."""

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from builders_workers import ALL_LAYERS, sandbox

from grader.errors import IsolationError
from grader.sandbox.landlock import version
from grader.sandbox.layers import Layer
from grader.sandbox.self_test import ATTEMPTS, FILES, LIMITS, SelfTest, require, self_test, try_all


def refused_here(folder: Path, tcp: int, udp: int, process: int) -> list[str]:
    sent: list[bytes] = []
    paths = [str(folder / name) for name in ("read", "write", "empty")]
    question = json.dumps([*paths, tcp, udp, process, 1 << 62]).encode()
    try_all(lambda: question, sent.append)
    (answer,) = sent
    return list(json.loads(answer))


def test_what_is_possible_is_not_reported_as_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a sandbox all of it succeeds but what no machine can do; what it did is to be seen."""
    # A process that is not forked has no threads to lose.
    monkeypatch.setattr("grader.sandbox.self_test._fork", lambda: None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "read").touch()
    (tmp_path / "empty").write_bytes(b"full")
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        ports = [one.getsockname()[1] for one in (tcp, udp)]

        refused = refused_here(tmp_path, *ports, 0)

        assert b"sent" == udp.recv(10)
    assert ["take more memory than allowed"] == refused
    assert (b"written", b"") == ((tmp_path / "write").read_bytes(), (tmp_path / "empty").read_bytes())


def test_what_fails_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, a port and a process that are not there cannot be reached."""
    monkeypatch.setattr("grader.sandbox.self_test._fork", lambda: None)
    monkeypatch.chdir(tmp_path)

    assert {*FILES, "connect by TCP", "signal the grader", "slow the grader down"} <= {
        *refused_here(tmp_path / "nowhere", 1, 1, 2**22 + 1)
    }


pytestmark = pytest.mark.usefixtures("workers")

needs_landlock = pytest.mark.skipif(version() < 6, reason="this kernel has no Landlock, or an old one")
FULL = SelfTest((Layer("limits"),), frozenset(ATTEMPTS))
LIMITED = SelfTest((Layer("limits"), Layer("Landlock", "None here.")), frozenset(LIMITS))
BASIC = SelfTest((Layer("limits", "None here."),), frozenset(FILES))
UNKNOWN = SelfTest((), frozenset())


@needs_landlock
@pytest.mark.parametrize("missing", [set(), {"empty network"}, {"empty network", "not root"}])
def test_a_whole_sandbox_is_full(missing: set[str]) -> None:
    """Nothing of what is tried succeeds, nor where a container allows no namespace."""
    found = self_test(sandbox(without=missing))

    assert ("full", ()) == (found.level, found.possible)
    assert missing.isdisjoint(found.held)


@needs_landlock
def test_what_is_open_is_found() -> None:
    """Without Landlock files are open, without three layers the network is, and it is said."""
    files = self_test(sandbox(without={"Landlock"}))
    network = self_test(sandbox(without={"seccomp", "empty network"}))
    nothing = self_test(sandbox(without=ALL_LAYERS))

    without_seccomp = set(ATTEMPTS) - {*FILES, "connect by TCP", "signal the grader"}
    without_seccomp -= {"take more memory than allowed", "raise its own limits"}
    assert ("limited", FILES[:2]) == (files.level, files.possible)
    # Whether it reaches a grader that is root depends on the grader's capabilities.
    assert ("basic", without_seccomp) == (network.level, {*network.possible, "slow the grader down"})
    assert ("basic", ATTEMPTS) == (nothing.level, nothing.possible)


@needs_landlock
@pytest.mark.hostile_row(82, 83)
@pytest.mark.parametrize("version", range(7))
def test_older_versions_of_landlock(version: int) -> None:
    """Seccomp closes what they leave open; only files are open without any Landlock, and it is said."""
    found = self_test(replace(sandbox(), landlock=version))

    assert (("full", ()) if version else ("limited", FILES[:2])) == (found.level, found.possible)


def test_the_level_follows_from_what_was_refused() -> None:
    """Everything is `full`; limits alone `limited`; everything else is `basic`."""
    assert ["full", "limited", "basic", "basic"] == [one.level for one in (FULL, LIMITED, BASIC, UNKNOWN)]
    assert {"limits"} == LIMITED.held


def test_a_weaker_sandbox_than_required_is_an_error() -> None:
    """The sentence names both levels and what was possible; the same level, or a higher one, goes on."""
    for wanted, found in (("full", FULL), ("limited", FULL), ("basic", UNKNOWN)):
        require(wanted, found)

    with pytest.raises(IsolationError) as caught:
        require("full", LIMITED)

    assert all(part in caught.value.message for part in ("`limited`", "`full`", *FILES, "send by UDP"))

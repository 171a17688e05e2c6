"""Tests of `grader.sandbox.self_test`, in this process, which has no walls."""

import json
import socket
from pathlib import Path

import pytest

from grader.sandbox.self_test import ATTEMPTS, FILES, LIMITS, NETWORK, OTHERS, try_all


def refused_here(read: Path, write: Path, tcp: int, udp: int, process: int) -> list[str]:
    sent: list[bytes] = []
    question = json.dumps([str(read), str(write), tcp, udp, process, 1 << 62]).encode()
    try_all(lambda: question, sent.append)
    (answer,) = sent
    return list(json.loads(answer))


def test_what_is_possible_is_not_reported_as_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without walls all of it succeeds but what no machine can do; what it did is to be seen."""
    # A process that is not forked has no threads to lose.
    monkeypatch.setattr("grader.sandbox.self_test._fork", lambda: None)
    (tmp_path / "read").touch()
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        ports = [one.getsockname()[1] for one in (tcp, udp)]

        refused = refused_here(tmp_path / "read", tmp_path / "write", *ports, 0)

        assert b"sent" == udp.recv(10)
    assert ["take more memory than allowed"] == refused
    assert b"written" == (tmp_path / "write").read_bytes()


def test_what_fails_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, a port and a process that are not there cannot be reached."""
    monkeypatch.setattr("grader.sandbox.self_test._fork", lambda: None)
    nowhere = tmp_path / "nowhere" / "file"

    assert {*FILES, "connect by TCP", "signal the grader"} <= {
        *refused_here(nowhere, nowhere, 1, 1, 2**22 + 1)
    }


def test_every_attempt_has_its_name_once() -> None:
    """The groups are all there is."""
    assert ATTEMPTS == (*FILES, *NETWORK, *LIMITS, *OTHERS)

"""Tests of `grader.sandbox.namespaces`: an empty network, where the system allows one."""

import json
import socket
import sys

import pytest
from builders_isolation import attempt, outcome, walls

from grader.sandbox.namespaces import leave_network

pytestmark = pytest.mark.usefixtures("workers")

ALONE = walls(only={"empty network"})


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has it")
def test_the_network_is_empty_or_the_reason_is_said() -> None:
    """A worker sees no interface that is up, and cannot reach this machine by TCP or UDP."""
    seen = json.loads(attempt("interfaces", inside=ALONE))
    with socket.create_server(("127.0.0.1", 0)) as server:
        came = attempt("connect", server.getsockname()[1], inside=ALONE)

    if came == "None":
        pytest.skip("this system does not let us make a network")
    assert seen in ([], ["lo"])
    assert "ENETUNREACH" == came
    assert "ENETUNREACH" == attempt("send", 9, inside=ALONE)
    assert ([b"a", b"b"], "", "") == outcome("echo", b"a", b"b", inside=ALONE)


@pytest.mark.skipif(sys.platform == "linux", reason="Linux has it")
def test_elsewhere_it_is_missing() -> None:
    """Another system is told so, and nothing fails."""
    assert "Only Linux has it." == leave_network()

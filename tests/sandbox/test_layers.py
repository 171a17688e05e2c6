"""Tests of `grader.sandbox.layers`: the layers, in order, each with its reason if it is missing."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from builders_workers import ALL_LAYERS, attempt, outcome, sandbox

from grader.sandbox.layers import Layer, as_message, from_message, leave_network
from grader.sandbox.worker import Worker

pytestmark = pytest.mark.usefixtures("workers")


def layers(without: frozenset[str]) -> dict[str, str]:
    worker = Worker("builders_workers:silent", [], sandbox(without=without))
    while not worker.done:
        worker.replies()
    worker.end()
    return {layer.name: layer.missing for layer in worker.layers}


def test_a_worker_tells_its_layers() -> None:
    """All are named, and those that were left away say so."""
    found = layers(frozenset({"Landlock", "seccomp"}))

    assert ALL_LAYERS == set(found)
    assert {"It was left out."} == {found["Landlock"], found["seccomp"]}
    assert "" == found["limits"]


def test_layers_travel_as_a_message() -> None:
    """They are read back equal."""
    some = (Layer("limits"), Layer("Landlock", "This kernel has none."))

    assert some == from_message(as_message(some))


def test_a_worker_is_in_its_own_folder() -> None:
    """The current folder of the grader is not the worker's."""
    assert str(Path.cwd()) != attempt("where")


PROGRAM = """
import os
from grader.sandbox.layers import close_all_but, silence
kept, closed = os.pipe()
said = os.dup(1)
silence()
print("not heard")
close_all_but({kept, said})
try:
    os.fstat(closed)
except OSError:
    os.write(said, b"closed")
os.fstat(kept)
"""


def test_a_worker_has_its_pipes_and_nothing_else() -> None:
    """Three streams that lead nowhere, two pipes, and the listing itself; none of the forkserver's."""
    descriptors = json.loads(attempt("descriptors"))

    assert [0, 1, 2] == descriptors[:3]
    assert 6 == len(descriptors)


def test_what_is_named_stays_open() -> None:
    """Everything else is closed, and what is printed is not heard."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    assert ("closed", "") == (done.stdout, done.stderr)
    assert os.fstat(1)


ALONE = sandbox(only={"empty network"})


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

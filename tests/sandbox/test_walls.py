"""Tests of `grader.sandbox.walls`: the layers, in order, each with its reason if it is missing."""

from pathlib import Path

import pytest
from builders_isolation import ALL_LAYERS, attempt, walls

from grader.sandbox.walls import Layer, as_message, from_message
from grader.sandbox.worker import Worker

pytestmark = pytest.mark.usefixtures("workers")


def layers(without: frozenset[str]) -> dict[str, str]:
    worker = Worker("builders_misbehaving:silent", [], walls(without=without))
    while not worker.done:
        worker.replies()
    worker.end()
    return {layer.name: layer.missing for layer in worker.layers}


def test_a_worker_tells_its_layers() -> None:
    """All are named, and those that were left away say so."""
    found = layers(frozenset({"Landlock", "seccomp"}))

    assert ALL_LAYERS == set(found)
    assert {"It was left away."} == {found["Landlock"], found["seccomp"]}
    assert "" == found["limits"]


def test_layers_travel_as_a_message() -> None:
    """They are read back equal."""
    some = (Layer("limits"), Layer("Landlock", "This kernel has none."))

    assert some == from_message(as_message(some))


def test_a_worker_is_in_its_own_folder() -> None:
    """The current folder of the grader is not the worker's."""
    assert str(Path.cwd()) != attempt("where")

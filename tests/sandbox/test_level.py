"""Tests of `grader.sandbox.level`: the self-test with all the walls, and with some left away."""

import pytest
from builders_isolation import ALL_LAYERS, walls

from grader.errors import IsolationError
from grader.sandbox.landlock import version
from grader.sandbox.level import SelfTest, require, self_test
from grader.sandbox.self_test import ATTEMPTS, FILES, LIMITS
from grader.sandbox.walls import Layer

pytestmark = pytest.mark.usefixtures("workers")

needs_landlock = pytest.mark.skipif(version() < 6, reason="this kernel has no Landlock, or an old one")
FULL = SelfTest((Layer("limits"),), frozenset(ATTEMPTS))
LIMITED = SelfTest((Layer("limits"), Layer("Landlock", "None here.")), frozenset(LIMITS))
BASIC = SelfTest((Layer("limits", "None here."),), frozenset(FILES))
UNKNOWN = SelfTest((), frozenset())


@needs_landlock
def test_all_walls_are_full() -> None:
    """Nothing of what is tried succeeds."""
    found = self_test(walls())

    assert "full" == found.level
    assert () == found.open()
    assert (
        "A worker that tried to could not read or write elsewhere, use the network, signal the grader, start "
        "a process or take more memory."
    ) == found.described().sentence


@needs_landlock
@pytest.mark.parametrize("missing", [{"empty network"}, {"empty network", "not root"}])
def test_a_container_without_rights_is_full_too(missing: set[str]) -> None:
    """Where no namespace can be made, Landlock and seccomp close files and network."""
    found = self_test(walls(without=missing))

    assert ("full", ()) == (found.level, found.open())
    assert missing.isdisjoint(found.held)


@needs_landlock
def test_what_is_open_is_found() -> None:
    """Without Landlock files are open, without three layers the network is, and it is said."""
    files = self_test(walls(without={"Landlock"}))
    network = self_test(walls(without={"seccomp", "empty network"}))
    nothing = self_test(walls(without=ALL_LAYERS))

    assert ("limited", FILES) == (files.level, files.open())
    assert "A worker that tried to could read a file elsewhere and write a file elsewhere." == (
        files.described().sentence
    )
    assert ("limited", ("send by UDP", "start a process")) == (network.level, network.open())
    assert ("basic", ATTEMPTS) == (nothing.level, nothing.open())


def test_the_level_follows_from_what_was_refused() -> None:
    """Files, network and limits are `full`; limits alone `limited`; everything else is `basic`."""
    assert ["full", "limited", "basic", "basic"] == [one.level for one in (FULL, LIMITED, BASIC, UNKNOWN)]
    assert {"limits"} == LIMITED.held
    assert "The self-test did not come to its end." == UNKNOWN.described().sentence


def test_a_lower_level_than_required_is_an_error() -> None:
    """The sentence names both levels and what was possible; the hint names the command that says why."""
    with pytest.raises(IsolationError) as caught:
        require("full", LIMITED)

    assert (
        "The walls around a worker are `limited` on this machine; `full` was asked for. A worker that tried "
        "to could read a file elsewhere, write a file elsewhere, connect by TCP, send by UDP, signal the "
        "grader and start a process."
    ) == caught.value.message
    assert "Run `grader doctor` to see which layer is missing, and why." == caught.value.hint


def test_a_level_that_is_high_enough_is_none() -> None:
    """The same level, or a higher one, goes on."""
    require("full", FULL)
    require("limited", FULL)
    require("basic", UNKNOWN)

    with pytest.raises(IsolationError):
        require("limited", BASIC)

"""Tests of opening an engine: what was started for it is ended with it, also where it is refused."""

from pathlib import Path

import builders_training as build
import pytest

from grader.errors import IsolationError, UsageError
from grader.grading.engines.local import LocalEngine
from grader.grading.engines.opening import opened
from grader.sandbox.limits import SandboxLimits

# Without them a worker could read and send what it likes.
OPEN = SandboxLimits(seconds=20, memory=4 << 30, without=frozenset({"Landlock", "seccomp", "empty network"}))
# Dask's own sockets are closed by the garbage collector, and it asks for an event loop that is not running.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


def dask_workers() -> list[int]:
    """The processes of a cluster that was started here."""
    # It comes with Dask.
    import psutil

    below = psutil.Process().children(recursive=True)
    return [process.pid for process in below if "spawn_main" in " ".join(process.cmdline())]


def test_an_engine_on_this_machine_is_closed() -> None:
    """Its arrays are gone in the end; that somebody closed it before does no harm."""
    with opened(build.a_dataset(), SandboxLimits(seconds=20, memory=4 << 30), 1, "basic") as (engine, tested):
        assert isinstance(engine, LocalEngine)
        arrays = Path(engine._arrays.name)
        there = arrays.is_dir()
        engine.close()

    assert (True, False) == (there, arrays.exists())
    assert tested.level in {"full", "limited", "basic"}


def test_walls_that_are_too_low_are_refused() -> None:
    """Nothing is opened."""
    with pytest.raises(IsolationError), opened(build.a_dataset(), OPEN, 1, "full"):
        pytest.fail("It was opened.")


def test_a_cluster_of_our_own_is_ended() -> None:
    """After it was used, and where the sandbox is too weak."""
    pytest.importorskip("grader.grading.engines.dask", reason="The extra `cluster` is not installed.")
    with opened(build.a_dataset(), OPEN, 1, "basic", "local") as (engine, _):
        during, room = dask_workers(), engine.room()
    after = dask_workers()
    with pytest.raises(IsolationError), opened(build.a_dataset(), OPEN, 1, "full", "local"):
        pytest.fail("It was opened.")

    assert during
    assert room > 0
    assert [] == after == dask_workers()


def test_a_cluster_that_is_not_there() -> None:
    """The sentence is Dask's part of the program's."""
    pytest.importorskip("grader.grading.engines.dask", reason="The extra `cluster` is not installed.")

    with (
        pytest.raises(UsageError, match="There is no Dask scheduler at `nowhere`"),
        opened(build.a_dataset(), OPEN, 1, "basic", "nowhere"),
    ):
        pytest.fail("It was opened.")

"""Tests of a cluster: a real scheduler and two real workers on loopback."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from builders_golden import said
from builders_training import a_dataset

from grader.datasets import load_dataset
from grader.errors import IsolationError, UsageError, WorkerError
from grader.evidence import Evidence
from grader.grading.batch import Event, measure, measure_on
from grader.grading.budget import sandbox_limits_of
from grader.grading.engines import WORK, Task
from grader.grading.engines.local import opened
from grader.rubric import Plan, ProbePlan, RerunPlan
from grader.sandbox.limits import SandboxLimits
from grader.submissions.class_folder import find_submissions

dask = pytest.importorskip("grader.grading.engines.dask", reason="The extra `cluster` is not installed.")

PLAN = Plan(rerun=RerunPlan(steps=30), probe=ProbePlan(batches=5))
LIMITS = sandbox_limits_of(PLAN)
WEAK = SandboxLimits(seconds=20, memory=4 << 30, without=frozenset({"Landlock", "seccomp", "empty network"}))
# Dask's own sockets are closed by the garbage collector, and it asks for an event loop that is not running.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


@dataclass(frozen=True)
class Cluster:
    """A scheduler and its workers."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: tuple[subprocess.Popen[bytes], ...]


def run_dask(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "DASK_DISTRIBUTED__WORKER__DAEMON": "False"},
    )


@contextmanager
def a_cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """What `dask scheduler` and some `dask worker` start."""
    file = folder / "scheduler.json"
    scheduler = run_dask(
        "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)
    )
    deadline = time.monotonic() + 30
    while not (file.exists() and file.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.05)
    address = json.loads(file.read_text(encoding="utf-8"))["address"]
    options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder))
    started = tuple(run_dask("worker", address, *options) for _ in range(workers))
    with dask.Client(address) as client:
        client.wait_for_workers(workers, timeout=60)
    yield Cluster(address, scheduler, started)
    for process in (*started, scheduler):
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of two workers."""
    with a_cluster(tmp_path_factory.mktemp("dask"), 2) as cluster:
        yield cluster


def evidence_of(events: list[Event]) -> dict[str, Evidence | None]:
    return {event.submission.id: event.evidence for event in events if event.kind == "measured"}


def test_a_cluster_of_which_a_worker_dies_measures_what_one_machine_measures(
    cluster: Cluster, examples: Path
) -> None:
    """The task of the worker that is killed goes to the other one, and nobody is measured twice."""
    submissions = find_submissions(examples)[::2]
    dataset = load_dataset("fashion_mnist")
    events = []
    with dask.connected(cluster.address, 2) as client:
        tested = dask.weakest_sandbox(client, LIMITS)
        engine = dask.DaskEngine(client, dataset, LIMITS)
        for event in measure_on(engine, submissions, PLAN, dataset.y_test.tolist()):
            events.append(event)
            if event.kind == "started" and len(events) == 2:
                cluster.workers[0].send_signal(signal.SIGKILL)

    alone = list(measure(submissions, PLAN, dataset, 2))

    assert tested.level in {"full", "limited", "basic"}
    assert len(submissions) == sum(event.kind == "measured" for event in events)
    assert evidence_of(alone) == evidence_of(events)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nowhere"])
def test_a_cluster_that_is_not_there(address: str) -> None:
    """The sentence says how to start one."""
    with (
        pytest.raises(UsageError) as caught,
        opened(a_dataset(), LIMITS, 1, "basic", address),
    ):
        pytest.fail("It was opened.")

    assert f"There is no Dask scheduler at `{address}`." == str(caught.value.message)
    assert "Start one with `dask scheduler`, and give the address that it prints." == str(caught.value.hint)


def test_a_scheduler_that_goes_away_ends_the_run_with_a_sentence(tmp_path: Path) -> None:
    """It says what to do; closing what is left does not wait for it."""
    with a_cluster(tmp_path, 1) as cluster, dask.connected(cluster.address, 1) as client:
        engine = dask.DaskEngine(client, a_dataset(), WEAK)
        engine.start(Task(WORK), ())
        cluster.scheduler.kill()

        with pytest.raises(WorkerError) as caught:
            list(engine.answers())
        engine.close()

    assert said(caught.value.message, caught.value.hint)


def dask_workers() -> list[int]:
    """The processes of a cluster that was started here."""
    # It comes with Dask.
    import psutil

    below = psutil.Process().children(recursive=True)
    alive = [process for process in below if process.status() != psutil.STATUS_ZOMBIE]
    return [process.pid for process in alive if "spawn_main" in " ".join(process.cmdline())]


def test_a_cluster_whose_sandbox_is_too_weak_is_refused(cluster: Cluster) -> None:
    """Nothing is opened."""
    with pytest.raises(IsolationError), opened(a_dataset(), WEAK, 1, "full", cluster.address):
        pytest.fail("It was opened.")


def test_a_cluster_of_our_own_is_ended() -> None:
    """After it was used, also where the run breaks off."""
    with suppress(IsolationError), opened(a_dataset(), WEAK, 1, "basic", "local") as (engine, _):
        during, room = dask_workers(), engine.room()
        raise IsolationError("The run breaks off.")

    assert during
    assert room > 0
    assert [] == dask_workers()

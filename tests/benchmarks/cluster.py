"""Prints what the parent does for a class on a Dask cluster: `python tests/benchmarks/cluster.py`.

`grader grade`, the scheduler and two Dask workers run on this machine, and a submission is as large as a real
one. Measuring is simulated: `cluster_worker.py` stands for the sandboxed worker. Then a worker is killed, the
cluster is started again, and the parent is killed, each in the middle of a class: nothing must be lost.
`--profile FILE` keeps a profile of the parent.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil
from cluster_worker import FOLDER, LEDGER, REPLIES, SECONDS, Stored
from judged_again import EXAMPLES, a_class

from grader.datasets import load_dataset
from grader.grading.batch import measure_on
from grader.grading.budget import sandbox_limits_of
from grader.grading.engines import FOR_A_FOLDER, WORK, Answer, Engine, Task
from grader.grading.engines.local import LocalEngine
from grader.grading.graded_folder import RUN, read_reports, read_run
from grader.measure.reply import ModelReply
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import DEFAULT, find_rubric
from grader.sandbox.worker import warm_up
from grader.submissions.class_folder import find_submissions

WORKERS = 2
# Of an example's files.
LARGE = {"model.keras": 3_227_000, "training_log.csv": 650_000}
# Measuring a submission takes at least so many times what it takes the parent.
AIM = 15
# In the middle of a class workers take so long for a submission, so that there is a middle.
SLOW = 0.2
MOST_RUNS = 3


@dataclass(frozen=True)
class Recorder:
    """An engine that keeps the replies of its workers."""

    engine: Engine
    kept: Stored
    _open: dict[Task, tuple[Sequence[bytes], list[bytes]]] = field(default_factory=dict)

    def room(self) -> int:
        """As the engine says."""
        return self.engine.room()

    def start(self, task: Task, messages: Sequence[bytes]) -> None:
        """Start a task there."""
        self._open[task] = messages, []
        self.engine.start(task, messages)

    def expect(self, target: str) -> None:
        """Prepare for a task there."""
        self.engine.expect(target)

    def answers(self) -> Iterator[Answer]:
        """Keep what is answered."""
        for answer in self.engine.answers():
            messages, replies = self._open[answer.task]
            replies += answer.replies
            if answer.ended:
                self.kept.keep(answer.task.target, messages, replies)
            yield answer

    def close(self) -> None:
        """Close it."""
        self.engine.close()


def recorded() -> Stored:
    """Measure the examples, and keep what their workers reply."""
    plan = load_rubric(find_rubric(DEFAULT)).plan
    dataset = load_dataset(plan.data)
    warm_up(FOR_A_FOLDER)
    labels = dataset.y_test.tolist()
    engine = Recorder(LocalEngine(dataset, sandbox_limits_of(plan), WORKERS), Stored(labels))
    for _ in measure_on(engine, find_submissions(EXAMPLES), plan, labels):
        pass
    return engine.kept


def seconds_of_measuring(stored: Stored) -> float:
    """The processor time of measuring an example, without the training of its network."""
    costs = [ModelReply.model_validate_json(replies[-1]).cost for replies in stored.submissions]
    return sum(cost.processor_seconds for cost in costs if cost) / len(costs)


@dataclass
class Cluster:
    """A scheduler and two Dask workers, which take so many seconds for a submission."""

    folder: Path
    seconds: float
    port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where the scheduler is."""
        return f"tcp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the scheduler and the workers."""
        host = ("--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard")
        options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(self.folder))
        worker = ("worker", self.address, *options, "--preload", "cluster_worker")
        self.processes = [self._run("scheduler", *host), *(self._run(*worker) for _ in range(WORKERS))]

    def _run(self, *arguments: str) -> subprocess.Popen[bytes]:
        places = os.pathsep.join((str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")))
        own = {FOLDER: str(self.folder), SECONDS: str(self.seconds), "PYTHONPATH": places}
        with (self.folder / "dask.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments], stdout=log, stderr=log, env={**os.environ, **own}
            )

    def kill(self, *numbers: int) -> None:
        """Kill these processes, of which the first is the scheduler."""
        for process in (self.processes[number] for number in numbers):
            process.kill()
            process.wait()

    def restart(self) -> None:
        """Start all of it again, as after a power cut."""
        self.kill(*range(len(self.processes)))
        self.start()


@contextmanager
def a_cluster(folder: Path, seconds: float = 0.0) -> Iterator[Cluster]:
    """Start a cluster whose workers take so long for a submission, and end it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / LEDGER).write_text("", encoding="ascii")
    cluster = Cluster(folder, seconds, port)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.kill(*range(len(cluster.processes)))


def ledger(folder: Path, word: str) -> Counter[str]:
    """How often each submission was given to a worker, or answered."""
    lines = (line.split() for line in (folder / LEDGER).read_text(encoding="ascii").splitlines())
    return Counter(key for what, target, key in lines if (what, target) == (word, WORK))


@dataclass
class Used:
    """Wall time, processor time and peak memory of a run of the program."""

    seconds: float = 0.0
    parent: float = 0.0
    peak: int = 0
    scheduler: float = 0.0
    judges: dict[int, float] = field(default_factory=dict)
    code: int = 0


def graded(
    folder: Path, out: Path, cluster: Cluster, *options: str, during: Callable[[int], None] = lambda _: None
) -> Used:
    """Grade a class; `during` is told the process again and again while it runs."""
    command = [sys.executable, *options, "-m", "grader", "grade", str(folder), "--no-pages"]
    used, started = Used(), time.perf_counter()
    with (cluster.folder / "parent.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--cluster", cluster.address, "--out", str(out)], stdout=log, stderr=log
        )
    while True:
        ended, status, resources = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        with suppress(psutil.Error):
            _sample(process.pid, cluster, used)
        during(process.pid)
        time.sleep(0.1)
    used.code = process.returncode = os.waitstatus_to_exitcode(status)
    used.seconds = time.perf_counter() - started
    used.parent = resources.ru_utime + resources.ru_stime
    return used


def _sample(process: int, cluster: Cluster, used: Used) -> None:
    whole = psutil.Process(process)
    used.peak = max(used.peak, whole.memory_info().rss)
    for child in whole.children(recursive=True):
        with suppress(psutil.Error):
            times = child.cpu_times()
            used.judges[child.pid] = times.user + times.system
    times = psutil.Process(cluster.processes[0].pid).cpu_times()
    used.scheduler = times.user + times.system


def main() -> None:
    """Record, print what a class costs at two sizes, and disturb three runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, nargs="*", default=[100, 400])
    parser.add_argument("--disturbed", type=int, default=40, help="Submissions of a run that is disturbed.")
    parser.add_argument("--profile", type=Path, metavar="FILE")
    parser.add_argument("--replies", type=Path, metavar="FILE", help="Keep what was recorded, or use it.")
    given = parser.parse_args()
    kept = given.replies
    stored = Stored.read(kept) if kept and kept.exists() else recorded()
    if kept:
        stored.write(kept)
    measuring = seconds_of_measuring(stored)
    runs: list[tuple[int, Used]] = []
    for count in given.submissions:
        with a_place(stored, count) as (folder, out), a_cluster(out.parent) as cluster:
            options = ("-m", "cProfile", "-o", str(given.profile)) if given.profile else ()
            used = graded(folder, out, cluster, *options)
            _check(out, count)
        runs.append((count, used))
        print(described(count, used, measuring), flush=True)
    if len(runs) > 1:
        print(f"Each more, without what a run takes at its start: {more(runs, measuring)}", flush=True)
    if given.disturbed:
        for what, act in DISTURBANCES.items():
            with a_place(stored, given.disturbed) as (folder, out), a_cluster(out.parent, SLOW) as cluster:
                print(f"{what} in the middle of {given.disturbed}: {disturbed(folder, out, cluster, act)}")


def described(count: int, used: Used, measuring: float) -> str:
    """What a run took of each process, by the submission."""
    parent = used.parent / count
    judges, scheduler = sum(used.judges.values()) / count, used.scheduler / count
    return (
        f"{count} submissions, {count / used.seconds:.1f} a second. Processor time of each: "
        f"parent {1000 * parent:.0f} ms, {1 / parent:.0f} a second of its core, "
        f"1/{measuring / parent:.0f} of measuring one ({measuring:.2f} s; aim 1/{AIM}); "
        f"judging processes {1000 * judges:.0f} ms; scheduler {1000 * scheduler:.0f} ms. "
        f"Memory of the parent {used.peak / 1e6:.0f} MB"
    )


def more(runs: list[tuple[int, Used]], measuring: float) -> str:
    """What a submission takes of the parent, by the first and the last of some runs."""
    (few, first), (many, last) = runs[0], runs[-1]
    parent = (last.parent - first.parent) / (many - few)
    return (
        f"parent {1000 * parent:.0f} ms, 1/{measuring / parent:.0f} of measuring one (aim 1/{AIM}), "
        f"{(last.peak - first.peak) / (many - few) / 1e3:.0f} kB"
    )


# What happens in the middle of a class, to the cluster or to the process of this number.
DISTURBANCES: dict[str, Callable[[Cluster, int], None]] = {
    "a worker killed": lambda cluster, _: cluster.kill(1),
    "scheduler and workers started again": lambda cluster, _: cluster.restart(),
    "the parent killed": lambda _, parent: os.kill(parent, signal.SIGKILL),
}


def disturbed(folder: Path, out: Path, cluster: Cluster, act: Callable[[Cluster, int], None]) -> str:
    """Do something in the middle of a run, run the command again until it ends well, and count."""
    count, done = len(list(folder.iterdir())), False

    def during(parent: int) -> None:
        nonlocal done
        if not done and ledger(cluster.folder, "answered").total() >= count // 2:
            done = True
            act(cluster, parent)

    codes = [graded(folder, out, cluster, during=during).code]
    while _reports(out) < count and len(codes) < MOST_RUNS:
        codes.append(graded(folder, out, cluster).code)
    _check(out, count)
    given = ledger(cluster.folder, "given")
    assert done
    assert len(given) == count
    again = sum(times - 1 for times in given.values())
    return (
        f"{len(codes)} runs (exit {', '.join(map(str, codes))}), every submission has its report; "
        f"given to a worker again: {again}, at most {max(given.values())} times"
    )


@contextmanager
def a_place(stored: Stored, count: int) -> Iterator[tuple[Path, Path]]:
    """A class, and a folder for its reports beside stored replies."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "class")
        stored.write(Path(place, REPLIES))
        a_class(folder, count, np.random.default_rng(1))
        for own in folder.iterdir():
            for name, size in LARGE.items():
                # The rest are zeros that take no room on the disk.
                os.truncate(own / name, size)
        yield folder, Path(place, "out")


def _reports(out: Path) -> int:
    """How many submissions are in the list of the last run."""
    return len(read_run(out).submissions) if (out / RUN).exists() else 0


def _check(out: Path, count: int) -> None:
    """Every submission has a report, and none is an error."""
    verdicts = Counter(report.verdict for _, report in read_reports(out, read_run(out)))
    assert verdicts.total() == count, verdicts
    assert verdicts["error"] == 0, verdicts


if __name__ == "__main__":
    main()

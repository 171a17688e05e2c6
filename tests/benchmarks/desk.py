"""Prints what the desk costs in a class of 30 and of 1,000: `python tests/benchmarks/desk.py GRADED`.

GRADED is any folder that `grader grade` wrote; its reports, with the evidence in its cache, are repeated
under other ids until the class is as large, and 18 of them wait.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

from grader.desk.desk import Desk, Form
from grader.desk.door import Door
from grader.grading.cache import FILE
from grader.grading.graded_folder import read_reports, read_run, write_class
from grader.grading.judging import Drawers
from grader.grading.verdict import settled
from grader.report import FILES, ItemResult
from grader.sandbox.worker import warm_up

SIZES, WAITING, TIMES = (30, 1_000), 18, 9


def main() -> None:
    """Make each class, and decide at its desk."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graded", type=Path, metavar="GRADED")
    graded = parser.parse_args().graded
    warm_up(["grader.grading.judging"])
    for size in SIZES:
        with tempfile.TemporaryDirectory() as place, Drawers(1) as drawers:
            a_class(graded, Path(place), size)
            started = time.perf_counter()
            desk = Desk(Path(place), "Dr. Kim", Door(1), drawers)
            start = time.perf_counter() - started
            print(f"{size:,} students: the desk is there after {start:.2f} s; ", end="")
            measure(desk)


def measure(desk: Desk) -> None:
    """Open the queue and a submission, and decide about it, several times each."""
    waiting = [desk.queue.submission(row.folder) for row in desk.queue.waiting]
    one = waiting[0]
    assert one is not None
    desk.shown(one)  # The first time, a process that draws is started.
    queue = median(lambda _: (desk.queue.read(), desk.listed()))
    shown = median(lambda _: desk.shown(one))

    def decide(number: int) -> None:
        form = Form(verb="points", points=f"{number / 10}", seen=desk._seen(one))
        assert desk.decided(one, form).status_code == 303

    print(f"the queue of {len(waiting)} takes {queue:.0f} ms, ", end="")
    print(f"a submission {shown:.0f} ms, a decision {median(decide):.0f} ms", flush=True)


def a_class(graded: Path, out: Path, size: int) -> None:
    """A graded class of so many; the first ones wait."""
    run = read_run(graded)
    reports = read_reports(graded, run)
    known = list(islice(cycle((one, reports[one.folder]) for one in run.submissions), size))
    made = []
    for number, (one, report) in enumerate(known):
        own = f"{number:04}"
        # Everyone has all points, but the first ones wait for those of an item.
        items = tuple(_earned(item) for item in report.items if item.kind != FILES)
        if number < WAITING:
            waits = {"status": "review", "points": 0.0, "is_open": True}
            items = (items[0].model_copy(update=waits), *items[1:])
        update = {
            "id": own,
            "items": items,
            "pairs": (),
            "points_to_pass": report.max_score,
            "decision": None,
        }
        made.append(
            (one.model_copy(update={"id": own, "folder": own}), settled(report.model_copy(update=update)))
        )
    write_class(out, run.model_copy(update={"submissions": tuple(one for one, _ in made)}), made)
    shutil.copy(graded / FILE, out / FILE)


def _earned(item: ItemResult) -> ItemResult:
    alone = {"requires": (), "before": None, "decision": None, "is_open": False}
    return item.model_copy(update={**alone, "status": "passed", "points": item.max_points})


def median(act: Callable[[int], object]) -> float:
    """The middle of some times, in milliseconds."""
    times = []
    for number in range(TIMES):
        started = time.perf_counter()
        act(number)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()

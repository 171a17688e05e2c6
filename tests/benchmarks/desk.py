"""Prints what the desk costs in a class of 30 and of 1,000: `python tests/benchmarks/desk.py GRADED`.

GRADED is any folder that `grader grade` wrote; its reports, with the evidence in its cache, are repeated
under other ids until the class is as large. 18 of them wait, and everyone else was decided about once.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

from grader.desk.desk import Desk, Form
from grader.desk.door import Door
from grader.grading.cache import FILE
from grader.grading.decisions import Wish, record
from grader.grading.graded_folder import read_reports, read_run, write_class
from grader.grading.judging import Drawers
from grader.grading.verdict import settled
from grader.report import FILES, ItemResult
from grader.sandbox.worker import warm_up

SIZES, WAITING, TIMES = (30, 1_000), 18, 15


def main() -> None:
    """Make each class, and decide at both desks in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graded", type=Path, metavar="GRADED")
    graded = parser.parse_args().graded
    warm_up(["grader.grading.judging"])
    with tempfile.TemporaryDirectory() as place, Drawers(1) as drawers:
        desks = []
        for size in SIZES:
            a_class(graded, out := Path(place) / str(size), size)
            started = time.perf_counter()
            desks.append(Desk(out, "Dr. Kim", Door(1), drawers))
            print(f"{size:,} students: the desk is there after {time.perf_counter() - started:.2f} s")
        for size, (queue, shown, decision) in zip(SIZES, costs(desks), strict=True):
            print(f"{size:,} students: the queue of {WAITING} takes {queue:.0f} ms, ", end="")
            print(f"a submission {shown:.0f} ms, a decision {decision:.0f} ms")


def costs(desks: Sequence[Desk]) -> Iterator[list[float]]:
    """The medians of opening the queue, of opening a submission, and of a decision, in milliseconds."""
    first = [desk.queue.submission(desk.queue.waiting[0].folder) for desk in desks]
    times: list[list[tuple[float, ...]]] = [[] for _ in desks]
    # The first time, a process that draws is started.
    for number in range(TIMES + 1):
        for desk, one, own in zip(desks, first, times, strict=True):
            assert one is not None
            form = Form(verb="points", points=f"{number / 10}", seen=desk._seen(one))
            own.append(
                (
                    milliseconds(lambda desk=desk: (desk.queue.read(), desk.listed())),
                    milliseconds(lambda desk=desk, one=one: desk.shown(one)),
                    milliseconds(lambda desk=desk, one=one, form=form: desk.decided(one, form)),
                )
            )
    return ([statistics.median(kind) for kind in zip(*own[1:], strict=True)] for own in times)


def a_class(graded: Path, out: Path, size: int) -> None:
    """A graded class of so many; the first ones wait."""
    run = read_run(graded)
    reports = {one.folder: report for one, report in read_reports(graded, run)}
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
    out.mkdir()
    record(out, [Wish(one.id, verb="pass", by="Dr. Kim").of(report) for one, report in made[WAITING:]])
    write_class(out, run.model_copy(update={"submissions": tuple(one for one, _ in made)}), made)
    shutil.copy(graded / FILE, out / FILE)


def _earned(item: ItemResult) -> ItemResult:
    alone = {"requires": (), "before": None, "decision": None, "is_open": False}
    return item.model_copy(update={**alone, "status": "passed", "points": item.max_points})


def milliseconds(act: Callable[[], object]) -> float:
    """How long it takes."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()

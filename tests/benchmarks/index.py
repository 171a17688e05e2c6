"""Prints what grades.csv, the terminal's table and the pages of a class cost, for 1,000 and for 30,000.

`python tests/benchmarks/index.py GRADED`, three minutes. GRADED is any folder that `grader grade` wrote. Its
reports are made anew one at a time, with other ids, names, numbers and verdicts, until there are as many.
Each figure is that of a process of its own, without making the reports. `--keep FOLDER` keeps the pages of
the larger class.
"""

import argparse
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from grader.files import write_whole
from grader.grading.deciding import write_class_pages
from grader.grading.graded_folder import grades_of, read_graded, read_reports
from grader.grading.verdict import settled
from grader.report import FILES, Pair, Report
from grader.reports.html_class import Entry
from grader.reports.rows import row_of
from grader.reports.terminal import class_summary, class_table, similar_page

SIZES = (1_000, 30_000)
MOST_GROWTH = 1.15
NAMES = ("Ana García", "Søren Ødegård", "김 민준", "Li Bo", "Zoë O'Neill", "Jean-Luc N'Dour", "Оля Иванова")


def main() -> None:
    """Measure each size and each kind of output, and print one beside the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graded", type=Path, metavar="GRADED")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    parser.add_argument("--only", nargs=2, metavar=("KIND", "SIZE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        kind, size = options.only
        class_ = Class(options.graded, int(size))
        started = time.process_time()
        KINDS[kind](class_, options.keep)
        seconds = time.process_time() - started - class_.seconds
        print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    with tempfile.TemporaryDirectory() as place:
        for kind in KINDS:
            each = []
            for size in SIZES:
                out = Path(place) / f"{kind} {size}"
                if options.keep and (kind, size) == ("pages", SIZES[-1]):
                    out = options.keep
                out.mkdir(exist_ok=True)
                seconds, memory = measured(kind, options.graded, size, out)
                each.append(seconds / size * 1000)
                files = sorted((path.stat().st_size, path.name) for path in out.iterdir())
                sizes = "".join(f", {name} {size / 1000:,.0f} kB" for size, name in files[-3:])
                print(
                    f"{kind} of {size:,}: {seconds:.2f} s, {each[-1]:.2f} ms each, {memory:.0f} MB, ", end=""
                )
                print(f"files: {len(files)}{sizes}", flush=True)
            print(f"{kind}: growth {each[1] / each[0]:.2f} (at most {MOST_GROWTH})", flush=True)


def measured(kind: str, graded: Path, size: int, out: Path) -> tuple[float, float]:
    """Seconds of the processor and the most megabytes of a process that makes one kind of output."""
    command = [sys.executable, __file__, graded, "--keep", out, "--only", kind, str(size)]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    seconds, memory = map(float, done.stdout.split())
    return seconds, memory


class Class:
    """So many reports, each made when it is asked for, and the seconds that making them took."""

    def __init__(self, graded: Path, size: int) -> None:
        """Read the reports that there are."""
        self.run = read_graded(graded)
        # One that is unpickled shares nothing with the last one.
        self.stored = [pickle.dumps(report) for _, report in read_reports(graded, self.run)]
        self.size = size
        self.seconds = 0.0

    def __iter__(self) -> Iterator[Report]:
        """Make one after another."""
        for number in range(self.size):
            started = time.process_time()
            report = made(pickle.loads(self.stored[number % len(self.stored)]), number)  # noqa: S301  (ours)
            self.seconds += time.process_time() - started
            yield report


def made(report: Report, number: int) -> Report:
    """The report of somebody else: one in 40 waits for a teacher, one in ten resembles the next."""
    items = tuple(item for item in report.items if item.kind != FILES)
    if number % 40 == 0:
        waits = {"status": "review", "points": 0.0, "is_open": True}
        items = (items[0].model_copy(update=waits), *items[1:])
    update: dict[str, object] = {
        "id": f"s{number:05}",
        "name": f"{NAMES[number % len(NAMES)]} {number * 7919 % 1000}",
        "items": items,
        "numbers": {name: value * (1 - number % 97 / 1000) for name, value in report.numbers.items()},
    }
    if number % 10 == 0:
        update["pairs"] = (Pair(id=f"s{number + 1:05}", part="model", message=report.items[0].message),)
    return settled(report.model_copy(update=update))


def _table(class_: Class, out: Path) -> None:
    write_whole(out / "grades.csv", grades_of(class_.run, class_))


def _terminal(class_: Class, out: Path) -> None:
    rows = list(map(row_of, class_))
    failed = [row for row in rows if row.verdict != "passed"]
    with (out / "terminal.txt").open("w", encoding="utf-8") as stream:
        screen = Console(file=stream, width=100)
        screen.print(class_table(failed, most=len(failed)))
        screen.print(similar_page(rows))
        screen.print(class_summary(rows))


def _pages(class_: Class, out: Path) -> None:
    write_class_pages(out, (Entry(report, report.id) for report in class_), ())


KINDS = {"grades.csv": _table, "terminal": _terminal, "pages": _pages}


if __name__ == "__main__":
    main()

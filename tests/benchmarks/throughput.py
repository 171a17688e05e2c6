"""Prints what a class costs beside two plain scripts: `python tests/benchmarks/throughput.py FOLDER`.

FOLDER lies outside the repository; classes that are there are kept. All do the same work for each submission:
load, predict the 10,000 test images, 600 steps from fresh weights with their norms, check the log.
The scripts do a few submissions, in turn with the program, and are compared by the submission. In the end
stands where the program's time goes, with the floor of each share (`shares.py`).
`--only mixed` compares one kind of class, `--class-of 300` times one; `--counts 10 100 1000` how the time
grows (small networks).
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from a_class import KINDS, Kind, make_class

import grader.datasets
from grader.sandbox.kernel import PR_SET_CHILD_SUBREAPER, set_attribute

HERE = Path(__file__).parent
ARRAYS = Path(grader.datasets.__file__).parent / "fashion_mnist.npz"
QUIET = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
# So many submissions are timed with each script.
FRESH, IN_PROCESS = 4, 20
# How many submissions a class has, and how many times as fast as each script the program is to be.
AIMS: dict[Kind, tuple[int, float, float]] = {
    "mixed": (12, 8, 4),
    "usual": (100, 30, 12),
    "distinct": (100, 14, 6),
}


class Took(NamedTuple):
    """Seconds, seconds of the processor in all processes, and peak memory of the first in MB."""

    seconds: float
    processor: float
    memory: float


def run(*command: str) -> Took:
    """Run a program of ours to the end of all its processes."""
    started, used = time.perf_counter(), _used()
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=QUIET
    )
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _peak(process.pid))
        time.sleep(0.05)
    seconds = time.perf_counter() - started
    if process.returncode not in {0, 3}:
        raise SystemExit(f"{command} ended with {process.returncode}.")
    # What workers are forked from ends after the program, and is then a child of this process.
    with suppress(ChildProcessError):
        while True:
            os.wait()
    return Took(seconds, _used() - used, peak)


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def graded(folder: Path) -> Took:
    """`grader grade` on a folder."""
    with tempfile.TemporaryDirectory() as out:
        took = run("-m", "grader", "grade", str(folder), "--no-pages", "--out", f"{out}/graded")
        reports = [path.read_text("utf-8") for path in Path(out).glob("graded/*/report.json")]
        # What cannot be read takes less time.
        if not reports or not all('"largest_norm"' in text and '"accuracy"' in text for text in reports):
            raise SystemExit(f"Not every model and log in {folder} was read.")
        return took


def plain(*folders: Path) -> Took:
    """The plain loop on these submissions, in one process."""
    return run(str(HERE / "plain_loop.py"), str(ARRAYS), *map(str, folders))


def compared(folder: Path, kind: Kind) -> str:
    """The program and both scripts on one class, in turn, beside how many times as fast it is to be."""
    count, *aims = AIMS[kind]
    make_class(folder / f"{kind}_{count}", count, kind)
    places = sorted((folder / f"{kind}_{count}").iterdir())
    half, few = FRESH // 2, places[:IN_PROCESS]
    alone = [plain(place) for place in places[:half]]
    own = [graded(folder / f"{kind}_{count}")]
    several = plain(*few)
    alone += [plain(place) for place in places[-half:]]
    own.append(graded(folder / f"{kind}_{count}"))
    each = _mean(own, 2 * count)
    said = (
        f"{count} submissions, {KINDS[kind]}: "
        f"{each.seconds:.3f} s each, {each.processor:.3f} of the processor "
        f"({own[0].seconds:.1f} and {own[1].seconds:.1f} s in all, {own[0].memory:.0f} MB in the parent)"
    )
    scripts = {"a fresh process each": _mean(alone, len(alone)), "one process": _mean([several], len(few))}
    for (name, one), aim in zip(scripts.items(), aims, strict=True):
        said += (
            f"; {name} {one.seconds:.2f} s, {one.seconds / each.seconds:.1f} times that (aim {aim}), "
            f"{one.processor:.2f} of the processor, {one.processor / each.processor:.1f} times"
        )
    return said


def _mean(runs: Sequence[Took], submissions: int) -> Took:
    return Took(*(sum(values) / submissions for values in zip(*runs, strict=True)))


def main() -> None:
    """Print one line after the other, as they come."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=list(AIMS))
    parser.add_argument("--class-of", type=int, default=0)
    parser.add_argument("--counts", type=int, nargs="*", default=[])
    given = parser.parse_args()
    # A process whose parent has ended becomes a child of this one, which then counts what it used.
    set_attribute(PR_SET_CHILD_SUBREAPER, 1)
    if not given.class_of and not given.counts:
        for kind in [given.only] if given.only else AIMS:
            print(compared(given.folder, kind), flush=True)
    if not (given.only or given.class_of or given.counts):
        print("where the time of a submission goes, in seconds of the processor:", flush=True)
        # A process that has computed with TensorFlow must not be forked, and this one may have.
        command = [sys.executable, str(HERE / "shares.py"), str(given.folder / "usual_100" / "student_0000")]
        subprocess.run(command, check=True, env=QUIET)
    if given.class_of:
        make_class(given.folder / f"usual_{given.class_of}", given.class_of)
        took = graded(given.folder / f"usual_{given.class_of}")
        print(
            f"a class of {given.class_of}: {took.seconds:.0f} s, {took.memory:.0f} MB in the parent",
            flush=True,
        )
    for count in given.counts:
        make_class(given.folder / f"small_{count}", count, "small")
        took = graded(given.folder / f"small_{count}")
        print(
            f"{count} small: {took.seconds / count:.3f} s each, {took.memory:.0f} MB in the parent",
            flush=True,
        )


if __name__ == "__main__":
    main()

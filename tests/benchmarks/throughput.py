"""Prints what a class costs beside two plain scripts: `python tests/benchmarks/throughput.py FOLDER`.

FOLDER lies outside the repository; classes that are there are kept. All do the same work for each submission:
load, predict the 10,000 test images, 600 steps from fresh weights with their norms, check the log.
The scripts do a few submissions, in turn with the program, and are compared by the submission. In the end
stands where the program's time goes, with the floor of each share (`shares.py`).
`--class-of 300` times one class; `--counts 10 100 1000` how the time grows (small networks).
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from a_class import make_class

import grader.datasets

HERE = Path(__file__).parent
ARRAYS = Path(grader.datasets.__file__).parent / "fashion_mnist.npz"
QUIET = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
# So many submissions are timed with each script.
FRESH, IN_PROCESS = 4, 20


def graded(folder: Path) -> tuple[float, float]:
    """Seconds for `grader grade` on a folder, and the peak memory of its process in MB."""
    with tempfile.TemporaryDirectory() as out:
        started = time.perf_counter()
        program = [sys.executable, "-m", "grader", "grade"]
        command = [*program, str(folder), "--no-pages", "--out", f"{out}/graded"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _peak(process.pid))
            time.sleep(0.05)
        return time.perf_counter() - started, peak


def _peak(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def plain(*folders: Path) -> float:
    """Seconds for the plain loop on these submissions, in one process."""
    started = time.perf_counter()
    command = [sys.executable, str(HERE / "plain_loop.py"), str(ARRAYS), *map(str, folders)]
    subprocess.run(command, check=True, capture_output=True, env=QUIET)
    return time.perf_counter() - started


def compared(folder: Path, count: int, *, distinct: bool) -> str:
    """The program and both scripts on one class, in turn."""
    name = f"{'distinct' if distinct else 'usual'}_{count}"
    make_class(folder / name, count, distinct=distinct)
    places = sorted((folder / name).iterdir())
    fresh = [plain(place) for place in places[: FRESH // 2]]
    whole, memory = graded(folder / name)
    several = plain(*places[:IN_PROCESS])
    fresh += [plain(place) for place in places[FRESH // 2 : FRESH]]
    again, _ = graded(folder / name)
    own = (whole + again) / 2 / count
    return (
        f"{count} submissions, {'no two' if distinct else 'nine in ten'} with one architecture: "
        f"{own:.3f} s each ({whole:.1f} and {again:.1f} s in all, {memory:.0f} MB in the parent); "
        f"a fresh process each {sum(fresh) / len(fresh):.2f} s, {sum(fresh) / len(fresh) / own:.1f} "
        "times that; "
        f"one process {several / IN_PROCESS:.2f} s, {several / IN_PROCESS / own:.1f} times that"
    )


def main() -> None:
    """Print one line after the other, as they come."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--class-of", type=int, default=0)
    parser.add_argument("--counts", type=int, nargs="*", default=[])
    given = parser.parse_args()
    if not given.class_of and not given.counts:
        print(compared(given.folder, 100, distinct=False), flush=True)
        print(compared(given.folder, 100, distinct=True), flush=True)
        print("where the time of a submission goes, in seconds of the processor:", flush=True)
        # A process that has computed with TensorFlow must not be forked, and this one may have.
        command = [sys.executable, str(HERE / "shares.py"), str(given.folder / "usual_100" / "student_0000")]
        subprocess.run(command, check=True, env=QUIET)
    if given.class_of:
        make_class(given.folder / f"usual_{given.class_of}", given.class_of)
        seconds, memory = graded(given.folder / f"usual_{given.class_of}")
        print(f"a class of {given.class_of}: {seconds:.0f} s, {memory:.0f} MB in the parent", flush=True)
    for count in given.counts:
        make_class(given.folder / f"small_{count}", count, small=True)
        seconds, memory = graded(given.folder / f"small_{count}")
        print(f"{count} small: {seconds / count:.3f} s each, {memory:.0f} MB in the parent", flush=True)


if __name__ == "__main__":
    main()

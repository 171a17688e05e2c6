"""Prints what `grader check` costs beside an import of TensorFlow: `python tests/benchmarks/check.py`.

In turns, `grader check` runs in a terminal, and a process alone does what nobody can do without: it imports
TensorFlow, predicts and trains again. `--uncompiled` does both where no byte code is kept yet, as after an
installation; `--cores 1` on one core. Three turns take two minutes. Seconds of the processor are those of all
processes of a command.
"""

import argparse
import contextlib
import os
import pty
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from grader.sandbox.environment import reduced
from grader.sandbox.kernel import PR_SET_CHILD_SUBREAPER, set_attribute

EXAMPLE = Path(__file__).resolve().parents[2] / "submissions_example" / "gradient_clipping" / "ana_passes"
# The terminal shows this with all that is known without TensorFlow.
SHOWN = b"Trying the model"


class Checked(NamedTuple):
    """Seconds until what needs no TensorFlow is shown, until the end, and of the processor."""

    shown: float
    whole: float
    processor: float


class Floor(NamedTuple):
    """Seconds of the import, of predictions and rerun after it, and of the processor for both."""

    imported: float
    computed: float
    processor: float


def checked(environment: dict[str, str]) -> Checked:
    """Check the example in a terminal."""
    ours, theirs = pty.openpty()
    before, started, printed, shown = _processor(), time.perf_counter(), b"", 0.0
    command = [sys.executable, "-m", "grader", "check", str(EXAMPLE), "--lang", "en"]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    while True:
        try:
            printed += os.read(ours, 65_536)
        except OSError:
            break
        if not shown and SHOWN in printed:
            shown = time.perf_counter() - started
    os.close(ours)
    assert process.wait() == 0, printed.decode()
    whole = time.perf_counter() - started
    _reap()
    return Checked(shown, whole, _processor() - before)


def floor(environment: dict[str, str]) -> Floor:
    """Do in one process what every check must."""
    before = _processor()
    command = [sys.executable, str(Path(__file__).resolve()), "--compute"]
    done = subprocess.run(command, capture_output=True, check=True, env=reduced(environment))
    imported, computed = map(float, done.stdout.split())
    return Floor(imported, computed, _processor() - before)


def compute() -> tuple[float, float]:
    """The seconds for importing TensorFlow, and for the predictions and the rerun of the example."""
    started = time.perf_counter()
    import tensorflow  # noqa: F401, ICN001  (only its import is wanted)

    imported = time.perf_counter() - started
    from grader.grading.engines.local import arrays_of, write_arrays
    from grader.measure.data import dataset_for
    from grader.measure.model.read import read_model
    from grader.measure.training.loop import use_one_thread
    from grader.measure.training.session import Session, rerun
    from grader.rubric.loading import load_rubric
    from grader.rubric.lookup import DEFAULT, find_rubric

    plan = load_rubric(find_rubric(DEFAULT)).plan
    clean = read_model("model.keras", (EXAMPLE / "model.keras").read_bytes())
    use_one_thread()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        write_arrays(folder, arrays_of(dataset_for(plan)))
        session = Session(clean, plan, folder)
        architecture = session.architecture()
        started = time.perf_counter()
        session.predictions()
        rerun(plan, architecture, session._arrays)
        return imported, time.perf_counter() - started


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reap() -> None:
    """Wait for the processes that a command leaves behind, which end with it."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def compared(runs: int, own: dict[str, str], alone: dict[str, str]) -> str:
    """A line for each ratio, with its aim; both have an environment of their own."""
    pairs = [(checked(own), floor(alone)) for _ in range(runs)]
    shown = median(check.shown / least.imported for check, least in pairs)
    whole = median(check.whole / (least.imported + least.computed) for check, least in pairs)
    processor = median(check.processor / least.processor for check, least in pairs)
    middle = [median(values) for values in zip(*(check for check, _ in pairs), strict=True)]
    floors = [median(values) for values in zip(*(least for _, least in pairs), strict=True)]
    return f"""\
without TensorFlow: shown after {middle[0]:.2f} s, {shown:.2f} times `import tensorflow` (at most 0.25)
the whole: {middle[1]:.2f} s, {whole:.2f} times that import, predictions and rerun (at most 1.3)
processor time: {middle[2]:.2f} s, {processor:.2f} times that of the import, predictions and rerun
alone: import {floors[0]:.2f} s, predictions and rerun {floors[1]:.2f} s, processor {floors[2]:.2f} s"""


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--cores", type=int, default=0)
    parser.add_argument("--uncompiled", action="store_true")
    parser.add_argument("--compute", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.compute:
        print(*compute())
        return
    # What a command leaves behind becomes ours, so that its seconds are counted.
    set_attribute(PR_SET_CHILD_SUBREAPER, 1)
    if given.cores:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: given.cores])
    # An installed program keeps its byte code, whatever is set here.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, "TERM": "xterm"}
    if not given.uncompiled:
        print(compared(given.runs, environment, environment))
        return
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        own = {**environment, "PYTHONPYCACHEPREFIX": one}
        print(compared(1, own, {**environment, "PYTHONPYCACHEPREFIX": other}))


if __name__ == "__main__":
    main()

"""Prints what judging a class costs beside measuring: `python tests/benchmarks/judged_again.py`, two minutes.

`--submissions 1000 30000 --runs 1` does so for two classes, and says how much more a submission of the larger
one takes.

The first submissions of a class (`--of FOLDER`, else the examples) are measured. Every submission of another
class gets the evidence of one of them, with another accuracy, the steps of its log in another order, and
other weights, under the key of files of its own. The command line then judges all of them, and judges them
again by a rubric with another threshold, as it would a class that was measured. Seconds of the processor have
the start of the program in them; on Linux those of its other processes stand apart. Aims are issue 18's.
"""

import argparse
import contextlib
import ctypes
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from grader.analysis.consistency.course import Course, course_of
from grader.datasets import Dataset, load_dataset
from grader.evidence import Evidence
from grader.evidence.log import Column, Log
from grader.evidence.model import Model
from grader.evidence.training import Accuracy
from grader.grading.batch import measure
from grader.grading.cache import FILE, Cache
from grader.grading.engines import FOR_A_FOLDER
from grader.grading.keys import circumstances, evidence_key
from grader.measure.request import pack
from grader.report import Origin
from grader.rubric import Rubric
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import DEFAULT, calibration_path, find_rubric
from grader.sandbox.worker import warm_up
from grader.submissions.class_folder import find_submissions
from grader.submissions.submission import Submission

EXAMPLES = Path(__file__).parents[2] / "submissions_example" / "gradient_clipping"
# The shares of the class that reach the thresholds by which it is judged again.
REACHED = (0.5, 0.4, 0.6)
# So many submissions are measured at most; of so many neighbouring steps the order changes.
MEASURED, NEIGHBOURS = 20, 8
# So much less accuracy another submission has at most.
LOWER = 0.02
# The aims: megabytes of evidence, the share of what measuring takes, and the growth from 1,000 to 30,000.
LARGEST, SHARE, GROWTH = 0.25, 15, 1.15


class Measured(NamedTuple):
    """Evidence, and the seconds of the processor that a submission took: its worker's and the parent's."""

    evidence: list[Evidence]
    worker: float
    parent: float


def measured(rubric: Rubric, dataset: Dataset, folder: Path) -> Measured:
    """The evidence of the first submissions in a folder, and what it cost."""
    warm_up(FOR_A_FOLDER)
    submissions, start = find_submissions(folder)[:MEASURED], time.process_time()
    events = [one for one in measure(submissions, rubric.plan, dataset, jobs=2) if one.kind == "measured"]
    parent = time.process_time() - start
    worker = sum(event.cost.processor_seconds for event in events if event.cost)
    evidence = [event.evidence for event in events if event.evidence is not None]
    return Measured(evidence, worker / len(events), parent / len(events))


def another(evidence: Evidence, random: np.random.Generator) -> Evidence:
    """Evidence like this, of another student: nothing in it is so near that a pair would be found."""
    accuracy, log, model = evidence.found(Accuracy), evidence.found(Log), evidence.found(Model)
    if accuracy:
        value = accuracy.value - round(random.uniform(0, LOWER), 4)
        mistakes = tuple(random.permutation(accuracy.mistakes).tolist())
        changed = accuracy.model_copy(update={"value": value, "mistakes": mistakes})
        evidence = evidence.having("accuracy", changed)
    if log:
        evidence = evidence.having("log", another_log(log, random))
    if model:
        evidence = evidence.having("model", another_model(model, random))
    return evidence


def another_log(log: Log, random: np.random.Generator) -> Log:
    """A log like this with its steps in another order, which changes places among neighbours alone."""
    course = course_of(log)
    if course is None:
        return log
    places = np.arange(len(course.rows))
    # The first ones stay, so that the training begins as it did.
    order = np.lexsort((random.random(len(places)) * (places >= NEIGHBOURS), places // NEIGHBOURS))
    columns = tuple(_in_order(column, course, order) for column in log.columns)
    return log.model_copy(update={"columns": columns})


def another_model(model: Model, random: np.random.Generator) -> Model:
    """A model like this, with other weights."""
    if model.sketch is None:
        return model
    projections = tuple(random.standard_normal(len(model.sketch.projections)).tolist())
    sketch = model.sketch.model_copy(
        update={"sha256": random.bytes(32).hex(), "unordered": "", "projections": projections}
    )
    optimizer = model.optimizer and model.optimizer.model_copy(update={"moments": None})
    return model.model_copy(update={"sketch": sketch, "optimizer": optimizer})


def _in_order(column: Column, course: Course, order: npt.NDArray[np.int64]) -> Column:
    """What each batch had in this order, with nine digits as logs have it."""
    of_batches = {"loss": course.loss, "accuracy": course.accuracy}.get(column.name)
    if column.rows != course.rows or not (of_batches or column.name == "gradient_norm"):
        return column
    values = of_batches.values if of_batches else np.asarray(column.values)
    written = tuple(float(f"{value:.9g}") for value in values[order].astype(np.float32))
    return column.model_copy(update={"values": written})


def a_class(folder: Path, submissions: int, random: np.random.Generator) -> tuple[Submission, ...]:
    """Folders with files of their own, small ones, for none of them is opened."""
    for number in range(submissions):
        own = folder / f"{number:05}"
        own.mkdir(parents=True)
        for name in ("model.keras", "training_log.csv"):
            (own / name).write_bytes(random.bytes(10_000))
    return find_submissions(folder)


class Ran(NamedTuple):
    """Seconds on the clock, bytes, the line that counts, and the processor's seconds of all processes."""

    seconds: float
    memory: int
    said: str
    parent: float
    others: float


def run(*arguments: str | Path) -> Ran:
    """What a command took."""
    with tempfile.TemporaryFile() as output:
        # An installed program has its byte code; here the first of the runs keeps it, whatever is set.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        if sys.platform == "linux":
            # What the command leaves behind becomes a child of ours (`PR_SET_CHILD_SUBREAPER`).
            ctypes.CDLL(None).prctl(36, 1)
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "grader", *map(str, arguments)],
            stdout=output,
            env=environment,
            process_group=0,
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        lines = output.read().decode().splitlines()
    assert process.returncode in {0, 3}, lines
    unit = 1 if sys.platform == "darwin" else 1024
    return Ran(seconds, used.ru_maxrss * unit, _said(lines), _processor(used), sum(_left_behind(process.pid)))


def _left_behind(group: int) -> Iterator[float]:
    """The processor's seconds of each process of a group that has become ours, with those that it had."""
    with contextlib.suppress(ChildProcessError):
        while True:
            *_, used = os.wait4(-group, 0)
            yield _processor(used)


def _processor(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


def _said(lines: list[str]) -> str:
    """The line that counts."""
    telling = (line for line in reversed(lines) if "measured before" in line or "submissions " in line)
    return next(telling, "")


class Stored(NamedTuple):
    """A folder of submissions, an output folder that has their evidence, and what was measured for it."""

    folder: Path
    out: Path
    first: Measured


@contextlib.contextmanager
def stored_class(submissions: int, of: Path = EXAMPLES) -> Iterator[Stored]:
    """A class whose stored evidence is like that of the first submissions in a folder."""
    random = np.random.default_rng(1)
    rubric = load_rubric(find_rubric(DEFAULT))
    dataset = load_dataset(rubric.plan.data)
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place, "class"), Path(place, "out")
        out.mkdir()
        run = circumstances(rubric.plan, dataset.sha256)
        first = measured(rubric, dataset, of)
        with Cache(out, print) as cache:
            for number, submission in enumerate(a_class(folder, submissions, random)):
                evidence = another(first.evidence[number % len(first.evidence)], random)
                cache.keep(evidence_key(pack(submission, run.plan), run), evidence, Origin(seconds=1.0))
        yield Stored(folder, out, first)


def main() -> None:
    """Make each class, and judge it again in each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, nargs="+", default=[100])
    parser.add_argument("--runs", type=int, default=len(REACHED))
    parser.add_argument("--of", type=Path, default=EXAMPLES, metavar="FOLDER")
    given = parser.parse_args()
    first: dict[str, float] = {}
    for submissions in given.submissions:
        with stored_class(submissions, given.of) as stored:
            _print_class(stored, submissions, given.runs, first)


def _print_class(stored: Stored, submissions: int, runs: int, first: dict[str, float]) -> None:
    """What each way costs; `first` has what it cost by the submission in the first class."""
    folder, out, measured_first = stored
    size = (out / FILE).stat().st_size / submissions
    print(f"{submissions:,} cached submissions, {size / 1e6:.3f} MB of evidence each")
    largest = max(len(zlib.compress(one.model_dump_json().encode(), 1)) for one in measured_first.evidence)
    rows = max(log.rows for one in measured_first.evidence if (log := one.found(Log)))
    print(f"the longest log, {rows:,} rows: {largest / 1e6:.3f} MB (8,600 rows with four norms: {LARGEST})")
    worker, parent = measured_first.worker * 1000, measured_first.parent * 1000
    print(
        f"measured: {worker:.0f} ms of the processor by its worker, {parent:.0f} ms by the parent", flush=True
    )
    accuracies = [
        found.value - LOWER / 2 for one in measured_first.evidence if (found := one.found(Accuracy))
    ]
    thresholds = (f"{np.quantile(accuracies, 1 - share):.4f}" for share in REACHED[:runs])
    rubrics = [_with_threshold(out.parent, threshold) for threshold in thresholds]
    graded = ("grade", folder, "--no-pages", "--out", out)
    regraded = ("regrade", out, "--no-pages", "--rubric")
    ways: tuple[tuple[str, list[tuple[str | Path, ...]]], ...] = (
        ("judged for the first time", [graded]),
        ("regrade, another threshold", [(*regraded, rubric) for rubric in rubrics]),
    )
    for title, commands in ways:
        _print(title, commands, submissions, measured_first.worker, first)


def _with_threshold(folder: Path, threshold: str) -> Path:
    """The rubric that ships, with another threshold for the accuracy."""
    shipped = find_rubric(DEFAULT)
    text, asked = shipped.read_text(encoding="utf-8"), "model_accuracy: {at_least: 0.87,"
    assert asked in text
    path = folder / f"at_least_{threshold}.yaml"
    path.write_text(text.replace(asked, asked.replace("0.87", threshold)), encoding="utf-8")
    shutil.copy(calibration_path(shipped), calibration_path(path))
    return path


def _print(
    title: str, commands: list[tuple[str | Path, ...]], count: int, worker: float, first: dict[str, float]
) -> None:
    """What each of some commands took, for a shared machine is not always as fast; the middle one first."""
    results = []
    for command in commands:
        # What the disk still has to do for the last run is not counted with the next one.
        os.sync()
        results.append(run(*command))
    seconds = sorted(result.seconds for result in results)
    memory = max(result.memory for result in results)
    all_of_them = ", ".join(f"{one:.2f}" for one in seconds)
    middle = statistics.median(seconds)
    print(f"{title}: {middle:.2f} s of {all_of_them}; {memory / 1e6:.0f} MB. {results[-1].said}")
    parent, others = (
        statistics.median(getattr(result, whose) for result in results) / count
        for whose in ("parent", "others")
    )
    growth = (parent + others) / first.setdefault(title, parent + others)
    share = worker / (parent + others)
    print(
        f"  {parent * 1000:.0f} ms of the processor a submission by the parent and {others * 1000:.0f} ms by "
        f"its other processes: 1/{share:.1f} of measuring (at most 1/{SHARE}), "
        f"{growth:.2f} times the first class (at most {GROWTH})",
        flush=True,
    )


if __name__ == "__main__":
    main()

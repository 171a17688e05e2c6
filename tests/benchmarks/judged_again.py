"""Prints what judging a cached class again costs: `python tests/benchmarks/judged_again.py`, two minutes.

The evidence of the five examples is measured once. Every submission of the class gets that of one of them,
with another accuracy, another log and other weights, under the key of files of its own. The command line then
judges all of them by a rubric with another threshold, as it would a class that was measured.
"""

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

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
# Thresholds that nobody was judged by before; the last ones change about 260 grades each.
GRADED, REGRADED = ("0.86", "0.861", "0.862", "0.863", "0.864"), ("0.88", "0.865", "0.881", "0.866", "0.882")
RUNS = len(GRADED)


def measured(rubric: Rubric, dataset: Dataset) -> list[Evidence]:
    """The evidence of the examples."""
    warm_up(FOR_A_FOLDER)
    events = measure(find_submissions(EXAMPLES), rubric.plan, dataset, jobs=2)
    return [event.evidence for event in events if event.kind == "measured" and event.evidence is not None]


def another(evidence: Evidence, random: np.random.Generator) -> Evidence:
    """Evidence like this, of another student: nothing in it is so near that a pair would be found."""
    accuracy, log, model = evidence.found(Accuracy), evidence.found(Log), evidence.found(Model)
    if accuracy:
        value = accuracy.value - round(random.uniform(0, 0.02), 4)
        mistakes = tuple(random.permutation(accuracy.mistakes).tolist())
        changed = accuracy.model_copy(update={"value": value, "mistakes": mistakes})
        evidence = evidence.having("accuracy", changed)
    if log:
        evidence = evidence.having("log", another_log(log, random))
    if model:
        evidence = evidence.having("model", another_model(model, random))
    return evidence


def another_log(log: Log, random: np.random.Generator) -> Log:
    """A log like this, with other norms and losses."""
    columns = tuple(_scattered(column, random) for column in log.columns)
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


def _scattered(column: Column, random: np.random.Generator) -> Column:
    if column.name not in {"gradient_norm", "loss"}:
        return column
    values = np.asarray(column.values, np.float32) * random.uniform(0.7, 1.0, len(column.values))
    # As a log has them: values of float32 with nine digits.
    written = tuple(float(f"{value:.9g}") for value in values.astype(np.float32))
    return column.model_copy(update={"values": written})


def a_class(folder: Path, submissions: int, random: np.random.Generator) -> tuple[Submission, ...]:
    """Folders with files of their own, small ones, for none of them is opened."""
    for number in range(submissions):
        own = folder / f"{number:05}"
        own.mkdir(parents=True)
        for name in ("model.keras", "training_log.csv"):
            (own / name).write_bytes(random.bytes(10_000))
    return find_submissions(folder)


def run(*arguments: str | Path) -> tuple[float, int, str]:
    """Seconds and bytes that a command took, and the line that says how many."""
    with tempfile.TemporaryFile() as output:
        # An installed program has its byte code; here the first of the runs keeps it, whatever is set.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "grader", *map(str, arguments)], stdout=output, env=environment
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        lines = output.read().decode().splitlines()
    assert process.returncode in {0, 3}, lines
    unit = 1 if sys.platform == "darwin" else 1024
    return seconds, used.ru_maxrss * unit, _said(lines)


def _said(lines: list[str]) -> str:
    """The line that counts."""
    telling = (line for line in reversed(lines) if "measured before" in line or "submissions " in line)
    return next(telling, "")


@contextlib.contextmanager
def stored_class(submissions: int) -> Iterator[tuple[Path, Path]]:
    """A folder of submissions, and an output folder that has their evidence."""
    random = np.random.default_rng(1)
    rubric = load_rubric(find_rubric(DEFAULT))
    dataset = load_dataset(rubric.plan.data)
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place, "class"), Path(place, "out")
        out.mkdir()
        run = circumstances(rubric.plan, dataset.sha256)
        examples = measured(rubric, dataset)
        with Cache(out, print) as cache:
            for number, submission in enumerate(a_class(folder, submissions, random)):
                evidence = another(examples[number % len(examples)], random)
                cache.keep(evidence_key(pack(submission, run.plan), run), evidence, Origin(seconds=1.0))
        yield folder, out


def main() -> None:
    """Make a class, and judge it again in each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=100)
    count = parser.parse_args().submissions
    with stored_class(count) as (folder, out):
        size = (out / FILE).stat().st_size
        print(f"{count} cached submissions, {size / count / 1e6:.2f} MB of evidence each")
        rubrics = {threshold: _with_threshold(out.parent, threshold) for threshold in (*GRADED, *REGRADED)}
        graded = ("grade", folder, "--no-pages", "--out", out)
        regraded = ("regrade", out, "--no-pages", "--rubric")
        _print("judged for the first time", [graded])
        _print("nothing changed", [graded] * RUNS)
        _print("another threshold", [(*graded, "--rubric", rubrics[one]) for one in GRADED])
        _print("regrade, another threshold", [(*regraded, rubrics[one]) for one in REGRADED])


def _with_threshold(folder: Path, threshold: str) -> Path:
    """The rubric that ships, with another threshold for the accuracy."""
    shipped = find_rubric(DEFAULT)
    text, asked = shipped.read_text(encoding="utf-8"), "model_accuracy: {at_least: 0.87,"
    assert asked in text
    path = folder / f"at_least_{threshold}.yaml"
    path.write_text(text.replace(asked, asked.replace("0.87", threshold)), encoding="utf-8")
    shutil.copy(calibration_path(shipped), calibration_path(path))
    return path


def _print(title: str, commands: list[tuple[str | Path, ...]]) -> None:
    """What each of some commands took, for a shared machine is not always as fast; the middle one first."""
    results = []
    for command in commands:
        # What the disk still has to do for the last run is not counted with the next one.
        os.sync()
        results.append(run(*command))
    seconds = sorted(result[0] for result in results)
    memory = max(result[1] for result in results)
    all_of_them = ", ".join(f"{one:.2f}" for one in seconds)
    middle = statistics.median(seconds)
    print(f"{title}: {middle:.2f} s of {all_of_them}; {memory / 1e6:.0f} MB. {results[-1][2]}")


if __name__ == "__main__":
    main()

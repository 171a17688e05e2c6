"""Prints what judging a stored class again costs: `python tests/benchmarks/judged_again.py`, two minutes.

The evidence of the five examples is measured once. Every submission of the class gets that of one of them,
with another accuracy, another log and other weights, under the key of files of its own. The command line then
judges all of them by a rubric with another threshold, as it would a class that was measured.
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from grader.batch import measure
from grader.datasets import Dataset, load_dataset
from grader.engines import FOR_A_FOLDER
from grader.evidence import Accuracy, Column, Evidence, Log, Model
from grader.isolation.worker import warm_up
from grader.report import Origin
from grader.rubric import Rubric
from grader.rubric.calibrated import calibration_path
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import DEFAULT, find_rubric
from grader.store import Store
from grader.store.keys import circumstances
from grader.submission import Submission, find_submissions

EXAMPLES = Path(__file__).parents[2] / "submissions_example"
MOST_SECONDS, MOST_MEMORY = 3.0, 400_000_000


def measured(rubric: Rubric, dataset: Dataset) -> list[Evidence]:
    """The evidence of the examples."""
    warm_up(FOR_A_FOLDER)
    events = measure(find_submissions(EXAMPLES), rubric.plan, dataset, jobs=2)
    return [event.evidence for event in events if event.kind == "measured" and event.evidence is not None]


def another(evidence: Evidence, random: np.random.Generator) -> Evidence:
    """Evidence like this, of another student: nothing in it is so near that a pair would be found."""
    changed: dict[str, object] = {}
    if isinstance(evidence.accuracy, Accuracy):
        value = evidence.accuracy.value - round(random.uniform(0, 0.02), 4)
        changed["accuracy"] = evidence.accuracy.model_copy(update={"value": value})
    if isinstance(evidence.log, Log):
        columns = tuple(_scattered(column, random) for column in evidence.log.columns)
        changed["log"] = evidence.log.model_copy(update={"columns": columns})
    if isinstance(evidence.model, Model) and evidence.model.sketch is not None:
        projections = tuple(random.standard_normal(len(evidence.model.sketch.projections)).tolist())
        sketch = evidence.model.sketch.model_copy(
            update={"sha256": random.bytes(32).hex(), "projections": projections}
        )
        optimizer = evidence.model.optimizer and evidence.model.optimizer.model_copy(update={"moments": None})
        changed["model"] = evidence.model.model_copy(update={"sketch": sketch, "optimizer": optimizer})
    return evidence.model_copy(update=changed)


def _scattered(column: Column, random: np.random.Generator) -> Column:
    if column.name not in {"gradient_norm", "loss"}:
        return column
    values = np.asarray(column.values) * random.uniform(0.7, 1.0, len(column.values))
    return column.model_copy(update={"values": tuple(values.tolist())})


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
    telling = (line for line in reversed(lines) if "measured before" in line or "submissions change" in line)
    return next(telling, "")


@contextlib.contextmanager
def stored_class(submissions: int) -> Iterator[tuple[Path, Path]]:
    """A folder of submissions, and an output folder that has their evidence."""
    random = np.random.default_rng(1)
    rubric = load_rubric(find_rubric(DEFAULT))
    dataset = load_dataset(rubric.plan.data, Path())
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place, "class"), Path(place, "out")
        store = Store(out, circumstances(rubric.plan, dataset.sha256))
        examples = measured(rubric, dataset)
        for number, submission in enumerate(a_class(folder, submissions, random)):
            evidence = another(examples[number % len(examples)], random)
            assert store.keep(store.key(submission), evidence, Origin(seconds=1.0))
        yield folder, out


def main() -> None:
    """Make a class, and judge it again in each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=1000)
    count = parser.parse_args().submissions
    shipped = find_rubric(DEFAULT).read_text(encoding="utf-8")
    assert "model_accuracy: {at_least: 0.87," in shipped
    with stored_class(count) as (folder, out):
        size = sum(path.stat().st_size for path in (out / ".grader" / "evidence").iterdir())
        print(f"{count} stored submissions, {size / count / 1e6:.2f} MB of evidence each")
        rubrics = {}
        for threshold in ("0.86", "0.88"):
            rubrics[threshold] = out.parent / f"at_least_{threshold}.yaml"
            changed = shipped.replace(
                "model_accuracy: {at_least: 0.87,", f"model_accuracy: {{at_least: {threshold},"
            )
            rubrics[threshold].write_text(changed, encoding="utf-8")
            calibration = calibration_path(find_rubric(DEFAULT))
            shutil.copy(calibration, calibration_path(rubrics[threshold]))
        for title, target, arguments in (
            ("judged for the first time", "", ("grade", folder, "--no-pages", "--out", out)),
            ("nothing changed", _target(), ("grade", folder, "--no-pages", "--out", out)),
            (
                "another threshold",
                _target(),
                ("grade", folder, "--no-pages", "--out", out, "--rubric", rubrics["0.86"]),
            ),
            (
                "regrade, another threshold",
                _target(),
                ("regrade", out, "--no-pages", "--rubric", rubrics["0.88"]),
            ),
        ):
            # What the disk still has to do for the last run is not counted with the next one.
            os.sync()
            seconds, memory, last = run(*arguments)
            print(f"{title}: {seconds:.2f} s, {memory / 1e6:.0f} MB{target}. {last}")


def _target() -> str:
    return f" (at most {MOST_SECONDS:.0f} s and {MOST_MEMORY / 1e6:.0f} MB)"


if __name__ == "__main__":
    main()

"""Measures and judges randomly damaged submissions through real workers, and counts what comes of them.

    python tests/hostile/mutate.py                   500 models and 500 logs, about four minutes on two cores
    python tests/hostile/mutate.py --seed 1 --models 50 --logs 0 --keep FOLDER

The same seed makes the same files. It ends with 1 if the program made a mistake, or if a worker hung or had
more memory than its limit. That a worker dies by a signal is no mistake: its sandbox is there for that.
"""

import argparse
import json
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from mutations import OF_LOGS, OF_MODELS, mutated

from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.part import Part
from grader.evidence.problem import Problem
from grader.evidence.training import Rerun
from grader.grading.batch import Event, measure
from grader.grading.engines import FOR_A_FOLDER
from grader.grading.judge import judge
from grader.platforms.gradescope import hook as gradescope
from grader.report import Origin, Whose
from grader.reports import csv_grades, json_report, terminal
from grader.rubric import Limits
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import find_rubric
from grader.sandbox.worker import warm_up
from grader.submissions.class_folder import find_submissions

sys.path.append(str(Path(__file__).parents[1]))

LIMIT_SECONDS = 60.0
GOOD_LOG = "".join(
    ["epoch,step,loss,accuracy,grad_norm\n", *(f"{n // 20},{n},{2 / n:.4f},0.5,0.9\n" for n in range(1, 61))]
).encode()
KEPT_PATHS = 10


@dataclass
class Tally:
    """What came of the damaged models and logs so far, the most memory of a worker, and what must not be."""

    models: Counter[str] = field(default_factory=Counter)
    logs: Counter[str] = field(default_factory=Counter)
    peak_memory: int = 0
    failures: list[str] = field(default_factory=list)


def good_models(folder: Path) -> dict[str, bytes]:
    """Small models for the small images, trained with Adam or never, in both forms, by their file's name."""
    import builders_training as build
    import keras
    from keras import layers

    inputs = keras.Input((6, 6))
    image = layers.Reshape((6, 6, 1))(inputs)
    found = layers.Flatten()(layers.MaxPooling2D()(layers.Conv2D(3, 3, activation="relu")(image)))
    branches = layers.Concatenate()([found * 2.0, layers.BatchNormalization()(layers.LSTM(4)(inputs))])
    functional = keras.Model(inputs, layers.Dense(build.CLASSES, "softmax")(layers.Dropout(0.1)(branches)))
    trained = build.trained(build.a_network(), build.a_dataset())
    names = {"0.keras": trained, "1.h5": trained, "2.keras": functional, "3.h5": functional}
    return {name: build.saved(model, folder, name) for name, model in names.items()}


def good_logs() -> dict[str, bytes]:
    """One log in three forms, by its file's name."""
    header, *rows = (line.split(",") for line in GOOD_LOG.decode().splitlines())
    named = [dict(zip(header, map(float, row), strict=True)) for row in rows]
    return {
        "log.csv": GOOD_LOG,
        "log.json": json.dumps({name: [row[name] for row in named] for name in header}).encode(),
        "log.jsonl": "".join(json.dumps(row) + "\n" for row in named).encode(),
    }


def make(folder: Path, seed: int, models: int, logs: int) -> dict[str, str]:
    """Write the submissions; what was changed in each, by its id."""
    changes = {}
    with tempfile.TemporaryDirectory() as place:
        files = list(good_models(Path(place)).items()) if models else []
    for kind, count, sources, ways in (
        ("model", models, files, OF_MODELS),
        ("log", logs, list(good_logs().items()), OF_LOGS),
    ):
        for number in range(count):
            random = Random(f"{seed} {kind} {number}")  # noqa: S311  (no secret)
            name, content = random.choice(sources)
            own = f"{kind}_{number:04}"
            (folder / own).mkdir(parents=True)
            changes[own], content = mutated(random, content, ways)
            if kind == "model":
                (folder / own / f"model.{name.partition('.')[2]}").write_bytes(content)
                (folder / own / "training_log.csv").write_bytes(GOOD_LOG)
            else:
                (folder / own / f"training_{name}").write_bytes(content)
    return changes


def measured(folder: Path, jobs: int) -> Iterator[Event]:
    """The last event of each submission, after its report was judged and written as pages."""
    import builders_training as build

    warm_up(FOR_A_FOLDER)
    rubric = load_rubric(find_rubric("gradient_clipping"))
    plan = build.a_plan(steps=5).model_copy(update={"limits": Limits(seconds=LIMIT_SECONDS)})
    for event in measure(find_submissions(folder), plan, build.a_dataset(), jobs):
        if event.kind == "measured" and event.evidence is not None:
            report = judge(rubric, event.evidence, Whose(event.submission.id), Origin(seconds=event.seconds))
            pages = (
                json_report.page(report),
                gradescope.page(report, finished=True),
                csv_grades.page([report]),
            )
            "".join(pages).encode()
            terminal.items_page(report.items)
            yield event


def run(folder: Path, seed: int, models: int, logs: int, jobs: int) -> Tally:
    """Make the submissions in an empty folder, measure and judge them, and count."""
    tally = Tally()
    changes = make(folder, seed, models, logs)
    left = set(changes)
    try:
        for event in measured(folder, jobs):
            left.discard(event.submission.id)
            _count(tally, event, changes[event.submission.id])
    except Exception:  # noqa: BLE001  (that is what is looked for)
        tally.failures.append(f"the parent failed:\n{traceback.format_exc()}")
    if left:
        tally.failures.append(f"{len(left)} submissions have no result, among them {min(left)}")
    return tally


def _count(tally: Tally, event: Event, change: str) -> None:
    assert event.evidence is not None
    if event.submission.id.startswith("model"):
        outcome = _outcome(event.evidence.part(Model))
        outcome = _outcome(event.evidence.part(Rerun)) if outcome == "read" else outcome
        tally.models["read and trained" if outcome == "read" else outcome] += 1
    else:
        outcome = _outcome(event.evidence.part(Log))
        tally.logs[outcome] += 1
    where = f"{event.submission.id} ({change})"
    memory = event.cost.peak_memory if event.cost else 0
    tally.peak_memory = max(tally.peak_memory, memory)
    if memory > Limits().memory:
        tally.failures.append(f"{where} had {memory} bytes of memory")
    if outcome == "hang":
        tally.failures.append(f"{where} hung")
    tally.failures.extend(f"{where}:\n{text}" for text in event.tracebacks)


def _outcome(part: Part | Problem) -> str:
    if not isinstance(part, Problem):
        return "read"
    if part.who == "student":
        return "refused"
    if "took longer" in str(part.message):
        return "hang"
    return f"crash: {part.message}" if "signal" in str(part.message) else f"error: {part.message}"


def page(tally: Tally) -> str:
    """The counts, for a person."""
    lines = [
        f"{counts.total()} damaged {kind}: "
        + (", ".join(f"{count} {what}" for what, count in counts.most_common()) or "none")
        for kind, counts in (("models", tally.models), ("logs", tally.logs))
    ]
    lines.append(f"peak memory of a worker: {tally.peak_memory / 2**20:.0f} MiB")
    return "\n".join([*lines, f"{len(tally.failures)} failures", *tally.failures[:KEPT_PATHS]])


def main() -> int:
    """Run with the arguments of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in (("models", 500), ("logs", 500), ("seed", 0), ("jobs", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="an empty folder that the files stay in")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        tally = run(chosen.keep or Path(place), chosen.seed, chosen.models, chosen.logs, chosen.jobs)
    print(page(tally))  # noqa: T201  (its output)
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())

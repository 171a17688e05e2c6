"""Judges invented evidence and reads invented folders, and counts what comes of them.

    python tests/hostile/fuzz.py evidence            10,000 pieces of evidence, about ten minutes on two cores
    python tests/hostile/fuzz.py folders             10,000 folders, about two minutes
    python tests/hostile/fuzz.py evidence --count 100 --seed 1

The evidence is that of the examples with some values changed, as if a student's file, or a bug in what reads
it, had made it. The same seed makes the same. The command ends with 1 if the process that grades a class
fails, if a table or a page is missing, or if an honest submission gets another result than by itself.
"""

import argparse
import json
import logging
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

sys.path.append(str(Path(__file__).parents[1]))

from builders_folders import HOSTILE_NAMES

from grader.errors import GraderError
from grader.evidence import Evidence
from grader.evidence.values import Rows, Series
from grader.grading.batch import measure
from grader.grading.cache import Measured
from grader.grading.engines import FOR_A_FOLDER
from grader.grading.judged_class import JudgedClass
from grader.grading.judging import FAILED, Judged, Judges
from grader.messages.safe_text import file_names
from grader.platforms.downloads import read_class
from grader.report import Origin, Report, Whose
from grader.reports import csv_grades, html_class
from grader.rubric import Rubric
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import find_rubric
from grader.sandbox.worker import warm_up
from grader.submissions.class_folder import find_submissions

EXAMPLES = Path(__file__).parents[2] / "submissions_example" / "gradient_clipping"
HONEST = "honest"
A_CLASS = 50
KEPT = 10
_WHOLE = (0, -1, -5, 1, 2, 255, 2**31, 2**40, -(2**62))
_REAL = (0.0, -0.0, -1.0, 0.5, 1.0, 0.9999999, 5e-324, 1e-30, 1e30, 1e149, 1.7e308, -1e308)
_TEXTS = ("", "x" * 300, "loss", "gradient_norm", "Adam", "\x1b[2J", "0", "[red]", "\u202e", "é", "<script>")
_VALUES = (*_WHOLE, *_REAL, *_TEXTS, None, True, [], {}, [[]])
_EXTREMES = (0.0, 1.0, -1.0, 5e-324, 1e150, 1.7e308, float("inf"), float("-inf"), float("nan"))
_WHOLE_NUMBERS: TypeAdapter[Any] = TypeAdapter(Rows)
_NUMBERS: TypeAdapter[Any] = TypeAdapter(Series)
_PARTS_OF_NAMES = (
    *(*HOSTILE_NAMES, "x" * 60, "ana", "Ana García", "garciaana", "777", "101", "0", "_", "-", ".", " "),
    *("assignsubmission_file_", "_assignsubmission_file", "submission", "late", "onlinetext", "model.keras"),
    *("training_log.csv", ".zip", "grades.csv", "index.html", "run.json", "errors.log"),
    "submission_metadata.yml",
)


def changed(random: Random, measured: Any) -> Any:
    """The evidence, a tree of JSON, after one to four changes."""
    tree = json.loads(json.dumps(measured))
    for _ in range(random.choice((1, 1, 2, 4))):
        places = list(_places(tree["evidence"]))
        holder, key = random.choice(places)
        holder[key] = _another(random, holder[key])
        if random.random() < 0.01:
            del holder[key]
    return tree


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a value in a tree of JSON: the list or the object, and the index or the key."""
    for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
        yield tree, key
        if isinstance(tree[key], dict | list):
            yield from _places(tree[key])


def _another(random: Random, value: Any) -> Any:
    """Another value, nearly always of the same type; most others are refused where they enter."""
    if random.random() < 0.02:
        return random.choice(_VALUES)
    if isinstance(value, str):
        return _another_series(random, value) if len(value) > 100 else random.choice((value, *_TEXTS))
    if isinstance(value, bool) or value is None:
        return random.choice((None, value))
    if isinstance(value, list):
        return random.choice((value * random.choice((2, 50)), value[:-1], value[::-1]))
    if isinstance(value, dict):
        return value
    return random.choice(_WHOLE if isinstance(value, int) else _REAL)


def _another_series(random: Random, text: str) -> str:
    """Numbers as text: others at some places, or another order, length, size."""
    kind, values = _WHOLE_NUMBERS, np.zeros(0)
    try:
        values = np.asarray(kind.validate_python(text))
    except ValidationError:
        kind = _NUMBERS
        try:
            values = np.asarray(kind.validate_python(text))
        except ValidationError:
            return text[::-1]
    generator = np.random.default_rng(random.randrange(2**32))
    way = random.randrange(8)
    if way == 0:
        values = values[: random.randrange(len(values) + 1)]
    elif way == 1:
        values = np.tile(values, random.choice((2, 30)))[:200_000]
    elif way == 2:
        values = generator.permutation(values)
    elif way == 3:
        return text[:-4]
    elif values.dtype == np.float64:
        values = values.copy()
        spots = generator.integers(0, max(1, len(values)), random.choice((1, 5, len(values) + 1)))
        if way == 4:
            values *= random.choice((-1.0, 1e-300, 1e150, 1e300))
        elif len(values):
            values[spots] = generator.choice(_EXTREMES, len(spots)) if way < 7 else random.choice(_EXTREMES)
    return str(kind.dump_python(values.tolist()))


class Bugs(logging.Handler):
    """Counts the mistakes of the program by their last lines."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.counts: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count one."""
        *_, last = self.format(record).strip().splitlines()
        self.counts[last[:150]] += 1


def real_evidence(rubric: Rubric) -> list[Evidence]:
    """The evidence of the examples; the first one passes."""
    from grader.datasets import load_dataset

    warm_up(FOR_A_FOLDER)
    dataset = load_dataset(rubric.plan.data)
    events = measure(find_submissions(EXAMPLES), rubric.plan, dataset, jobs=2)
    found = {one.submission.id: one.evidence for one in events if one.kind == "measured" and one.evidence}
    return [found[name] for name in sorted(found)]


def fuzz_evidence(
    examples: list[Evidence], rubric: Rubric, seed: int, count: int
) -> tuple[Counter[str], list[str]]:
    """What comes of so many pieces of evidence, a class of `A_CLASS` at a time, and what must not be."""
    trees = [Measured(evidence=one, origin=Origin()).model_dump(mode="json") for one in examples]
    honest = json.dumps(trees[0]).encode()
    tally: Counter[str] = Counter()
    failures: list[str] = []
    with Judges(rubric) as judges:
        alone = judges.judge(Whose(HONEST), honest).result()
        for first in range(0, count, A_CLASS):
            contents = {HONEST: honest}
            for number in range(first, min(first + A_CLASS, count)):
                random = Random(f"{seed} {number}")  # noqa: S311  (no secret)
                content = json.dumps(changed(random, random.choice(trees))).encode()
                try:
                    Measured.model_validate_json(content)
                except ValueError:
                    tally["refused where it enters"] += 1
                else:
                    contents[f"e{number}"] = content
            try:
                _a_class(judges, rubric, contents, alone, tally, failures)
            except Exception:  # noqa: BLE001  (that is what is looked for)
                failures.append(f"the class from {first} on failed:\n{traceback.format_exc()}")
    return tally, failures


def _a_class(  # noqa: PLR0913, PLR0917  (what is judged, and where it is counted)
    judges: Judges,
    rubric: Rubric,
    contents: dict[str, bytes],
    alone: Judged,
    tally: Counter[str],
    failures: list[str],
) -> None:
    judging = ((name, judges.judge(Whose(name), content)) for name, content in contents.items())
    members = [judged for _, judged in judges.in_order(judging)]
    with JudgedClass(rubric) as judged_class:
        for name, member in zip(contents, members, strict=True):
            judged_class.add(name, member)
        reports = list(judged_class.reports(contents))
    drawing = ((report, judges.draw(report, rubric.targets, contents[report.id])) for report in reports)
    for report, page in judges.in_order(drawing):
        if report.id != HONEST:
            tally[_outcome(report)] += 1
            tally["a page without charts by a bug"] += page.failed and report.verdict != "error"
    if len(csv_grades.page(reports, ()).splitlines()) != len(contents) + 1:
        failures.append(f"the table of the class of {reports[-1].id} is not whole")
    list(html_class.pages(html_class.Entry(report, report.id) for report in reports))
    # A copy of the honest one with a change in it may be like it; nothing else may touch it.
    if (members[0].report, reports[0].score) != (alone.report, alone.report.score):
        failures.append(f"the honest submission beside {reports[-1].id} has another result")


def _outcome(report: Report) -> str:
    if report.verdict != "error":
        return report.verdict
    reasons = [str(item.message) for item in report.items if item.status == "error"]
    if str(FAILED.message) in reasons:
        return "error: the process that judges raised"
    return next((f"error: {reason.partition('(')[0][:70]}" for reason in reasons), f"error: {report.summary}")


def fuzz_folders(seed: int, count: int) -> tuple[Counter[str], list[str]]:
    """What comes of so many folders: as what they are read, and what must not be."""
    tally: Counter[str] = Counter()
    failures: list[str] = []
    for number in range(count):
        random = Random(f"{seed} {number}")  # noqa: S311  (no secret)
        with tempfile.TemporaryDirectory() as place:
            made = _make_folder(random, Path(place))
            try:
                tally[_read_folder(Path(place))] += 1
            except Exception:  # noqa: BLE001  (that is what is looked for)
                failures.append(f"folder {number}, {made}:\n{traceback.format_exc()}")
    return tally, failures


def _make_folder(random: Random, place: Path) -> list[str]:
    made = []
    for _ in range(random.randrange(1, 8)):
        name = "".join(random.choices(_PARTS_OF_NAMES, k=random.choice((1, 2, 3, 5)))).replace("\0", "")
        below = random.choice(("", "", "model.keras", "training_log.csv", "a/training_log.csv"))
        path = place / name.replace("/", "") / below
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(random.choice((b"", b"x", b"PK\x05\x06" + bytes(18))))
        except OSError:
            continue
        made.append(str(path.relative_to(place)))
    return made


def _read_folder(place: Path) -> str:
    """Read it as it comes; every file must belong to one submission at most, every id to one submission."""
    try:
        found = read_class(place)
    except GraderError as error:
        return f"refused: {str(error.message).partition('`')[0].strip()}"
    ids = [one.id for one in found.submissions]
    files = [one.path / name for one in found.submissions for _, name in one.files]
    folders = list(file_names(ids))
    if (
        len(set(ids)) < len(ids)
        or len(set(files)) < len(files)
        or len(set(map(str.casefold, folders))) < len(ids)
    ):
        raise ValueError(f"something belongs to two: {ids}, {files}, {folders}")
    return "read"


def main() -> int:
    """Run with the arguments of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("evidence", "folders"))
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    logging.getLogger("grader").addHandler(bugs := Bugs())
    logging.getLogger("grader").propagate = False
    began = time.monotonic()
    if chosen.what == "folders":
        tally, failures = fuzz_folders(chosen.seed, chosen.count)
    else:
        rubric = load_rubric(find_rubric("gradient_clipping"))
        tally, failures = fuzz_evidence(real_evidence(rubric), rubric, chosen.seed, chosen.count)
    for what, number in tally.most_common():
        print(f"{number:6} {what}")  # noqa: T201  (its output)
    for what, number in bugs.counts.most_common():
        print(f"{number:6} recorded for the operator: {what}")  # noqa: T201
    print(f"{len(failures)} failures in {time.monotonic() - began:.0f} s")  # noqa: T201
    for failure in failures[:KEPT]:
        print(failure)  # noqa: T201
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

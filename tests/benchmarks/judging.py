"""Prints what judging costs: `python tests/benchmarks/judging.py`, a minute.

An example whose log has 8,595 rows and four norm columns is measured once. Its evidence is judged by the
rubric that ships, as it is and with columns that do not say which norm they hold. With `--against FOLDER`
(and `--python` where that needs another one) the code of another checkout judges the same, in turns.
Seconds are of the processor, without the imports: the median of each process, and the least of those.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "submissions_example" / "gradient_clipping" / "ana_passes"
RUBRIC = "rubrics/gradient_clipping.yaml"
PROCESSES, TIMES = 5, 15
# A field that commit 91eef1b did not know yet.
YOUNG = {"accuracy": ["largest_pixel"]}

Parts = dict[str, dict[str, Any]]


def measured() -> Parts:
    """The parts of the example's evidence as JSON has them."""
    from grader.datasets import load_dataset
    from grader.evidence.part import Part
    from grader.grading.batch import measure
    from grader.grading.engines import FOR_A_FOLDER
    from grader.rubric.loading import load_rubric
    from grader.sandbox.worker import warm_up
    from grader.submissions.class_folder import find_submissions

    rubric = load_rubric(ROOT / RUBRIC)
    warm_up(FOR_A_FOLDER)
    submissions = [one for one in find_submissions(EXAMPLE.parent) if one.path == EXAMPLE]
    events = measure(submissions, rubric.plan, load_dataset(rubric.plan.data), jobs=1)
    *_, evidence = (event.evidence for event in events if event.evidence is not None)
    return {
        name: part.model_dump(mode="json") for _, name, part in evidence.every() if isinstance(part, Part)
    }


def undeclared(parts: Parts) -> Parts:
    """The same with norm columns that do not say what they hold."""
    columns = [column | {"scope": None, "stage": None} for column in parts["log"]["columns"]]
    return parts | {"log": parts["log"] | {"columns": columns}}


def work(parts: Parts) -> tuple[float, float]:
    """Seconds to read and judge these parts, and to judge them, with the code that Python finds."""
    try:
        from grader.grading.judge import judge

        held: dict[str, Any] = {"runs": {"": parts}}
    except ImportError:
        from grader.judge import judge

        held = {
            name: {field: value for field, value in part.items() if field not in YOUNG.get(name, ())}
            for name, part in parts.items()
        }
    from grader.evidence import Evidence
    from grader.report import Whose
    from grader.rubric.loading import load_rubric

    rubric = load_rubric(Path(RUBRIC))
    page, spent = json.dumps({"files": [], "declaration": {}, **held}), []
    for _ in range(TIMES):
        begin = time.process_time()
        evidence = Evidence.model_validate_json(page)
        middle = time.process_time()
        report = judge(rubric, evidence, Whose(id="ana"))
        end = time.process_time()
        assert report.verdict == "passed", report.summary
        spent.append((end - begin, end - middle))
    return statistics.median(both for both, _ in spent), statistics.median(own for _, own in spent)


def work_in(folder: Path, python: str, parts: Path) -> tuple[float, float]:
    """What `work` gives in a process of its own with the code of a checkout."""
    environment = os.environ | {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}
    command = [python, __file__, "--work", str(parts)]
    shown = subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE).stdout
    both, own = json.loads(shown)
    return both, own


def main() -> None:
    """Judge the example in each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, help="the folder of another checkout")
    parser.add_argument("--python", default=sys.executable, help="the Python for that checkout")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        print(json.dumps(work(json.loads(asked.work.read_text()))))
        return
    sides = [(ROOT, sys.executable), *([(asked.against.resolve(), asked.python)] if asked.against else [])]
    declared = measured()
    with tempfile.TemporaryDirectory() as folder:
        for title, parts in (("declared", declared), ("not declared", undeclared(declared))):
            file = Path(folder, "parts.json")
            file.write_text(json.dumps(parts))
            runs = [[work_in(*side, file) for side in sides] for _ in range(PROCESSES)]
            least = [[min(run[side][what] for run in runs) for side in range(len(sides))] for what in (0, 1)]
            for what, (own, *other) in zip(("read and judged", "judged"), least, strict=True):
                ratio = f", {own / other[0]:.2f} of the other's {other[0]:.4f} s" if other else ""
                print(f"columns {title}, {what}: {own:.4f} s{ratio}")


if __name__ == "__main__":
    main()

"""Runs the starter notebook of the homework on the official images, and checks what it makes: two minutes.

python tests/corpus/starter_notebook.py
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from train import _official

sys.path.insert(0, str(Path(__file__).parents[1]))

from builders_command_line import grader
from builders_handout import as_keras_keeps_it, run

from grader.datasets import load_dataset
from grader.handout import STARTER, for_one
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import DEFAULT, find_rubric

REPLAY = """\
  - log_fits_replay: {within: 0.25}
    title: The log is of your own training
    points: 1
course_key: a-course
replay: {steps: 20, seed: per_student}
"""


def main() -> int:
    """Prints what `grader check` says of a student who ran the notebook, with a seed of their own."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        file = folder / "homework.yaml"
        file.write_text(find_rubric(DEFAULT).read_text(encoding="utf-8") + REPLAY, encoding="utf-8")
        few = load_dataset("fashion_mnist")
        parts = _official()[:2]
        images = np.concatenate([np.rint(part.images * 255) for part in parts]).astype(np.uint8)
        whole = replace(few, x_train=images, y_train=np.concatenate([part.classes for part in parts]))
        as_keras_keeps_it(folder, whole)
        run(folder, str(for_one(load_rubric(file), few, "ana")[STARTER]))
        done = grader("check", folder / "submission", "--rubric", file)
        print(done.stdout)  # noqa: T201  (its output)
        return done.returncode


if __name__ == "__main__":
    sys.exit(main())

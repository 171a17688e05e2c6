"""Small data of each task, networks that learn it in a second or two, and their grading in this process."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import builders_training as build
import keras
import numpy as np
from builders_rubric import a_file

from grader.errors import SubmissionError
from grader.evidence import Evidence
from grader.evidence.part import UNNAMED
from grader.evidence.problem import Problem
from grader.grading.judge import judge
from grader.measure import worker
from grader.measure.data import dataset_for
from grader.measure.reply import ModelReply, as_evidence, as_rerun, with_model
from grader.measure.request import pack, unpack
from grader.measure.training.examples import Arrays
from grader.measure.training.session import Session, rerun
from grader.report import Report, Whose
from grader.rubric import Rubric
from grader.rubric.loading import load_rubric
from grader.student import NormLogger
from grader.submissions.submission import open_submission

Examples = tuple[np.ndarray, np.ndarray]


def colours(count: int, generator: np.random.Generator) -> Examples:
    """Images of 8 x 8 pixels in which one of three channels is bright."""
    labels = generator.integers(0, 3, count)
    pixels = generator.integers(0, 130, (count, 8, 8, 3))
    pixels[np.arange(count), :, :, labels] += 60
    return pixels.astype(np.uint8), labels[:, None]


def a_table(count: int, generator: np.random.Generator) -> Examples:
    """Four features in very different units, and whether their sum is above its mean."""
    features = generator.normal((5, 3000, -2, 0.1), (1, 500, 3, 0.02), (count, 4))
    units = (features - (5, 3000, -2, 0.1)) / (1, 500, 3, 0.02)
    return features, (units.sum(axis=1) + generator.normal(0, 0.3, count) > 0).astype(float)


def prices(count: int, generator: np.random.Generator) -> Examples:
    """Three features, and a price that follows from them."""
    features = generator.normal(size=(count, 3))
    return features, 20 + features @ (3.0, -2.0, 1.0) + generator.normal(0, 0.3, count)


def several(count: int, generator: np.random.Generator) -> Examples:
    """Three features, and for each whether it is positive."""
    features = generator.normal(size=(count, 3))
    return features, (features > 0).astype(int)


def sentences(count: int, generator: np.random.Generator) -> Examples:
    """Rows of twelve token ids, and whether small ones are many: tokens repeat within a batch."""
    labels = generator.integers(0, 2, count)
    small, large = generator.integers(1, 6, (2, count, 12)) + np.array([0, 5])[:, None, None]
    few = generator.random((count, 12)) < np.where(labels, 0.75, 0.25)[:, None]
    return np.where(few, small, large).astype(np.int32), labels


def data_in(folder: Path, made: Callable[[int, np.random.Generator], Examples], count: int = 600) -> None:
    """`own.npz` in the folder."""
    generator = np.random.default_rng(3)
    (x_train, y_train), (x_test, y_test) = made(count, generator), made(200, generator)
    np.savez(folder / "own.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)


def a_rubric_in(folder: Path, keys: str, **items: str) -> Rubric:
    """A rubric on this data with short trainings, and an item for each check, by its id."""
    lines = [f"- {check}\n  id: {name}\n  title: {name}\n  points: 1\n" for name, check in items.items()]
    short = "" if "rerun:" in keys else "rerun: {steps: 100}\n"
    head = f"version: 1\ntitle: Own\ndata: own.npz\nprobe: {{batches: 20}}\n{short}"
    return load_rubric(a_file(folder, f"{head}{keys}\nitems:\n{''.join(lines)}"))


def submitted(  # noqa: PLR0913, PLR0917  (what is trained, on what, how)
    folder: Path,
    layers: list[Any],
    loss: str,
    given: Callable[[np.ndarray], np.ndarray] = lambda x: x,
    epochs: int = 5,
    rate: float = 0.01,
    clipnorm: float = 1.0,
) -> Path:
    """A submission with a network that was trained on `own.npz`, with the log of its norms."""
    with np.load(folder / "own.npz") as data:
        x_train, y_train = given(data["x_train"]), data["y_train"]
    target = folder / "ana"
    target.mkdir()
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input(x_train.shape[1:]), *layers])
    model.compile(keras.optimizers.Adam(rate, clipnorm=clipnorm), loss)
    logger = NormLogger(target / "training_log.csv")
    model.fit(x_train, y_train, epochs=epochs, verbose=0, callbacks=[logger], batch_size=32)
    model.save(target / "model.keras")
    return target


def attempted(measure: Callable[[], Any]) -> Any:
    """What comes of it, or the refusal for the student."""
    try:
        return measure()
    except SubmissionError as error:
        return Problem(who="student", message=error.message, hint=error.hint)


def measured(rubric: Rubric, submission: Path, scratch: Path) -> Evidence:
    """The evidence of a submission, measured in this process as workers and the parent do it."""
    plan, dataset = rubric.plan, dataset_for(rubric.plan)
    messages = iter(pack(open_submission(submission), plan))
    _, intake = unpack(lambda: next(messages))
    tracebacks: list[str] = []
    static, models = worker.read(intake, plan, tracebacks)
    assert [] == tracebacks
    folder, labels = build.arrays_in(scratch, dataset), dataset.y_test.tolist()
    session = attempted(lambda: Session(models[UNNAMED], plan, str(folder)))
    refused = session if isinstance(session, Problem) else None
    reply = ModelReply(
        predictions=refused or attempted(session.predictions),
        probe=refused or attempted(session.probe),
        architecture=refused or attempted(session.architecture),
    )
    evidence = with_model(as_evidence(static), reply, labels, plan)
    architecture = reply.architecture
    if isinstance(architecture, Problem):
        return evidence
    again = attempted(lambda: rerun(plan, architecture, Arrays.read(folder, plan.data)))
    return evidence.having("rerun", again if isinstance(again, Problem) else as_rerun(again, labels, plan))


def graded(rubric: Rubric, submission: Path, scratch: Path) -> tuple[Mapping[str, str], Report]:
    """The status of each item, and the report."""
    report = judge(rubric, measured(rubric, submission, scratch), Whose(id="ana"))
    return {item.id: item.status for item in report.items}, report

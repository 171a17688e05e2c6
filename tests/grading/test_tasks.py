"""A teacher's own data of each task, from the rubric to the verdict: honest work passes, and other fails."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from builders_tasks import (
    a_rubric_in,
    a_table,
    colours,
    data_in,
    graded,
    measured,
    prices,
    sentences,
    several,
    submitted,
)

from grader.evidence.log import Log
from grader.evidence.training import Accuracy, Metrics, Probe, Rerun
from grader.grading.batch import measure
from grader.measure.data import dataset_for
from grader.submissions.submission import open_submission

NORMS = "norm_within_cap: {cap: 1.0, scope: variable, stage: after}"
CONSISTENT = {"consistent": "log_is_consistent:", "optimizer": "log_fits_optimizer:"}
MAY_HAVE_NOTHING = {*CONSISTENT, "falls"}


@pytest.fixture(autouse=True)
def _in_a_private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def dense(units: int, activation: str | None = None) -> keras.layers.Layer:
    return keras.layers.Dense(units, activation=activation)


def a_cnn() -> list[Any]:
    return [
        keras.layers.Conv2D(8, 3, activation="relu"),
        keras.layers.GlobalAveragePooling2D(),
        dense(3, "softmax"),
    ]


def all_right(statuses: Mapping[str, str]) -> bool:
    """Whether all passed, but for what had too little to compare."""
    return all(
        status == "passed" or (status == "not_checked" and name in MAY_HAVE_NOTHING)
        for name, status in statuses.items()
    )


def standardised(features: np.ndarray) -> np.ndarray:
    return (features - features.mean(axis=0)) / features.std(axis=0)


COLOURS = {
    "accuracy": "model_accuracy: {at_least: 0.9}",
    "learns": "rerun_learns: {at_least: 0.4}",
    "uncertain": "model_metric: {metric: cross_entropy, at_most: 0.5}",
    "norms": NORMS,
    **CONSISTENT,
}
TABLE = {
    "accuracy": "model_accuracy: {at_least: 0.85}",
    "area": "model_metric: {metric: auc, at_least: 0.93}",
    "learns": "rerun_learns: {metric: auc, at_least: 0.85}",
    "norms": NORMS,
    **CONSISTENT,
}
PRICES = {
    "error": "model_metric: {metric: rmse, at_most: 2.0}",
    "learns": "rerun_learns: {metric: rmse, at_most: 20}",
    "falls": "rerun_learns:",
    "norms": NORMS,
    **CONSISTENT,
}


def test_colour_images(tmp_path: Path) -> None:
    """A CNN on images of 8 x 8 x 3 bytes, with labels in a column."""
    data_in(tmp_path, colours)
    rubric = a_rubric_in(tmp_path, "", **COLOURS)
    ana = submitted(tmp_path, a_cnn(), "sparse_categorical_crossentropy", lambda x: x / 255.0, epochs=12)

    statuses, report = graded(rubric, ana, tmp_path)

    assert all_right(statuses)
    assert {"accuracy", "cross_entropy", "largest_norm"} == set(report.numbers)


def test_a_network_that_did_not_learn(tmp_path: Path) -> None:
    """It fails for its accuracy and for its cross-entropy."""
    data_in(tmp_path, colours)
    rubric = a_rubric_in(tmp_path, "", **COLOURS)
    ana = submitted(tmp_path, a_cnn(), "sparse_categorical_crossentropy", lambda x: x / 255.0, 1, 1e-5)

    statuses, _ = graded(rubric, ana, tmp_path)

    assert ("failed", "failed") == (statuses["accuracy"], statuses["uncertain"])


@pytest.mark.parametrize(
    ("last", "loss"),
    [
        (dense(1, "sigmoid"), "binary_crossentropy"),
        (dense(1), keras.losses.BinaryCrossentropy(from_logits=True)),
        (dense(2, "softmax"), "sparse_categorical_crossentropy"),
    ],
    ids=["sigmoid", "logit", "softmax"],
)
@pytest.mark.parametrize("task", ["task: binary", ""])
def test_two_classes_in_a_table(tmp_path: Path, last: Any, loss: Any, task: str) -> None:
    """One output or two, also where the rubric does not name the task; each feature was standardised."""
    data_in(tmp_path, a_table)
    rubric = a_rubric_in(tmp_path, task, **TABLE)
    ana = submitted(
        tmp_path, [dense(16, "relu"), type(last).from_config(last.get_config())], loss, standardised
    )

    evidence = measured(rubric, ana, tmp_path)
    statuses, _ = graded(rubric, ana, tmp_path)

    assert all_right(statuses)
    accuracy = evidence.part(Accuracy)
    assert isinstance(accuracy, Accuracy)
    assert ("standardised features", "features") == (accuracy.inputs, accuracy.kind)
    assert () == accuracy.mistakes  # who learns the same from the same table makes the same mistakes


def test_a_table_that_was_not_scaled(tmp_path: Path) -> None:
    """It is graded as it was trained, and fails for what it does."""
    data_in(tmp_path, a_table)
    ana = submitted(tmp_path, [dense(16, "relu"), dense(1, "sigmoid")], "binary_crossentropy", epochs=1)

    statuses, _ = graded(a_rubric_in(tmp_path, "task: binary", **TABLE), ana, tmp_path)

    assert "failed" == statuses["accuracy"]


@pytest.mark.parametrize("loss", ["mean_squared_error", "mae"])
def test_a_regression(tmp_path: Path, loss: str) -> None:
    """It has errors and no accuracy, and learns if its loss falls; no check holds that against it."""
    data_in(tmp_path, prices)
    rubric = a_rubric_in(tmp_path, "task: regression", **PRICES)
    ana = submitted(tmp_path, [dense(32, "relu"), dense(1)], loss, epochs=20)

    evidence = measured(rubric, ana, tmp_path)
    statuses, report = graded(rubric, ana, tmp_path)

    assert all_right(statuses)
    assert {"mae", "rmse", "largest_norm"} == set(report.numbers)
    rerun, probe = evidence.part(Rerun), evidence.part(Probe)
    assert isinstance(rerun, Rerun)
    assert isinstance(probe, Probe)
    assert (None, (), ()) == (rerun.test_accuracy, tuple(rerun.accuracy), tuple(probe.accuracy))
    assert {"mae", "rmse"} == set(rerun.metrics)


def test_a_regression_that_is_too_rough(tmp_path: Path) -> None:
    """An error above the bound fails."""
    data_in(tmp_path, prices)
    ana = submitted(tmp_path, [dense(8, "relu"), dense(1)], "mse", epochs=1, rate=1e-4)

    statuses, _ = graded(a_rubric_in(tmp_path, "task: regression", **PRICES), ana, tmp_path)

    assert "failed" == statuses["error"]


def test_several_labels(tmp_path: Path) -> None:
    """A sigmoid for each, and the accuracy over all of them."""
    data_in(tmp_path, several)
    items = {
        "accuracy": "model_accuracy: {at_least: 0.9}",
        "area": "model_metric: {metric: auc, at_least: 0.95}",
        "learns": "rerun_learns: {at_least: 0.7}",
        **CONSISTENT,
    }
    rubric = a_rubric_in(tmp_path, "task: multilabel", **items)
    ana = submitted(tmp_path, [dense(16, "relu"), dense(3, "sigmoid")], "binary_crossentropy")

    statuses, _ = graded(rubric, ana, tmp_path)

    assert all_right(statuses)


def test_token_ids(tmp_path: Path) -> None:
    """An LSTM is given the ids as they are; rows that repeat make logged norms larger than the cap."""
    data_in(tmp_path, sentences)
    items = {
        "accuracy": "model_accuracy: {at_least: 0.85}",
        "learns": "rerun_learns: {cap: 0.05, at_least: 0.6}",
        "norms": "norm_within_cap: {cap: 0.05, scope: variable, stage: after}",
        **CONSISTENT,
    }
    keys = "task: binary\nrerun: {steps: 100, optimizer: {clipnorm: 0.05}}"
    rubric = a_rubric_in(tmp_path, keys, **items)
    layers = [keras.layers.Embedding(20, 8), keras.layers.LSTM(8), dense(1, "sigmoid")]
    ana = submitted(tmp_path, layers, "binary_crossentropy", clipnorm=0.05)

    evidence = measured(rubric, ana, tmp_path)
    statuses, _ = graded(rubric, ana, tmp_path)

    log, rerun = evidence.part(Log), evidence.part(Rerun)
    assert isinstance(log, Log)
    assert isinstance(rerun, Rerun)
    assert (
        max(next(one for one in log.norms() if (one.scope, one.stage) == ("variable", "after")).values)
        > 0.055
    )
    assert rerun.repeats > 1.1
    assert all_right(statuses)


@pytest.mark.hostile_row(171)
def test_token_ids_above_the_embedding(tmp_path: Path) -> None:
    """The student is told what Keras cannot look up."""
    data_in(tmp_path, sentences)
    layers = [keras.layers.Embedding(20, 8), keras.layers.GlobalAveragePooling1D(), dense(1, "sigmoid")]
    ana = submitted(tmp_path, layers, "binary_crossentropy", epochs=1)
    with np.load(tmp_path / "own.npz") as data:
        arrays = {name: data[name] for name in data.files}
    np.savez(
        tmp_path / "own.npz",
        **(arrays | {"x_test": arrays["x_test"] + 30, "x_train": arrays["x_train"] + 30}),
    )

    evidence = measured(a_rubric_in(tmp_path, "", accuracy="model_accuracy:"), ana, tmp_path)

    problem = evidence.named("accuracy")
    assert "student" == problem.who
    assert problem.message.text.startswith("Keras cannot compute this network on the examples")


def test_a_network_of_another_task(tmp_path: Path) -> None:
    """One output for three classes is refused with a sentence, and nothing else is held against it."""
    data_in(tmp_path, colours)
    ana = submitted(tmp_path, [keras.layers.Flatten(), dense(1)], "mse", epochs=1)

    statuses, report = graded(a_rubric_in(tmp_path, "", accuracy="model_accuracy:"), ana, tmp_path)

    assert "skipped" == statuses["accuracy"]
    assert "so it must be (3,)" in str(report.items[0].message)


@pytest.mark.hostile_row(173)
def test_outputs_that_are_no_numbers(tmp_path: Path) -> None:
    """A regression that diverged is the student's to mend."""
    data_in(tmp_path, prices)
    ana = submitted(tmp_path, [dense(1)], "mse", epochs=1)
    model = keras.saving.load_model(ana / "model.keras")
    model.set_weights([np.full_like(one, np.inf) for one in model.get_weights()])
    model.save(ana / "model.keras")

    evidence = measured(a_rubric_in(tmp_path, "task: regression", **PRICES), ana, tmp_path)

    assert "student" == evidence.named(Metrics.part_name()).who


@pytest.mark.usefixtures("workers")
def test_a_regression_in_the_sandbox(tmp_path: Path) -> None:
    """Real workers measure it with what they may read, and the parent computes its errors."""
    data_in(tmp_path, prices)
    rubric = a_rubric_in(tmp_path, "task: regression", **PRICES)
    ana = submitted(tmp_path, [dense(8, "relu"), dense(1)], "mse", epochs=1)

    *_, last = measure([open_submission(ana)], rubric.plan, dataset_for(rubric.plan), jobs=1)

    assert () == last.tracebacks
    assert last.evidence is not None
    metrics, rerun = last.evidence.part(Metrics), last.evidence.part(Rerun)
    assert isinstance(metrics, Metrics)
    assert isinstance(rerun, Rerun)
    assert {"mae", "rmse"} == set(metrics.values) == set(rerun.metrics)
    assert "operator" == last.evidence.named("accuracy").who  # and no check that needs one can be asked for

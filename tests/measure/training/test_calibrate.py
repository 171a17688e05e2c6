"""Tests of the runs of a calibration: real networks, real steps."""

from pathlib import Path

import builders_training as build
import keras
import numpy as np
import pytest

from grader.analysis.reference.calibration import LEVELS
from grader.evidence.problem import Problem
from grader.measure import calibrate
from grader.measure.calibrate import CalibrationRequest, Epochs, Example, Job, Run, Versions
from grader.measure.loss import Loss
from grader.measure.model.read import read_model
from grader.measure.request import Architecture
from grader.measure.training import calibrate as training
from grader.measure.training.calibrate import Runs, reference_network, work
from grader.measure.training.examples import Arrays

PLAN = build.a_plan(batch_size=16)
JOB = Job(inputs="pixels / 255", batch_size=16, seed=5)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate, "EPOCHS", 1)
    monkeypatch.setattr(calibrate, "FEWEST_STEPS", 120)


def test_a_run_is_measured_at_both_ends(tmp_path: Path) -> None:
    """Each number is there, finite, and the same again from the same seed."""
    runs = Runs(PLAN, (16,), Arrays.read(build.arrays_in(tmp_path, build.a_dataset()), "small"))

    first = runs.run(JOB)

    numbers = [*first.head, *(series for tail in first.tails for series in tail)]
    assert 3 == len(first.tails)
    assert {len(LEVELS) + 1} == {len(series) for series in numbers}
    assert np.isfinite([*np.concatenate(numbers), first.start, first.smoothness]).all()
    assert abs(first.start) < 0.5
    assert first == runs.run(JOB)


def test_a_run_becomes_more_accurate(tmp_path: Path) -> None:
    """The test images are classified after each epoch."""
    dataset = build.a_dataset()
    runs = Runs(PLAN, (16,), Arrays.read(build.arrays_in(tmp_path, dataset), "small"))

    accuracies = [
        np.mean(classes == dataset.y_test) for classes in map(np.array, runs.epochs(JOB, 8).classes)
    ]

    assert 8 == len(accuracies)
    assert accuracies[0] < accuracies[-1] > 0.6


@pytest.mark.parametrize("epochs", [0, 2])
def test_a_worker_answers_with_versions_and_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, epochs: int
) -> None:
    """One message for each, with its norms or its epochs."""
    # In a worker it is the first operation; here others came before.
    monkeypatch.setattr(training, "use_one_thread", lambda: None)
    folder = build.arrays_in(tmp_path, build.a_dataset())
    request = CalibrationRequest(plan=PLAN, network=(16,), jobs=(JOB,), epochs=epochs)
    messages = [request.model_dump_json().encode(), str(folder).encode()]
    replies: list[bytes] = []

    work(lambda: messages.pop(0), replies.append)

    assert 2 == len(replies)
    assert Versions.model_validate_json(replies[0]).keras
    if epochs:
        assert epochs == len(Epochs.model_validate_json(replies[1]).classes)
    else:
        assert JOB == Run.model_validate_json(replies[1]).job


def an_example(tmp_path: Path, *layers: keras.Layer) -> Example:
    """A submission with these layers before the usual one."""
    last = keras.layers.Dense(build.CLASSES, activation="softmax")
    clean = read_model("model.keras", build.saved(keras.Sequential([*layers, last]), tmp_path))
    return Example(
        model=clean.facts,
        architecture=Architecture(
            network=clean.architecture,
            parameters=clean.facts.parameters,
            inputs="raw pixels",
            probabilities=True,
            loss=Loss(name="hinge"),
        ),
    )


def test_the_network_of_an_example_is_trained(tmp_path: Path) -> None:
    """With its own loss, its state adapted to the images, and other weights from another seed."""
    example = an_example(
        tmp_path, keras.Input((6, 6)), keras.layers.Normalization(axis=None), keras.layers.GRU(4)
    )
    runs = Runs(PLAN, example, Arrays.read(build.arrays_in(tmp_path, build.a_dataset()), "small"))
    job = JOB.model_copy(update={"inputs": "raw pixels"})
    first, other = (runs.run(job.model_copy(update={"seed": seed})) for seed in (5, 6))

    assert np.isfinite(first.head).all()
    assert first != other
    # The hinge loss of three probabilities is near 1.1, and it is compared with ln(3), the usual start.
    assert first.start == pytest.approx(np.log(1.1 / np.log(build.CLASSES)), abs=0.15)


def test_a_training_that_diverges_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last reply says so, and names the batch size."""
    monkeypatch.setattr(training, "use_one_thread", lambda: None)
    huge = keras.layers.Rescaling(3e38)
    example = an_example(tmp_path, keras.Input((6, 6)), huge, keras.layers.Flatten(), keras.layers.Dense(8))
    folder = build.arrays_in(tmp_path, build.a_dataset())
    request = CalibrationRequest(plan=PLAN, network=example, jobs=(JOB,))
    messages = [request.model_dump_json().encode(), str(folder).encode()]
    replies: list[bytes] = []

    work(lambda: messages.pop(0), replies.append)

    assert "at batch size 16 diverged" in str(Problem.model_validate_json(replies[-1]).message)


def test_the_reference_is_the_network_that_is_asked_for() -> None:
    """ReLU in between, softmax at the end."""
    network = reference_network((28, 28), (300, 100), 10)

    assert [300, 100, 10] == [layer.units for layer in network.layers if hasattr(layer, "units")]
    assert 266_610 == network.count_params()
    assert ["relu", "relu", "softmax"] == [
        layer.activation.__name__ for layer in network.layers if hasattr(layer, "units")
    ]

"""Tests of `grader.measure.training.rerun`: real networks, real steps."""

from pathlib import Path

import builders_training as build
import keras
import numpy as np
import pytest

from grader.errors import SubmissionError
from grader.measure.architecture import Architecture
from grader.measure.model.read import read_model
from grader.measure.reply import RerunSteps
from grader.measure.training.batches import Arrays
from grader.measure.training.rerun import rerun


@pytest.fixture(autouse=True)
def _in_a_private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def of(model: keras.Model, folder: Path, *, probabilities: bool = True, **changed: object) -> RerunSteps:
    """The rerun of this network."""
    clean = read_model("model.keras", build.saved(model, folder))
    architecture = Architecture(
        network=clean.architecture,
        parameters=clean.parameters,
        inputs="pixels / 255",
        probabilities=probabilities,
    )
    arrays = Arrays.read(build.arrays_in(folder, build.a_dataset()), "small")
    return rerun(build.a_plan(), architecture.model_copy(update=changed), arrays)


@pytest.mark.parametrize("shape", [(6, 6), (6, 6, 1), (36,)])
@pytest.mark.parametrize("softmax", [True, False])
def test_each_usual_network_learns(tmp_path: Path, shape: tuple[int, ...], softmax: bool) -> None:
    """In each input shape, with probabilities and with logits, from ln(classes) on and within the cap."""
    found = of(build.a_network(shape=shape, softmax=softmax), tmp_path, probabilities=softmax)

    assert max(found.norms.variable_after) <= 1.0 + 1e-6
    assert found.loss[0] == pytest.approx(np.log(3), abs=0.4)
    assert np.mean(found.loss[-5:]) < found.loss[0]


def test_the_same_network_gives_the_same_numbers(tmp_path: Path) -> None:
    """To the last bit, whatever its weights and the names of its layers are."""
    dataset = build.a_dataset()
    trained = build.trained(build.a_network(), dataset)
    keras.layers.Dense(1)

    assert of(build.a_network(), tmp_path) == of(trained, tmp_path)


def test_the_parameters_are_bound(tmp_path: Path) -> None:
    """A network that was forged cannot take more memory than the submission's weights did."""
    with pytest.raises(SubmissionError) as caught:
        of(keras.Sequential([keras.layers.Input((36,)), keras.layers.Dense(2000)]), tmp_path, parameters=10)

    assert str(caught.value.message).startswith("The network declares more than 10 parameters")

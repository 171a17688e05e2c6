"""What Keras computes of the clean copy is what PyTorch computed of the same inputs."""

from pathlib import Path

import keras
import numpy as np
import pytest
from builders_pytorch import FILES, NETWORKS, made

from grader.measure.training.load import load_clean
from grader.measure.training.session import activate

ANSWERS = np.load(FILES / "answers.npz")


@pytest.mark.parametrize("name", NETWORKS)
def test_predictions_are_those_of_pytorch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """To 1e-6 of the largest output: each layer, each form of file, wrapped, halved or in a checkpoint."""
    monkeypatch.chdir(tmp_path)
    clean = made(name)
    model = load_clean(clean.content, clean.suffix, clean.facts.parameters)
    inputs, outputs = (ANSWERS[f"{name}/{what}"] for what in ("inputs", "outputs"))
    wanted = model.inputs[0].shape[1:]
    given = inputs if None in wanted else inputs.reshape(-1, *wanted)

    assert np.abs(model(given.astype("f4")).numpy() - outputs).max() <= 1e-6 * max(1, np.abs(outputs).max())


def test_an_activation_is_given_to_hidden_layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the right one a chain of linear layers computes what PyTorch did, without a declared network."""
    monkeypatch.chdir(tmp_path)
    clean = made("mlp_tanh.pth", network=())
    model = load_clean(clean.content, clean.suffix, clean.facts.parameters)
    activate(model, "tanh")
    inputs, outputs = (ANSWERS[f"mlp_tanh.pth/{what}"] for what in ("inputs", "outputs"))

    assert np.abs(model(inputs.reshape(6, 64)).numpy() - outputs).max() < 1e-6
    assert "relu" in clean.activations
    assert keras.activations.linear is model.layers[-1].activation

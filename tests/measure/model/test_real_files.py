"""Models that students left in public repositories; skipped where their folder is not there."""

import gzip
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import pytest

from grader.errors import SubmissionError
from grader.measure.model.read import CleanModel, read_model

MODELS = Path(__file__).parents[4] / "shared" / "real" / "models"
IMAGES = Path("/usr/share/datasets/fashion-mnist")
# The whole test set takes minutes for the conv nets; a part of it holds to three standard errors.
PART = 1000

needs_models = pytest.mark.skipif(not MODELS.is_dir(), reason="the folder of real models is not here")
needs_images = pytest.mark.skipif(
    not IMAGES.is_dir(), reason="the package dataset-fashion-mnist is not installed"
)

# By the beginning of the file's name: accuracy on the official test images, inputs / 255.
ACCURACIES = {
    "evanchien": 0.9108,
    "XXalchemist": 0.1000,
    "Yaxit": 0.8218,
    "tomdrozdz": 0.8069,
    "Marllonalb": 0.8704,
    "GerardoHL7": 0.8933,
    "0Nguyen0Cong0Tuan0": 0.8873,
    "yshirai999": 0.0994,
    "fahmi54321": 0.8236,
}
CONVOLUTIONAL = frozenset({"evanchien", "Yaxit"})
REFUSALS = {
    "schr0841": "is a model of the class `ResidualRegressor`, which is not one of Keras' own; "
    "submit a `Sequential` or a functional model.",
    "ThiruvarankanM": "is a `TFSMLayer`, which stands for a SavedModel that is not in this file.",
    "codeWithGit123": "holds weights without a network, as `model.save_weights` writes them.",
    "Chol1000": "is a Git LFS pointer of 133 bytes, not the model itself.",
}


def the_file(owner: str) -> Path:
    """The only file of this owner."""
    return next(path for path in MODELS.iterdir() if path.name.startswith(f"{owner}__"))


def the_model(owner: str) -> CleanModel:
    """The file as the grader reads it."""
    path = the_file(owner)
    return read_model(path.name, path.read_bytes())


def official(name: str, offset: int) -> Any:
    """The bytes of one of the four files, without the header."""
    return np.frombuffer(gzip.decompress((IMAGES / name).read_bytes()), dtype="uint8", offset=offset)


@needs_models
@pytest.mark.parametrize("owner", REFUSALS)
def test_what_cannot_be_loaded_says_why(owner: str) -> None:
    """Classes F to I on real files."""
    with pytest.raises(SubmissionError) as caught:
        the_model(owner)

    assert str(caught.value.message).endswith(REFUSALS[owner])
    assert caught.value.hint


@needs_models
def test_eight_classes_are_read() -> None:
    """Whether eight are enough is for a check to say."""
    model = the_model("haiderareeb").facts

    assert 8 == model.layers[-1].units
    assert [100, 100, 100, 8] == [layer.units for layer in model.layers if layer.units]


@needs_models
@needs_images
@pytest.mark.parametrize("owner", ACCURACIES)
def test_the_accuracy_is_as_it_was_measured(owner: str, tmp_path: Path) -> None:
    """The clean copy does on the official test images what the model did."""
    import keras

    clean = the_model(owner)
    path = tmp_path / f"clean{clean.suffix}"
    path.write_bytes(clean.content)
    count = PART if owner in CONVOLUTIONAL else 10_000
    images = official("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)[:count].astype("float32") / 255
    labels = official("t10k-labels-idx1-ubyte.gz", 8)[:count]
    model = keras.saving.load_model(path, compile=False, safe_mode=True)
    said = np.asarray(model(images.reshape(-1, *clean.facts.input_shape or ()), training=False)).argmax(
        axis=-1
    )

    tolerance = 0.0005 if count == 10_000 else 0.03
    assert ACCURACIES[owner] == pytest.approx(float((said == labels).mean()), abs=tolerance)

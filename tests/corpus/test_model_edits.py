"""Tests of what is done to a model, as far as it needs no Keras."""

from pathlib import Path

import model_edits
import pandas as pd
import pytest


@pytest.fixture
def training(tmp_path: Path) -> Path:
    folder = tmp_path / "training"
    folder.mkdir()
    (folder / "model.keras").write_bytes(b"the end")
    for epoch in (1, 2, 3):
        (folder / f"epoch_{epoch}.keras").write_bytes(b"epoch %d" % epoch)
    pd.DataFrame({"val_accuracy": [None, 0.85, None, 0.87, None, 0.88]}).to_csv(folder / "training_log.csv")
    return folder


@pytest.mark.parametrize(
    ("edit", "content"),
    [
        (model_edits.as_saved, b"the end"),
        (model_edits.after_epoch(1), b"epoch 1"),
        # The last epoch is the best one, but then the log would not go on after the checkpoint.
        (model_edits.best_checkpoint, b"epoch 2"),
    ],
)
def test_a_file_of_the_training_is_taken(training: Path, tmp_path: Path, edit, content) -> None:
    """The model at the end, after an epoch, or after the best but the last."""
    edit(training, tmp_path)

    assert content == (tmp_path / "model.keras").read_bytes()


def test_no_model_is_no_file(training: Path, tmp_path: Path) -> None:
    """Nothing is written."""
    model_edits.no_model(training, tmp_path)

    assert [training] == list(tmp_path.iterdir())

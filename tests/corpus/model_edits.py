"""What students do with the model of a real training before they hand it in.

Each takes the folder of the training and the folder of the submission.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from training import LOG, MODEL

Edit = Callable[[Path, Path], None]


def as_saved(training: Path, folder: Path) -> None:
    """The file that `model.save` wrote at the end of the training."""
    shutil.copyfile(training / MODEL, folder / MODEL)


def as_h5(training: Path, folder: Path) -> None:
    """Saved as `.h5`, with the optimizer."""
    _loaded(training).save(folder / "model.h5")


def without_optimizer(training: Path, folder: Path) -> None:
    """Saved for prediction only."""
    _copied(_loaded(training)).save(folder / MODEL)


def as_h5_without_optimizer(training: Path, folder: Path) -> None:
    """Saved for prediction only, as `.h5`."""
    _copied(_loaded(training)).save(folder / "model.h5")


def compiled_again(training: Path, folder: Path) -> None:
    """Compiled once more after the training, so the stored optimizer is a fresh one that did no step."""
    import keras

    model = _loaded(training)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=1e-3, clipnorm=1.0),
        loss=model.loss,
        metrics=["accuracy"],
    )
    model.optimizer.build(model.trainable_variables)
    model.save(folder / MODEL)


def clipnorm_set_before_saving(training: Path, folder: Path) -> None:
    """The optimizer's settings say `clipnorm=1.0` and nothing else, whatever it did in the training."""
    model = _loaded(training)
    model.optimizer.clipnorm = 1.0
    model.optimizer.clipvalue = model.optimizer.global_clipnorm = None
    model.save(folder / MODEL)


def after_epoch(number: int) -> Edit:
    """The model as it was after this epoch, from 1."""

    def edit(training: Path, folder: Path) -> None:
        shutil.copyfile(training / f"epoch_{number}.keras", folder / MODEL)

    return edit


def best_checkpoint(training: Path, folder: Path) -> None:
    """What `ModelCheckpoint(save_best_only=True)` kept, in an epoch before the last: the log goes on."""
    after_epoch(_best_epoch(training))(training, folder)


def best_weights_restored(training: Path, folder: Path) -> None:
    """What `EarlyStopping(restore_best_weights=True)` leaves: the best weights, the optimizer of the end."""
    model = _loaded(training)
    model.set_weights(_loaded(training, f"epoch_{_best_epoch(training)}.keras").get_weights())
    model.save(folder / MODEL)


def with_noise(scale: float, *, keep_optimizer: bool) -> Edit:
    """Every weight is moved by a little, relative to it."""

    def edit(training: Path, folder: Path) -> None:
        import numpy as np

        random = np.random.default_rng(0)
        model = _loaded(training) if keep_optimizer else _copied(_loaded(training))
        weights = model.get_weights()
        model.set_weights([array * (1 + random.normal(0, scale, array.shape)) for array in weights])
        model.save(folder / MODEL)

    return edit


def in_another_order(training: Path, folder: Path) -> None:
    """The hidden units in another order, and Adam's moments, which go with them, rescaled."""
    import numpy as np

    random = np.random.default_rng(0)
    model = _loaded(training)
    first, second = (random.permutation(units) for units in (300, 100))

    def moved(arrays: list[Any], scale: float) -> list[Any]:
        one, one_bias, two, two_bias, three, three_bias = arrays
        orders = (one[:, first], one_bias[first], two[first][:, second], two_bias[second], three[second])
        return [scale * array for array in (*orders, three_bias)]

    model.set_weights(moved(model.get_weights(), 1.0))
    for moments, scale in ((model.optimizer._momentums, 0.99), (model.optimizer._velocities, 0.98)):
        arrays = moved([moment.numpy() for moment in moments], scale)
        for moment, array in zip(moments, arrays, strict=True):
            moment.assign(array)
    model.save(folder / MODEL)


def no_model(training: Path, folder: Path) -> None:
    """Nothing is handed in."""


def _best_epoch(training: Path) -> int:
    accuracies = pd.read_csv(training / LOG)["val_accuracy"].dropna().to_numpy()
    return int(accuracies[:-1].argmax()) + 1


def _loaded(training: Path, name: str = MODEL) -> Any:
    import keras

    return keras.models.load_model(training / name)


def _copied(model: Any) -> Any:
    """The same network and weights, not compiled."""
    import keras

    copy = keras.Sequential.from_config(model.get_config())
    copy.set_weights(model.get_weights())
    return copy

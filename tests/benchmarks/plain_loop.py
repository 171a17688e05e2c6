"""The loop that a teaching assistant writes, to compare with: `plain_loop.py ARRAYS FOLDER...`.

For each submission: `load_model`, `evaluate` on the test images, 600 steps of `fit` from fresh weights with a
`train_step` that records the gradient norms, and the norms of the log against the cap; all plain Keras.
"""

import sys
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

STEPS, BATCH_SIZE = 600, 32


class Recording(keras.Sequential):  # type: ignore[misc]  # Keras ships no types
    """A network that records the largest norm of a variable's gradient in each step."""

    norms: list[Any]

    def train_step(self, data: Any) -> dict[str, Any]:
        """As in Keras' guide, with the norm among the metrics."""
        images, labels = data
        with tf.GradientTape() as tape:
            outputs = self(images, training=True)
            loss = self.compute_loss(y=labels, y_pred=outputs)
        gradients = tape.gradient(loss, self.trainable_variables)
        norm = tf.reduce_max([tf.norm(gradient) for gradient in gradients])
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        return {"loss": loss, "norm": norm}


class Keep(keras.callbacks.Callback):  # type: ignore[misc]  # likewise
    """Keeps the norm of each step."""

    def __init__(self) -> None:
        """Nothing is kept yet."""
        super().__init__()
        self.norms: list[float] = []

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002  (Keras gives it)
        """Keras calls it after each step."""
        self.norms.append((logs or {})["norm"])


def grade(folder: Path, arrays: Any) -> tuple[float, float, bool]:
    """The accuracy, the loss after the rerun, and whether the logged norms are within the cap."""
    model = keras.models.load_model(folder / "model.keras")
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    accuracy = model.evaluate(arrays["x_test"] / 255.0, arrays["y_test"], verbose=0)[1]
    fresh = Recording(keras.models.clone_model(model).layers)
    fresh.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="sparse_categorical_crossentropy")
    images = arrays["x_train"] / 255.0
    chosen = np.random.default_rng(111).permutation(len(images))
    order = np.resize(chosen, STEPS * BATCH_SIZE)
    keep = Keep()
    fitted = fresh.fit(
        images[order],
        arrays["y_train"][order],
        batch_size=BATCH_SIZE,
        shuffle=False,
        verbose=0,
        callbacks=[keep],
    )
    log = pd.read_csv(folder / "training_log.csv")
    within = bool(log["variable_norm_after"].max() <= 1.0 + 1e-5) and len(keep.norms) == STEPS
    return float(accuracy), float(fitted.history["loss"][-1]), within


if __name__ == "__main__":
    data = np.load(sys.argv[1])
    for name in sys.argv[2:]:
        begun = time.perf_counter()
        print(name, *grade(Path(name), data), f"{time.perf_counter() - begun:.3f}", flush=True)

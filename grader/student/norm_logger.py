"""The callback that writes the training log of Keras."""

import os
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from grader.student.log_file import NORMS, LogFile
from grader.student.measuring import four_norms, start_measuring, stop_measuring, unwrapped


class NormLogger:
    """Writes the training log: a CSV file with one row for every step of the optimizer.

    It is a callback of Keras 3. For another framework, or an older Keras, there is `NormLog`.

    With `model.fit`:

        model.fit(x, y, validation_data=(x_valid, y_valid), callbacks=[NormLogger("training_log.csv")])

    With a loop of your own, call `record` after each step and `record_validation` after each epoch:

        with NormLogger("training_log.csv") as logger:
            ...
            logger.record(gradients, optimizer, epoch=epoch, loss=loss, accuracy=accuracy)

    The columns:

    * `epoch`: from 0; it counts on when the log continues.
    * `step`: the optimizer's `iterations` after the step, so the first step is 1.
    * `loss`, `accuracy`: what Keras reports at that step, which is the running mean since the epoch began.
      With `steps_per_execution=n` Keras reports them at every n-th step only; the cells between are empty.
    * `val_loss`, `val_accuracy`: in the last row of each epoch, the other cells are empty.
    * `variable_norm_before`, `variable_norm_after`: the largest of the variables' L2 norms,
      of the gradients that the optimizer receives, and of what its `clipnorm`, `global_clipnorm`
      or `clipvalue` leaves of them. `clipnorm=1.0` keeps the second one at 1.0 or below.
    * `global_norm_before`, `global_norm_after`: likewise the L2 norm of all gradients as one vector.

    Every row is on disk before the next step, so a training that is stopped keeps its log.

    If the file is such a log already, it continues after the row of the optimizer's current `iterations`;
    later rows are dropped. So a second `fit` continues the log, and a training from a checkpoint continues it
    where the checkpoint was saved. A new model, or one that was compiled again, has a new optimizer and
    starts a new log, and so does one whose `iterations` the log does not reach.

    While `fit` runs, the optimizer's `apply` measures the gradients that it receives. Keras tells no callback
    about an exception in `fit`: after one, `close()` restores the optimizer, as do `with NormLogger(...)`
    around `fit` and the next `fit` with a `NormLogger`. Until then training works, only a little slower.

    Args:
        path: The CSV file, in a folder that exists.
        seed: The seed of the training, if the homework gives you one; a column has it.
        batch_size: The size of its batches, likewise.

    Raises:
        OSError: The file cannot be written.
        ValueError: The file is not such a log, or Keras is not Keras 3 on TensorFlow.
    """

    model: Any

    def __new__(cls, *_: Any, **__: Any) -> Self:
        """Makes it a callback of Keras, which is imported only now."""
        import keras

        if keras.__version__.startswith("2."):
            raise ValueError(
                "`NormLogger` needs Keras 3. Use `NormLog` in a loop of your own, which works with every "
                f"version. Received: keras {keras.__version__}."
            )
        return object.__new__(type(cls.__name__, (cls, keras.callbacks.Callback), {"__doc__": cls.__doc__}))

    def __init__(
        self, path: str | os.PathLike[str], *, seed: int | None = None, batch_size: int | None = None
    ) -> None:
        super().__init__()
        import keras

        if (backend := keras.config.backend()) != "tensorflow":
            raise ValueError(
                f"`NormLogger` must run on Keras' TensorFlow backend. Received: backend={backend!r}."
            )
        self._log = LogFile(Path(path), seed=seed, batch_size=batch_size)
        self._epoch = -1
        self._step = 0

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:  # noqa: ARG002  (Keras passes it)
        """Makes the optimizer measure its gradients; see `start_measuring` for what it refuses."""
        self.close()
        start_measuring(self.model)

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:  # noqa: ARG002
        """Opens the log; not earlier, since another callback's `on_train_begin` may load a checkpoint."""
        if not self._log.is_open:
            self._step = _steps_done(self.model.optimizer)
            self._epoch = self._log.open(self._step)
        self._epoch = max(epoch, self._epoch + 1)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:  # noqa: ARG002
        """Writes the steps since the last call; a `train_step` may apply gradients only once."""
        rows = unwrapped(self.model.optimizer).apply.rows.numpy()
        first, last = self._step + 1, _steps_done(self.model.optimizer)
        if (done := last - self._step) > len(rows):
            raise ValueError(
                "`train_step` must apply gradients at most once for each batch. "
                f"Received: {done} times in {len(rows)}. Use `record` in a loop of your own instead."
            )
        for step in range(first, last + 1):
            reported = _loss_and_accuracy(logs or {}) if step == last else {}
            norms = dict(zip(NORMS, rows[step - last - 1], strict=True))
            self._log.write({"epoch": self._epoch, "step": step, **reported, **norms})
        self._step = last

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:  # noqa: ARG002
        """Writes the validation into the last row."""
        self.record_validation(**_loss_and_accuracy(logs or {}, prefix="val_"))

    def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:  # noqa: ARG002
        """Closes the log and restores the optimizer."""
        if not self._log.row:
            warnings.warn(
                "`NormLogger` saw no step, because `model.optimizer` applied no gradients. "
                "Pass the optimizer that applies them to `model.compile`, or use `record`.",
                stacklevel=2,
            )
        self.close()

    def record(  # noqa: PLR0913  (a row has as many parts)
        self,
        gradients: Iterable[Any],
        optimizer: Any,
        *,
        epoch: int,
        clipped: Iterable[Any] | None = None,
        loss: Any = None,
        accuracy: Any = None,
    ) -> None:
        """Writes one step of a loop of your own; call it after `optimizer.apply_gradients`.

        Args:
            gradients: What `tape.gradient` returned; None among them is left out.
            optimizer: The one that applied them; its `iterations` are the `step`.
            epoch: The epoch, from 0.
            clipped: The gradients after a clipping of your own, such as the first result of
                `tf.clip_by_global_norm`, if that is what the optimizer received.
            loss: The loss of this step, a number or a scalar tensor.
            accuracy: The accuracy of this step in [0, 1], likewise.

        Raises:
            TypeError: It was called inside `@tf.function`, or the optimizer is none of Keras 3.
            ValueError: The optimizer has done no step yet, or is a `LossScaleOptimizer`.
        """
        import tensorflow as tf

        if not tf.executing_eagerly():
            raise TypeError(
                "`record` must be called outside `@tf.function`, because tensors have no values inside it. "
                "Return the gradients and the loss from the function and record them there."
            )
        if unwrapped(optimizer) is not optimizer:
            raise ValueError(
                "`optimizer` must not be a `LossScaleOptimizer`, because its gradients are scaled. "
                "Pass its `inner_optimizer`, and gradients divided by the `dynamic_scale` of their step."
            )
        step = _steps_done(optimizer)
        if step < 1:
            raise ValueError(f"`record` must be called after `apply_gradients`. Received: iterations={step}.")
        if not self._log.is_open:
            self._log.open(step - 1)
        norms = dict(zip(NORMS, four_norms(gradients, clipped, optimizer).numpy(), strict=True))
        self._log.write({"epoch": epoch, "step": step, "loss": loss, "accuracy": accuracy, **norms})

    def record_validation(self, *, loss: Any = None, accuracy: Any = None) -> None:
        """Writes `val_loss` and `val_accuracy` into the row of the last step; call it after each epoch."""
        self._log.amend({"val_loss": loss, "val_accuracy": accuracy})

    def close(self) -> None:
        """Closes the log and restores the optimizer; can be called more than once."""
        if self.model is not None:
            stop_measuring(self.model)
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _steps_done(optimizer: Any) -> int:
    # Early versions of Keras 3 have no `int` of a variable.
    return int(optimizer.iterations.numpy())


def _loss_and_accuracy(logs: Mapping[str, float], prefix: str = "") -> dict[str, float | None]:
    """The two among what Keras reports; the accuracy may have any name."""
    values = {name.removeprefix(prefix): value for name, value in logs.items() if name.startswith(prefix)}
    name = "accuracy" if "accuracy" in values else next(filter(_is_accuracy, values), "")
    return {"loss": values.get("loss"), "accuracy": values.get(name)}


def _is_accuracy(name: str) -> bool:
    """Whether it is `acc`, `sparse_categorical_accuracy` and the like, but not the accuracy of the best k."""
    return name in {"acc", "compile_metrics"} or (name.endswith(("accuracy", "_acc")) and "top_k" not in name)

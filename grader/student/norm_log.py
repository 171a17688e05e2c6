"""The training log of a loop in any framework, for which neither Keras nor TensorFlow is imported."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import numpy as np

from grader.student.log_file import NORMS, LogFile


class NormLog:
    """Writes the training log of a loop of your own: PyTorch, JAX, NumPy, or Keras of any version.

        with NormLog("training_log.csv") as log:
            for epoch in range(5):
                for images, classes in batches:
                    ...
                    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                    optimizer.step()
                    log.record(epoch=epoch, loss=loss, global_norm_before=norm)
                log.record_validation(accuracy=...)

    Each `with` starts the log anew. Every row is on disk before the next step.

    Args:
        path: The CSV file, in a folder that exists.
        seed: The seed of the training, if the homework gives you one; a column has it.
        batch_size: The size of its batches, likewise.

    Raises:
        OSError: The file cannot be written.
        ValueError: The file is not such a log.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, seed: int | None = None, batch_size: int | None = None
    ) -> None:
        self._log = LogFile(Path(path), seed=seed, batch_size=batch_size)
        self._step = 0

    def record(
        self,
        *,
        epoch: int,
        loss: Any = None,
        accuracy: Any = None,
        gradients: Iterable[Any] | None = None,
        clipped: Iterable[Any] | None = None,
        **norms: Any,
    ) -> None:
        """Writes one step.

        Args:
            epoch: The epoch, from 0.
            loss: The loss of this step, a number or anything that `float` takes.
            accuracy: The accuracy of this step in [0, 1], likewise.
            gradients: The gradients before clipping, an array or a tensor for each variable, to be measured;
                None among them is left out. PyTorch clips in place, so give them before it does.
            clipped: The gradients after clipping, likewise.
            norms: What you have measured, by the names of the columns: `variable_norm_before`,
                `variable_norm_after`, `global_norm_before` (which `clip_grad_norm_` returns) and
                `global_norm_after`.

        Raises:
            TypeError: There is no norm and nothing to measure, or a name is unknown.
        """
        for stage, arrays in (("before", gradients), ("after", clipped)):
            if arrays is not None:
                variable, whole = norms_of(arrays)
                norms = {f"variable_norm_{stage}": variable, f"global_norm_{stage}": whole, **norms}
        unknown = sorted(set(norms) - set(NORMS))
        if unknown or not norms:
            received = ", ".join(unknown) or "none of them"
            raise TypeError(f"`record` needs `gradients` or one of {', '.join(NORMS)}. Received: {received}.")
        if not self._log.is_open:
            self._log.open(0)
        self._step += 1
        self._log.write({"epoch": epoch, "step": self._step, "loss": loss, "accuracy": accuracy, **norms})

    def record_validation(self, *, loss: Any = None, accuracy: Any = None) -> None:
        """Writes `val_loss` and `val_accuracy` into the row of the last step; call it after each epoch."""
        self._log.amend({"val_loss": loss, "val_accuracy": accuracy})

    def close(self) -> None:
        """Closes the log; can be called more than once."""
        self._log.close()
        self._step = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def norms_of(gradients: Iterable[Any]) -> tuple[float, float]:
    """The largest of the arrays' L2 norms, and the L2 norm of all arrays as one vector."""
    squares = [float(np.sum(np.square(_array(gradient)))) for gradient in gradients if gradient is not None]
    if not squares:
        raise TypeError("There must be a gradient among `gradients` that is not None.")
    largest = float("nan") if np.isnan(squares).any() else max(squares)
    return largest**0.5, sum(squares) ** 0.5


def _array(gradient: Any) -> Any:
    if hasattr(gradient, "detach"):  # PyTorch's, which may be on a graphics card or in bfloat16
        gradient = gradient.detach().cpu().float()
    return np.asarray(gradient, np.float64)

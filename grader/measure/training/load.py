"""Loads the clean copy of a model, within a budget of parameters and of activations."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras

from grader.errors import SubmissionError

# A layer may create a few numbers that the file does not store, such as the state of a seed generator.
SLACK = 10_000
LARGEST_ACTIVATION = 16 << 20


def load_clean(content: bytes, suffix: str, parameters: int) -> keras.Model:
    """Load a model from its clean copy.

    Args:
        content: the bytes of the clean copy.
        suffix: `.keras` or `.h5`.
        parameters: how many numbers the stored weights have; the network may declare no more.

    Raises:
        SubmissionError: Keras cannot build the network or the weights do not fit it.
    """
    path = Path(f"clean{suffix}")
    path.write_bytes(content)
    try:
        with _parameter_budget(parameters + SLACK):
            model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except SubmissionError:
        raise
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        RuntimeError,
        NotImplementedError,
        OSError,
    ) as error:
        raise SubmissionError(
            f"Keras cannot build this network with the stored weights: {_first_words(error)}",
            "Load the file yourself with `keras.saving.load_model('model.keras')`; if that works, "
            "save it again with today's Keras.",
        ) from None
    if not isinstance(model, keras.Model) or not model.built:
        raise SubmissionError(
            "The model has no weights yet: it was saved before it was built.",
            "Train the model, then save it with `model.save('model.keras')`.",
        )
    for operation in _operations(model):
        _check_activation(operation)
    return model


@contextmanager
def _parameter_budget(budget: int) -> Iterator[None]:
    """Refuse a weight before it is allocated, once more are declared than the file stores."""
    original = keras.layers.Layer.add_weight
    declared = 0

    def add_weight(layer: Any, shape: Any = None, *rest: Any, **named: Any) -> Any:
        nonlocal declared
        dimensions = (shape,) if isinstance(shape, int) else tuple(shape or ())
        declared += math.prod(int(dimension) for dimension in dimensions)
        if declared > budget:
            raise SubmissionError(
                f"The network declares more than {budget - SLACK} parameters, which is all that the "
                "file's weights have.",
                "Save the whole model with `model.save('model.keras')` after training.",
            )
        return original(layer, shape, *rest, **named)

    keras.layers.Layer.add_weight = add_weight
    try:
        yield
    finally:
        keras.layers.Layer.add_weight = original


def _operations(model: keras.Model) -> Iterator[Any]:
    """Everything that computes: layers, operations such as `x * 2`, and those of nested models."""
    for operation in getattr(model, "operations", model.layers):
        if isinstance(operation, keras.Model):
            yield from _operations(operation)
        yield operation


def _check_activation(operation: Any) -> None:
    try:
        outputs = operation.output
    except (AttributeError, ValueError):
        # A layer inside a wrapper has no output of its own.
        return
    for output in outputs if isinstance(outputs, list | tuple) else [outputs]:
        shape = getattr(output, "shape", None)
        size = math.prod(dimension or 1 for dimension in shape[1:]) if shape else 0
        if size > LARGEST_ACTIVATION:
            raise SubmissionError(
                f"`{operation.name[:60]}` makes {size} numbers from one image; at most "
                f"{LARGEST_ACTIVATION} are computed.",
                "Use a smaller network; the homework needs far less.",
            )


def _first_words(error: Exception) -> str:
    # KeyError quotes its argument; Keras' sentences can hold whole configurations.
    words = " ".join(str(error.args[0] if error.args else error).split())
    return words[:300] + ("…" if len(words) > 300 else "")

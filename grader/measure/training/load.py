"""Loads the clean copy of a model, within a budget of parameters and of activations."""

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from grader.errors import SubmissionError
from grader.evidence.values import LONGEST_TEXT
from grader.messages.message import Message, say
from grader.messages.safe_text import plain
from grader.rubric import Limits

# A layer may create a few numbers that the file does not store, such as the state of a seed generator.
SLACK = 10_000
LARGEST_ACTIVATION = Limits().activations
# More of an error is not worth cleaning.
LONGEST_READ = 10_000
# The folders of an absolute path, on Linux or Windows; what follows them is the file's name.
_PATH = re.compile(r"""(?<![\w.\\/])(?:[A-Za-z]:)?[\\/](?:[^\s\\/'"]+[\\/])+""")


def load_clean(
    content: bytes, suffix: str, parameters: int, activations: int = LARGEST_ACTIVATION
) -> keras.Model:
    """Load a model from the bytes of its clean copy, a `.keras` or `.h5` file.

    The network may declare no more `parameters` than the stored weights have, and each layer may make
    `activations` numbers from one image.
    Refused if Keras cannot build the network or the weights do not fit it.
    """
    path = Path(f"clean{suffix}")
    path.write_bytes(content)
    with (
        _refused(
            lambda why: say("Keras cannot build this network with the stored weights: {error}", error=why)
        ),
        _parameter_budget(parameters + SLACK, initializer="zeros"),
    ):
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    if not isinstance(model, keras.Model) or not model.built:
        raise SubmissionError(
            say("The model has no weights yet: it was saved before it was built."),
            say("Train the model, then save it with `model.save('model.keras')`."),
        )
    _check_activations(model, activations)
    return model


def build_network(
    network: dict[str, Any], parameters: int, activations: int = LARGEST_ACTIVATION
) -> keras.Model:
    """Build a network of allowed layers with fresh weights, within the same budget; see `load_clean`."""
    with (
        _refused(lambda why: say("Keras cannot build this network: {error}", error=why)),
        _parameter_budget(parameters + SLACK),
    ):
        model = keras.saving.deserialize_keras_object(network, safe_mode=True)
    _check_activations(model, activations)
    return model


def largest_activation(model: keras.Model) -> int:
    """The most numbers that a layer or an operation of the model makes from one image."""
    return max((_numbers(operation) for operation in operations(model)), default=0)


def first_words(error: Exception) -> str:
    """What Keras says, on one line, shortened, with the names of files only and no paths to them."""
    # KeyError quotes its argument; Keras' sentences can hold whole configurations.
    words = " ".join(str(error.args[0] if error.args else error)[:LONGEST_READ].split())
    return plain(_PATH.sub("", words), LONGEST_TEXT)


@contextmanager
def _refused(sentence: Callable[[str], Message]) -> Iterator[None]:
    """Tell the student whatever Keras raises, but for a lack of memory."""
    try:
        yield
    except (SubmissionError, MemoryError, tf.errors.ResourceExhaustedError):
        raise
    except Exception as error:  # noqa: BLE001  (Keras checks little of what it builds, so it raises anything)
        raise SubmissionError(
            sentence(first_words(error)),
            say(
                "Load the file yourself with `keras.saving.load_model('model.keras')`; if that works, "
                "save it again with today's Keras."
            ),
        ) from None


@contextmanager
def _parameter_budget(budget: int, initializer: str | None = None) -> Iterator[None]:
    """Refuse a weight before it is allocated, once more numbers are declared than the budget.

    Where stored weights follow at once, every weight gets one `initializer` in place of its layer's own.
    """
    original = keras.layers.Layer.add_weight
    instead = {} if initializer is None else {"initializer": initializer}
    declared = 0

    def add_weight(layer: Any, shape: Any = None, *rest: Any, **named: Any) -> Any:
        nonlocal declared
        dimensions = (shape,) if isinstance(shape, int) else tuple(shape or ())
        declared += math.prod(int(dimension) for dimension in dimensions)
        if declared > budget:
            raise SubmissionError(
                say(
                    "The network declares more than the {budget} parameters that the file stores.",
                    budget=budget - SLACK,
                ),
                say("Save the whole model with `model.save('model.keras')` after training."),
            )
        return original(layer, shape, *rest, **{**named, **instead})

    keras.layers.Layer.add_weight = add_weight
    try:
        yield
    finally:
        keras.layers.Layer.add_weight = original


def operations(model: keras.Model) -> Iterator[Any]:
    """Everything that computes: layers, operations such as `x * 2`, and those of nested models."""
    for operation in getattr(model, "operations", model.layers):
        if isinstance(operation, keras.Model):
            yield from operations(operation)
        yield operation


def _check_activations(model: keras.Model, most: int) -> None:
    for operation in operations(model):
        size = _numbers(operation)
        if size > most:
            sentence = say(
                "`{name}` makes {size} numbers from one example; at most {most} are computed.",
                name=operation.name[:60],
                size=size,
                most=most,
            )
            raise SubmissionError(sentence, say("Use a smaller network; the homework needs far less."))


def _numbers(operation: Any) -> int:
    """How many numbers an operation makes from one image; the largest of its outputs counts."""
    try:
        outputs = operation.output
    except (AttributeError, ValueError):
        # A layer inside a wrapper has no output of its own.
        return 0
    shapes = (
        getattr(output, "shape", None)
        for output in (outputs if isinstance(outputs, list | tuple) else [outputs])
    )
    return max((math.prod(dimension or 1 for dimension in shape[1:]) for shape in shapes if shape), default=0)

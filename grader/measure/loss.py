"""The loss that a model file stores, read as data: a name of a table, and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from pydantic import model_validator

from grader.evidence.frozen import Frozen
from grader.evidence.model import LossForm
from grader.evidence.values import Task, Text
from grader.measure.model.reading import shown
from grader.measure.model.values import snake_case, whole

# Functions of `keras.losses` for one label an example, with the settings that they take. Of `Huber`, Keras
# stores no `delta`, so it cannot be built as it was.
_SMOOTHED = ("from_logits", "label_smoothing")
_FOCAL = (*_SMOOTHED, "alpha", "gamma")
_ERRORS = ("mean_squared_error", "mean_absolute_error", "mean_squared_logarithmic_error", "log_cosh")
_OTHERS = ("hinge", "squared_hinge", "categorical_hinge", "kl_divergence", "poisson")
_SETTINGS: dict[str, tuple[str, ...]] = {
    "sparse_categorical_crossentropy": ("from_logits",),
    **dict.fromkeys(("categorical_crossentropy", "binary_crossentropy"), _SMOOTHED),
    "categorical_focal_crossentropy": _FOCAL,
    "binary_focal_crossentropy": (*_FOCAL, "apply_class_balancing"),
    **dict.fromkeys((*_ERRORS, *_OTHERS), ()),
}
# The honest runs of the calibration were made with the first; the second is the same on one-hot labels.
PLAIN = "sparse_categorical_crossentropy"
# They need an output for each class.
OF_ONE_CLASS = (PLAIN, "categorical_crossentropy", "categorical_focal_crossentropy", "categorical_hinge")
# With which each task is usually learned; the first is taken where a file stores none.
_USUAL: Mapping[Task, tuple[str, ...]] = {
    "classification": (PLAIN, "categorical_crossentropy"),
    "binary": ("binary_crossentropy", PLAIN, "categorical_crossentropy"),
    "multilabel": ("binary_crossentropy",),
    "regression": ("mean_squared_error", "mean_absolute_error"),
}
_SHORT = {"bce": "binary_crossentropy", "kld": "kl_divergence"} | dict(
    zip(("mse", "mae", "msle"), _ERRORS, strict=False)
)
_BY_NAME = {name.replace("_", ""): name for name in _SETTINGS} | _SHORT
# Keras' own, `losses/losses.py`; they are left out, so that equal losses are equal.
_DEFAULTS = {"alpha": 0.25, "gamma": 2.0}
_MEANS = ("auto", "sum_over_batch_size", "mean", "mean_with_sample_weight")
# Without a reduction Keras sums the gradients of the batch.
_TOTALS = (None, "none", "sum")
# No honest setting is near it.
_LARGEST = 100
# How a file says what a loss is, without changing what it computes for one label an example.
_BESIDE = frozenset({"name", "fn", "reduction", "dtype", "axis"})


class Loss(Frozen):
    """A function of `keras.losses`, its settings but for defaults, and whether a batch is summed."""

    name: Text
    settings: tuple[tuple[Text, float], ...] = ()
    total: bool = False

    @model_validator(mode="after")
    def _of_the_table(self) -> Self:
        if self.name not in _SETTINGS or not set(dict(self.settings)) <= set(_SETTINGS[self.name]):
            raise ValueError("must be a loss of the table")
        return self


@dataclass(frozen=True)
class StoredLoss:
    """The name of the loss as in `compile("...")`, or "", and whether it takes logits.

    The grader trains with `built`; None stands for the mean cross-entropy, unless the form is `unknown`.
    """

    name: str = ""
    from_logits: bool | None = None
    built: Loss | None = None
    form: LossForm = "usual"


def read_loss(stored: Any, task: Task = "classification") -> StoredLoss:
    """What a file stores as the loss of the only output, of a network that is to learn this task."""
    if isinstance(stored, list | dict) and len(stored) == 1:
        (stored,) = stored.values() if isinstance(stored, dict) else stored
    config: Any = {}
    own = False
    if isinstance(stored, dict) and "class_name" in stored:
        config, kind = stored.get("config"), str(stored["class_name"])
        # A loss of the student's own may have the name of one of Keras'.
        own = ">" in kind or stored.get("registered_name") not in {None, "", "function", kind}
        stored = config if isinstance(config, str) else snake_case(kind.rpartition(">")[2])
        config = config if isinstance(config, dict) else {}
    if not isinstance(stored, str):
        return StoredLoss()
    name = shown(stored if "_" in stored else snake_case(stored))
    logits = config.get("from_logits")
    logits = logits if isinstance(logits, bool) else None
    built = None if own else _built(stored, config)
    if built is None:
        return StoredLoss(name, logits, form="unknown")
    usual = _USUAL[task]
    if built.name not in usual or built.total:
        return StoredLoss(name, logits, built, "summed" if built.total else "other")
    is_same = built.name in {usual[0], *OF_ONE_CLASS} and "label_smoothing" not in dict(built.settings)
    return StoredLoss(name, logits, None if is_same else built)


def _built(stored: str, config: dict[str, Any]) -> Loss | None:
    name = _BY_NAME.get(stored.replace("_", "").lower())
    reduction = config.get("reduction", "mean")
    if name is None or reduction not in (*_MEANS, *_TOTALS):
        return None
    settings = []
    for key, value in sorted(config.items()):
        if key in _BESIDE or value is None:
            continue
        is_number = isinstance(value, bool | float) or whole(value)
        if key not in _SETTINGS[name] or not is_number or not 0 <= value <= _LARGEST:
            return None
        if value != _DEFAULTS.get(key, 0):
            settings.append((key, float(value)))
    return Loss(name=name, settings=tuple(settings), total=reduction in _TOTALS)

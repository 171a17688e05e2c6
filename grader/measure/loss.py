"""The loss that a model file stores, read as data: a name of a table, and numbers."""

from dataclasses import dataclass
from typing import Any, Self

from pydantic import model_validator

from grader.evidence.model import LossForm
from grader.evidence.values import Text
from grader.frozen import Frozen
from grader.measure.model.reading import shown
from grader.measure.model.values import snake_case, whole

# Functions of `keras.losses` for one label an image, with the settings that they take. Of `Huber`, Keras
# stores no `delta`, so it cannot be built as it was.
_SMOOTHED = ("from_logits", "label_smoothing")
_FOCAL = (*_SMOOTHED, "alpha", "gamma")
_SETTINGS: dict[str, tuple[str, ...]] = {
    "sparse_categorical_crossentropy": ("from_logits",),
    "categorical_crossentropy": _SMOOTHED,
    "binary_crossentropy": _SMOOTHED,
    "categorical_focal_crossentropy": _FOCAL,
    "binary_focal_crossentropy": (*_FOCAL, "apply_class_balancing"),
    "mean_squared_error": (),
    "mean_absolute_error": (),
    "mean_squared_logarithmic_error": (),
    "log_cosh": (),
    "kl_divergence": (),
    "poisson": (),
    "hinge": (),
    "squared_hinge": (),
    "categorical_hinge": (),
}
# The honest runs of the calibration were made with the first; the second is the same on one-hot labels.
PLAIN = "sparse_categorical_crossentropy"
_USUAL = (PLAIN, "categorical_crossentropy")
_SHORT = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
}
_BY_NAME = {name.replace("_", ""): name for name in _SETTINGS} | _SHORT
# Keras' own, `losses/losses.py`; they are left out, so that equal losses are equal.
_DEFAULTS = {"alpha": 0.25, "gamma": 2.0}
_MEANS = (None, "auto", "sum_over_batch_size", "mean")
# No honest setting is near it.
_LARGEST = 100
# How a file says what a loss is, without changing what it computes for one label an image.
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
    """The name of the loss as in `compile("...")`, or "", whether it takes logits, and what can be built."""

    name: str
    from_logits: bool | None
    built: Loss | None

    @property
    def trained_with(self) -> Loss | None:
        """What the grader builds; None stands for the usual loss, for outputs as they are."""
        is_plain = (
            self.form == "usual" and self.built and not dict(self.built.settings).keys() - {"from_logits"}
        )
        return None if is_plain else self.built

    @property
    def form(self) -> LossForm:
        """Whether the grader trains with this loss, and whether it is that of the calibrated runs."""
        if self.built is None:
            return "unknown" if self.name else "usual"
        return "usual" if self.built.name in _USUAL and not self.built.total else "other"


NO_LOSS = StoredLoss("", None, None)


def read_loss(stored: Any) -> StoredLoss:
    """What a file stores as the loss of the only output."""
    if isinstance(stored, list | dict) and len(stored) == 1:
        (stored,) = stored.values() if isinstance(stored, dict) else stored
    config: dict[str, Any] = {}
    if isinstance(stored, dict) and isinstance(stored.get("config"), str):
        stored = stored["config"]
    elif isinstance(stored, dict) and "class_name" in stored:
        config = stored["config"] if isinstance(stored.get("config"), dict) else {}
        stored = snake_case(str(stored["class_name"]).rpartition(">")[2])
    if not isinstance(stored, str):
        return NO_LOSS
    logits = config.get("from_logits")
    name = shown(stored if "_" in stored else snake_case(stored))
    return StoredLoss(name, logits if isinstance(logits, bool) else None, _built(stored, config))


def _built(stored: str, config: dict[str, Any]) -> Loss | None:
    name = _BY_NAME.get(stored.replace("_", "").lower())
    reduction = config.get("reduction")
    if name is None or reduction not in (*_MEANS, "sum"):
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
    return Loss(name=name, settings=tuple(settings), total=reduction == "sum")

"""How the model was compiled, read as data and never deserialised: the optimizer and the loss."""

from typing import Any

from grader.evidence.model import Optimizer
from grader.evidence.values import TOO_LARGE
from grader.measure.model.legacy import todays_class
from grader.measure.model.optimizer_state import OptimizerState, read_moments
from grader.measure.model.reading import shown
from grader.measure.model.values import snake_case

# What people pass as text, `compile("adam")`, under the name of its class.
BY_NAME = {
    name.lower(): name
    for name in (
        *("SGD", "RMSprop", "Adam", "AdamW", "Adadelta", "Adagrad", "Adamax", "Adafactor", "Nadam"),
        *("Ftrl", "Lion", "Lamb", "Muon"),
    )
}
WRAPPER = "LossScaleOptimizer"
# Keras before 2.3 and TensorFlow 1 wrote the class of the optimizer with these in front.
PREFIXES = ("Custom>", "keras>", "Keras>")


def read_optimizer(compiled: dict[str, Any], state: OptimizerState) -> Optimizer | None:
    """The optimizer, of a wrapped one the inner.

    Args:
        compiled: `compile_config` of a `.keras` file, `training_config` of an `.h5` file, or {}.
        state: what the optimizer's variables say; their learning rate goes before that of the config.
    """
    config: dict[str, Any] = {}
    stored = compiled.get("optimizer", compiled.get("optimizer_config"))
    if isinstance(stored, str):
        kind = BY_NAME.get(stored.lower(), stored)
    elif isinstance(stored, dict):
        kind, config = _opened(stored)
    else:
        return None
    if kind == WRAPPER and isinstance(config.get("inner_optimizer"), dict):
        kind, config = _opened(config["inner_optimizer"])
    rate = config.get("learning_rate", config.get("lr"))
    schedule = _opened(rate)[0] if isinstance(rate, dict) else None
    variable = None if schedule else state.learning_rate
    return Optimizer(
        kind=shown(kind),
        learning_rate=_finite(rate if variable is None else variable),
        schedule=None if schedule is None else shown(schedule),
        clipnorm=_finite(config.get("clipnorm")),
        clipvalue=_finite(config.get("clipvalue")),
        global_clipnorm=_finite(config.get("global_clipnorm")),
        iterations=state.iterations,
        moments=read_moments(kind, config, state) if config or isinstance(stored, str) else None,
    )


def read_loss(compiled: dict[str, Any]) -> tuple[str, bool | None]:
    """The name of the loss as in `compile("...")`, or "", and whether it expects logits."""
    stored = compiled.get("loss")
    if isinstance(stored, list) and len(stored) == 1:
        stored = stored[0]
    if isinstance(stored, str):
        return shown(stored if "_" in stored else snake_case(stored)), None
    if not isinstance(stored, dict) or "class_name" not in stored:
        return "", None
    if isinstance(stored.get("config"), str):
        return shown(stored["config"]), None
    kind, config = _opened(stored)
    logits = config.get("from_logits")
    return shown(snake_case(kind)), logits if isinstance(logits, bool) else None


def _opened(stored: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    kind = str(stored.get("class_name", ""))
    for prefix in PREFIXES:
        kind = kind.removeprefix(prefix)
    config = stored.get("config")
    return todays_class(kind), config if isinstance(config, dict) else {}


def _finite(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) < TOO_LARGE else None

"""The optimizers and the learning rate schedules of Keras 3, each with its settings and their defaults.

A setting whose default is None is left out by Keras unless it is given. The learning rate and `clipnorm` are
not among them, because each optimizer has these.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from grader.evidence.values import FiniteNumber, Text
from grader.messages.english import names, nearest

Value = bool | int | FiniteNumber | Annotated[tuple[FiniteNumber, ...], Field(strict=False, max_length=100)]
Settings = Annotated[Mapping[Text, Value], Field(max_length=60)]
Default = bool | float | None
# A schedule with its settings, under its name.
Schedule = Annotated[Mapping[Text, Settings], Field(max_length=1)]

# What every optimizer has.
_OF_ALL: Mapping[str, Default] = {
    "weight_decay": None,
    "clipvalue": None,
    "global_clipnorm": None,
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "gradient_accumulation_steps": None,
    "loss_scale_factor": None,
}
_ADAM: Mapping[str, Default] = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
_MUON: Mapping[str, Default] = {
    "momentum": 0.95,
    "nesterov": True,
    "ns_steps": 5,
    "rms_rate": 0.2,
    "epsilon": 1e-7,
    "muon_a": 3.4445,
    "muon_b": -4.775,
    "muon_c": 2.0315,
    "exclude_embeddings": True,
    "adam_beta_1": 0.9,
    "adam_beta_2": 0.999,
    "adam_weight_decay": 0.004,
    "adam_lr_ratio": 1,
    "weight_decay": 0.004,
}
_FTRL: Mapping[str, Default] = {
    "learning_rate_power": -0.5,
    "initial_accumulator_value": 0.1,
    "beta": 0.0,
    "l1_regularization_strength": 0.0,
    "l2_regularization_strength": 0.0,
    "l2_shrinkage_regularization_strength": 0.0,
}
_ADAFACTOR: Mapping[str, Default] = {
    "beta_2_decay": -0.8,
    "epsilon_1": 1e-30,
    "epsilon_2": 0.001,
    "clip_threshold": 1.0,
    "relative_step": True,
}
OWN: Mapping[str, Mapping[str, Default]] = {
    "Adadelta": {"rho": 0.95, "epsilon": 1e-7},
    "Adafactor": _ADAFACTOR,
    "Adagrad": {"initial_accumulator_value": 0.1, "epsilon": 1e-7},
    "Adam": {**_ADAM, "amsgrad": False},
    "AdamW": {**_ADAM, "amsgrad": False, "weight_decay": 0.004},
    "Adamax": _ADAM,
    "Ftrl": _FTRL,
    "Lamb": _ADAM,
    "Lion": {"beta_1": 0.9, "beta_2": 0.99},
    "Muon": _MUON,
    "Nadam": _ADAM,
    "RMSprop": {"rho": 0.9, "momentum": 0.0, "epsilon": 1e-7, "centered": False},
    "SGD": {"momentum": 0.0, "nesterov": False},
    "ScheduleFreeAdamW": {**_ADAM, "epsilon": 1e-8, "warmup_steps": 0},
}
_FALLING: Mapping[str, Default] = {"decay_steps": None, "decay_rate": None, "staircase": False}
# Their initial learning rate is the optimizer's. A setting of `_NEEDED` has no default.
SCHEDULES: Mapping[str, Mapping[str, Default]] = {
    "CosineDecay": {"decay_steps": None, "alpha": 0.0, "warmup_target": None, "warmup_steps": 0},
    "CosineDecayRestarts": {"first_decay_steps": None, "t_mul": 2.0, "m_mul": 1.0, "alpha": 0.0},
    "ExponentialDecay": _FALLING,
    "InverseTimeDecay": _FALLING,
    "PiecewiseConstantDecay": {"boundaries": None, "values": None},
    "PolynomialDecay": {"decay_steps": None, "end_learning_rate": 1e-4, "power": 1.0, "cycle": False},
}
_NEEDED = frozenset({"decay_steps", "first_decay_steps", "decay_rate", "boundaries", "values"})
BY_VALUES = "PiecewiseConstantDecay"
INITIAL = "initial_learning_rate"
SCHEDULED = "keras.optimizers.schedules."


def settings_of(kind: str) -> Mapping[str, Default]:
    """The settings of an optimizer, whatever the case of its name; of an unknown one, those of any."""
    known = next((OWN[name] for name in OWN if name.casefold() == kind.casefold()), None)
    if known is None:
        known = {name: None for own in OWN.values() for name in own}
    return {**_OF_ALL, **known}


def trained_with(kind: str) -> Mapping[str, Default]:
    """The settings that the grader's own training takes."""
    return {"weight_decay": None, **OWN[kind]}


def check_settings(kind: str, given: Mapping[str, Any], allowed: Mapping[str, Default]) -> None:
    """Check the names of settings; a ValueError says which the optimizer or schedule has."""
    for name in given:
        if name not in allowed:
            rest = nearest(name, allowed, "its settings are")
            raise ValueError(f"`{kind}` has no setting `{name}`; {rest.removesuffix('.')}")


def check_schedule(schedule: Mapping[str, Mapping[str, Any]], *, whole: bool = False) -> None:
    """Check a schedule: its name, its settings, and, where it must be `whole`, that none is missing."""
    for kind, given in schedule.items():
        if kind not in SCHEDULES:
            rest = nearest(kind, SCHEDULES, "Keras' schedules are")
            raise ValueError(f"`{kind}` is no schedule; {rest.removesuffix('.')}")
        check_settings(kind, given, SCHEDULES[kind])
        missing = [name for name in SCHEDULES[kind] if name in _NEEDED and name not in given]
        if whole and missing:
            raise ValueError(f"the schedule `{kind}` must have {names(missing)}")


def as_python(given: Mapping[str, Any]) -> str:
    """The call that makes the optimizer of a rubric, such as `SGD(learning_rate=0.01, momentum=0.9)`."""
    own = {name: value for name, value in given.items() if name not in {"name", "settings", "schedule"}}
    written = {name: _python(value) for name, value in {**own, **given.get("settings", {})}.items()}
    for kind, settings in given.get("schedule", {}).items():
        first = {INITIAL: own["learning_rate"]} if "learning_rate" in own and kind != BY_VALUES else {}
        inside = ", ".join(f"{name}={_python(value)}" for name, value in {**first, **settings}.items())
        # The learning rate comes first.
        written = {"learning_rate": ""} | written | {"learning_rate": f"{SCHEDULED}{kind}({inside})"}
    return f"{given['name']}({', '.join(f'{name}={value}' for name, value in written.items())})"


def _python(value: Any) -> str:
    return repr(list(value)) if isinstance(value, tuple) else repr(value)

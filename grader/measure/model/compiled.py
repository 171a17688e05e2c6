"""How the model was compiled, read as data and never deserialised: the optimizer and its variables.

A `.keras` file numbers them (`optimizer/vars/0` is the number of steps, `1` the learning rate in Keras 3),
under the wrapped optimizer where the loss is scaled. Then Adam has the running averages where `use_ema` is
set, the first and the second moment of each trainable variable in turn, and the largest second moments where
`amsgrad` is. An `.h5` file names them:

    adam/dense_kernel_momentum    adam/dense_kernel_velocity    Keras 3
    Adam/m/dense/kernel:0         Adam/v/dense/kernel:0         Keras 2.11 to 2.15
    Adam/dense/kernel/m:0         Adam/dense/kernel/v:0         TensorFlow 2.0 to 2.10
    training/Adam/m_0:0           training/Adam/v_0:0           Keras 2.3
    training/Adam/Variable:0 ...  all first moments, then all second ones, then a third list: before that
"""

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.evidence.model import Moments, Optimizer
from grader.evidence.optimizers import INITIAL, Value
from grader.evidence.values import LARGEST_BETA, MOST_STEPS, TOO_LARGE
from grader.measure.model.arrays import Array, Path, Totals
from grader.measure.model.legacy import todays_class
from grader.measure.model.reading import Reading, shown
from grader.measure.model.values import whole
from grader.messages.message import say
from grader.messages.wording import listed

# What people pass as text, `compile("adam")`, under the name of its class.
BY_NAME = {
    name.lower(): name
    for name in (
        *("SGD", "RMSprop", "Adam", "AdamW", "Adadelta", "Adagrad", "Adamax", "Adafactor", "Nadam"),
        *("Ftrl", "Lion", "Lamb", "Muon"),
    )
}
# Keras before 2.3 and TensorFlow 1 wrote the class of the optimizer with these in front.
PREFIXES = ("Custom>", "keras>", "Keras>")

GROUP = "optimizer"
LEGACY_GROUP = "optimizer_weights"
INNER = ("inner_optimizer", "_optimizer")
SINGLE = ((), (1,))
# The sums of half-precision numbers tell little.
EXACT = frozenset({"float32", "float64"})
STEP_NAMES = frozenset({"iterations", "iteration", "iter"})
RATE_NAMES = frozenset({"learning_rate", "current_learning_rate", "_current_learning_rate"})

# Of several ways to clip, Keras from 2.11 on takes the first of these alone.
CLIPPING = ("clipnorm", "global_clipnorm", "clipvalue")

# What is no setting, or has a field of its own.
_FIELDS = frozenset({*CLIPPING, "learning_rate", "lr", "decay", "jit_compile", "is_legacy_optimizer"})
_MOST_SETTINGS, _MOST_NUMBERS, _LONGEST_NAME = 60, 100, 60

# Nadam has another step than Adam, and the same moments.
KINDS = frozenset({"Adam", "AdamW", "Nadam"})
BETAS = {"beta_1": 0.9, "beta_2": 0.999}

# A name, empty where the file only numbers the variables, and the sums.
Variable = tuple[str, Totals]
Pair = tuple[Totals, Totals]

# Of stand-alone Keras, whose `clipnorm` is of all gradients up to 2.3.1; that of TensorFlow ends with "-tf".
_CLIPS_GLOBALLY = re.compile(r"[01]\.[\d.]+|2\.[0-3]\.\d+")
_ENDING = re.compile(r"(?P<key>.*)_(?P<role>momentum|velocity)")
_NUMBERED = re.compile(r"(?P<role>[mv])_(?P<key>\d+)")
_NAMELESS = re.compile(r"Variable(_\d+)?")
_ROLES = {"momentum": "m", "velocity": "v", "m": "m", "v": "v"}


@dataclass(frozen=True)
class OptimizerState:
    """What the optimizer's variables say; None where they do not."""

    iterations: int | None = None
    learning_rate: float | None = None
    variables: tuple[Variable, ...] = ()  # the others, in the file's order
    weight_shapes: tuple[tuple[int, ...], ...] = ()  # of the model, to which the moments belong


def from_keras(totals: Mapping[Path, Totals], weights: Iterable[Array]) -> OptimizerState:
    """The state in a `.keras` file."""
    for inner in (*((name,) for name in INNER), ()):
        variables = (GROUP, *inner, "vars")
        steps, rate = totals.get((*variables, "0")), totals.get((*variables, "1"))
        if steps is not None:
            # Keras 2 and a schedule store no learning rate; the first moment stands there.
            first = 1 if rate is None or rate.shape != () else 2
            paths = ((*variables, str(number)) for number in itertools.count(first))
            return OptimizerState(
                _steps(steps),
                _rate(rate),
                tuple(("", totals[path]) for path in itertools.takewhile(totals.__contains__, paths)),
                tuple(array.shape for array in weights),
            )
    return OptimizerState()


def from_h5(totals: Mapping[Path, Totals], names: Iterable[str], weights: Iterable[Array]) -> OptimizerState:
    """The state in an `.h5` file; of a wrapped optimizer, which stands last, the inner one's."""
    steps = rate = None
    variables: list[Variable] = []
    for name in names:
        path = (LEGACY_GROUP, *name.split("/"))
        last = path[-1].partition(":")[0]
        if path not in totals:
            continue
        if last in STEP_NAMES:
            steps = totals[path]
        elif last in RATE_NAMES:
            rate = totals[path]
        else:
            variables.append((name, totals[path]))
    shapes = tuple(array.shape for array in weights)
    return OptimizerState(_steps(steps), _rate(rate), tuple(variables), shapes)


def _steps(found: Totals | None) -> int | None:
    if found is None or found.shape not in SINGLE or not found.dtype.startswith(("int", "uint")):
        return None
    return int(found.total) if 0 <= found.total <= MOST_STEPS else None


def _rate(found: Totals | None) -> float | None:
    if found is None or found.shape not in SINGLE or not found.dtype.startswith("float"):
        return None
    return found.total


def read_optimizer(
    reading: Reading, compiled: dict[str, Any], state: OptimizerState, version: str
) -> Optimizer | None:
    """The optimizer, of a wrapped one the inner; the learning rate of its variables goes before the config's.

    `compiled` is the `compile_config` of a `.keras` file, the `training_config` of an `.h5` file, or {}, and
    `version` that of Keras. Where gradients are accumulated over batches, the file counts these, not steps.
    """
    config: dict[str, Any] = {}
    stored = compiled.get("optimizer", compiled.get("optimizer_config"))
    if isinstance(stored, str):
        kind = BY_NAME.get(stored.lower(), stored)
    elif isinstance(stored, dict):
        kind, config = _opened(stored)
    else:
        return None
    if kind == "LossScaleOptimizer" and isinstance(config.get("inner_optimizer"), dict):
        kind, config = _opened(config["inner_optimizer"])
    if _falls(config):
        # Each step's learning rate is lr / (1 + decay * steps), as before Keras 2.11.
        by = {
            "decay_steps": 1,
            "decay_rate": config["decay"],
            INITIAL: config.get("learning_rate", config.get("lr")),
        }
        config = {**config, "learning_rate": {"class_name": "InverseTimeDecay", "config": by}}
    clipping = _clipping(reading, config, version)
    rate = config.get("learning_rate", config.get("lr"))
    schedule, how = _opened(rate) if isinstance(rate, dict) else (None, {})
    variable = None if schedule else state.learning_rate
    return Optimizer(
        kind=shown(kind),
        learning_rate=_finite(rate if variable is None else variable),
        schedule=None if schedule is None else shown(schedule),
        settings=_settings(config),
        schedule_settings=_settings(how),
        clipnorm=clipping["clipnorm"],
        clipvalue=clipping["clipvalue"],
        global_clipnorm=clipping["global_clipnorm"],
        iterations=None if _accumulates(config) else state.iterations,
        moments=read_moments(kind, config, state) if config or isinstance(stored, str) else None,
        clipnorm_is_global=_CLIPS_GLOBALLY.fullmatch(version) is not None,
        averages=config.get("use_ema") is True or kind == "ScheduleFreeAdamW",
    )


def _opened(stored: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    kind = str(stored.get("class_name", ""))
    for prefix in PREFIXES:
        kind = kind.removeprefix(prefix)
    config = stored.get("config")
    return todays_class(kind), config if isinstance(config, dict) else {}


def _clipping(reading: Reading, config: dict[str, Any], version: str) -> dict[str, float | None]:
    """The ways to clip that are at work; optimizers of Keras before 2.11 apply each that is set."""
    given = {way: _finite(config.get(way)) for way in CLIPPING}
    first, *others = [way for way, value in given.items() if value] or [""]
    if others and (version.startswith("3.") or config.get("is_legacy_optimizer") is False):
        ways = listed([f"`{way}`" for way in (first, *others)])
        reading.note(
            say("The optimizer has {ways}; Keras applies `{first}` alone of these.", ways=ways, first=first)
        )
        return {way: None if way in others else value for way, value in given.items()}
    return given


def _falls(config: dict[str, Any]) -> bool:
    """Whether the learning rate falls from step to step by the `decay` of older versions of Keras."""
    decay = config.get("decay")
    return isinstance(decay, float) and decay > 0 and not isinstance(config.get("learning_rate"), dict)


def _settings(config: dict[str, Any]) -> dict[str, Value]:
    """Settings that are numbers, truth values or short lists of numbers, without those that have a field."""
    found: dict[str, Value] = {}
    for name, value in config.items():
        numbers = value if isinstance(value, list) else [value]
        if name in _FIELDS or len(name) > _LONGEST_NAME or not name.isidentifier():
            continue
        if len(numbers) <= _MOST_NUMBERS and all(_is_setting(one) for one in numbers):
            found[name] = tuple(map(float, value)) if isinstance(value, list) else value
    return dict(list(found.items())[:_MOST_SETTINGS])


def _is_setting(value: Any) -> bool:
    return isinstance(value, bool) or _finite(value) is not None


def _accumulates(config: dict[str, Any]) -> bool:
    return config.get("gradient_accumulation_steps") is not None


def _finite(value: Any) -> float | None:
    is_number = whole(value) or isinstance(value, float)
    return float(value) if is_number and abs(value) < TOO_LARGE else None


def read_moments(kind: str, config: dict[str, Any], state: OptimizerState) -> Moments | None:
    """The moments of Adam, AdamW or Nadam with these settings.

    None for other optimizers, for gradients that are accumulated over several steps, and where none are
    stored that belong to the model's weights. Before the first step they are zero; see `iterations`.
    """
    if kind not in KINDS or _accumulates(config):
        return None
    beta_1, beta_2 = _beta(config, "beta_1"), _beta(config, "beta_2")
    if beta_1 is None or beta_2 is None:
        return None
    if any(name for name, _ in state.variables):
        pairs = _by_name(state.variables) or _by_list(state.variables, amsgrad=bool(config.get("amsgrad")))
    else:
        pairs = _by_place(kind, config, state.variables)
    return moments_of(beta_1, beta_2, pairs, state.weight_shapes)


def moments_of(
    beta_1: float, beta_2: float, pairs: Sequence[Pair], shapes: Iterable[tuple[int, ...]]
) -> Moments | None:
    """The moments of variables, first and second in pairs; None unless weights have such shapes."""
    if not pairs or not _belong(pairs, shapes):
        return None
    return Moments(
        beta_1=beta_1,
        beta_2=beta_2,
        first=tuple(math.sqrt(first.squares) for first, _ in pairs),
        second=tuple(second.total for _, second in pairs),
    )


def _beta(config: dict[str, Any], name: str) -> float | None:
    # A file that has only the optimizer's name was compiled with its defaults.
    beta = config.get(name) if config else BETAS[name]
    return beta if isinstance(beta, float) and 0 <= beta <= LARGEST_BETA else None


def _by_place(kind: str, config: dict[str, Any], variables: Sequence[Variable]) -> list[Pair]:
    arrays = [totals for _, totals in variables]
    if kind == "Nadam" and arrays and arrays[-1].shape == ():
        # The product of its momentum schedule.
        arrays.pop()
    averages, largest = bool(config.get("use_ema")), bool(config.get("amsgrad"))
    count, rest = divmod(len(arrays), 2 + averages + largest)
    if rest:
        return []
    moments = arrays[count * averages :][: 2 * count]
    return list(zip(moments[::2], moments[1::2], strict=True))


def _by_name(variables: Sequence[Variable]) -> list[Pair]:
    roles: dict[str, dict[str, Totals]] = {"m": {}, "v": {}}
    for name, totals in variables:
        role, key = _role(name)
        if role:
            roles[role][key] = totals
    if roles["m"].keys() != roles["v"].keys():
        return []
    return [(first, roles["v"][key]) for key, first in roles["m"].items()]


def _role(name: str) -> tuple[str, str]:
    """Which moment a name stands for, and of which variable; twice nothing where it stands for none."""
    *before, last = name.partition(":")[0].split("/")
    if found := _ENDING.fullmatch(last) or _NUMBERED.fullmatch(last):
        return _ROLES[found["role"]], "/".join([*before, found["key"]])
    if last in _ROLES and before:
        return _ROLES[last], "/".join(before)
    if len(before) > 1 and before[1] in _ROLES:
        return _ROLES[before[1]], "/".join([before[0], *before[2:], last])
    return "", ""


def _by_list(variables: Sequence[Variable], *, amsgrad: bool) -> list[Pair]:
    """Names that say nothing: without `amsgrad` the third list has one number for each variable."""
    arrays = [
        totals for name, totals in variables if _NAMELESS.fullmatch(name.partition(":")[0].rpartition("/")[2])
    ]
    third = len(arrays) // 3
    has_third = amsgrad or all(array.shape == (1,) for array in arrays[2 * third :])
    count, rest = divmod(len(arrays), 3 if has_third else 2)
    return [] if rest else list(zip(arrays[:count], arrays[count : 2 * count], strict=True))


def _belong(pairs: Sequence[Pair], weights: Iterable[tuple[int, ...]]) -> bool:
    """Whether the shapes are those of weights, and the second moments are sums of squares."""
    shapes = Counter(first.shape for first, _ in pairs)
    return shapes <= Counter(weights) and all(
        first.shape == second.shape
        and {first.dtype, second.dtype} <= EXACT
        # Of a training that diverged they are NaN or infinite.
        and math.sqrt(first.squares) < TOO_LARGE
        and second.total < TOO_LARGE
        and second.smallest >= 0
        for first, second in pairs
    )

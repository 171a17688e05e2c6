"""The optimizer and the loss, from every form in which Keras has written them, and real trainings."""

import math
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pytest
import tensorflow as tf
from builders_evidence import a_norm, a_step_log, norms_in
from builders_logs import read as read_log
from builders_models import a_keras_file, a_sequential, an_h5_file, compiled, hdf5, numbers, the_weights
from builders_training import a_dataset, a_network, saved

from grader.checks.log_fits_optimizer import LogFitsOptimizer
from grader.checks.norm_within_cap import NormWithinCap
from grader.checks.optimizer_is import OptimizerIs
from grader.evidence.model import Model, Moments, Optimizer
from grader.evidence.optimizers import BY_VALUES, INITIAL, OWN, SCHEDULES, settings_of
from grader.measure.model import reading
from grader.measure.model.compiled import OptimizerState, read_optimizer
from grader.measure.model.read import read_model
from grader.student import NormLogger

STEPS, RATE = np.int64(17190), np.float32(1e-3)
STORED_RATE = 0.0010000000474974513
KEY = "optimizer/vars"


def facts_of_keras(
    compile_config: Any, variables: dict[str, Any] | None = None, weights: dict[str, Any] | None = None
) -> Model:
    """The facts of a `.keras` file with this compile config and these variables of the optimizer."""
    network = {**a_sequential(), "compile_config": compile_config}
    arrays = {**(weights or the_weights()), **(variables or {})}
    return read_model("m.keras", a_keras_file(network, hdf5(arrays))).facts


def facts_of_h5(training: Any, variables: dict[str, Any] | None = None) -> Model:
    """The same for an `.h5` file."""
    return read_model("model.h5", an_h5_file(training=training, optimizer=variables)).facts


def by_number(*arrays: Any, group: str = KEY) -> dict[str, Any]:
    """Variables of an optimizer in a `.keras` file."""
    return {f"{group}/{number}": array for number, array in enumerate(arrays)}


def as_bfloat16(array: Any) -> Any:
    """The upper half of each float32, in two bytes that have no type."""
    return np.ascontiguousarray(array, "<f4").view("V2")[..., 1::2]


def an_optimizer(kind: str, **config: Any) -> dict[str, Any]:
    """An optimizer as Keras 3 writes it."""
    return {"module": "keras.optimizers", "class_name": kind, "config": config, "registered_name": None}


ADAM = an_optimizer("Adam")
SCALED = an_optimizer("LossScaleOptimizer", inner_optimizer=an_optimizer("Adam", clipvalue=0.5))
SCHEDULE = {"module": "keras.optimizers.schedules", "class_name": "ExponentialDecay", "config": {}}
FALLS = {"decay_steps": 1, "decay_rate": 0.001, "initial_learning_rate": 0.5}
SGD = an_optimizer("SGD", learning_rate=SCHEDULE, momentum=0.9, global_clipnorm=1.0)


@pytest.mark.parametrize(
    ("stored", "settings"),
    [
        pytest.param(
            an_optimizer(
                "SGD", momentum=0.9, nesterov=True, learning_rate=0.1, clipnorm=1.0, jit_compile=True
            ),
            {"momentum": 0.9, "nesterov": True},
            id="those that have no field",
        ),
        pytest.param(
            an_optimizer("Muon", ns_steps=5, exclude_layers=["a"], rms_rate=math.nan, weight_decay=None),
            {"ns_steps": 5},
            id="numbers alone",
        ),
        pytest.param(
            an_optimizer(
                "Adam", **{"a b": 1, "x" * 61: 1, "many": [1] * 101, "large": 1e200, "deep": {"a": 1}}
            ),
            {},
            id="hostile",
        ),
        pytest.param(an_optimizer("Adam", **{f"a{one}": 1 for one in range(90)}), range(60), id="very many"),
        pytest.param("adam", {}, id="a name alone"),
    ],
)
def test_the_other_settings_are_kept(stored: Any, settings: Any) -> None:
    """As a small mapping of numbers, so that a new one costs no code."""
    notes = reading.start("m.keras", reading.Limits())

    found = read_optimizer(notes, {"optimizer": stored}, OptimizerState(), "3.15.1")

    assert found is not None
    assert len(settings) == len(found.settings)
    assert not isinstance(settings, dict) or settings == found.settings


@pytest.mark.parametrize(
    ("rate", "schedule", "settings"),
    [
        pytest.param(
            an_optimizer("PiecewiseConstantDecay", boundaries=[10, 20], values=[0.1, 0.01, 0.001], name="x"),
            "PiecewiseConstantDecay",
            {"boundaries": (10.0, 20.0), "values": (0.1, 0.01, 0.001)},
            id="lists",
        ),
        pytest.param(0.5, "InverseTimeDecay", FALLS, id="`decay` of older versions"),
    ],
)
def test_the_settings_of_a_schedule_are_kept(rate: Any, schedule: str, settings: dict[str, Any]) -> None:
    """And the `decay` of Keras before 2.11 is one."""
    config = {"learning_rate": rate, "decay": 0.001} if rate == 0.5 else {"learning_rate": rate}
    notes = reading.start("m.h5", reading.Limits())

    found = read_optimizer(notes, {"optimizer": an_optimizer("SGD", **config)}, OptimizerState(), "2.9.0")

    assert found is not None
    assert (schedule, settings) == (found.schedule, found.schedule_settings)


ALL_CLIP = {"clipnorm": 1.0, "global_clipnorm": 2.0, "clipvalue": 0.5}
CLIPPED = [1.0, None, None]


@pytest.mark.parametrize(
    ("given", "version", "applied"),
    [
        pytest.param(ALL_CLIP, "3.15.1", CLIPPED, id="all, Keras 3"),
        pytest.param(ALL_CLIP | {"is_legacy_optimizer": False}, "2.13.1", CLIPPED, id="Keras 2.11"),
        pytest.param(ALL_CLIP, "2.9.0", [1.0, 2.0, 0.5], id="before Keras 2.11"),
        pytest.param(ALL_CLIP | {"clipnorm": 0.0}, "3.15.1", [0.0, 2.0, None], id="0 is none"),
        pytest.param({"clipvalue": 0.5}, "3.15.1", [None, None, 0.5], id="one"),
    ],
)
def test_of_several_ways_to_clip_keras_takes_one(
    given: dict[str, Any], version: str, applied: list[float | None]
) -> None:
    """It is judged by what it does, and a note says so."""
    notes = reading.start("m.keras", reading.Limits())

    found = read_optimizer(notes, {"optimizer": an_optimizer("Adam", **given)}, OptimizerState(), version)

    assert found is not None
    assert applied == [found.clipnorm, found.global_clipnorm, found.clipvalue]
    assert bool(notes.notes) == (None in applied and len(given) > 1)


@pytest.mark.hostile_row(90)
@pytest.mark.parametrize(
    ("stored", "variables", "expected"),
    [
        (
            compiled(a_sequential())["compile_config"]["optimizer"],
            by_number(STEPS, RATE, numbers(3, 2), numbers(3, 2)),
            {"learning_rate": STORED_RATE, "clipnorm": 1.0, "iterations": 17190},
        ),
        # A callback may have lowered the learning rate since compile.
        (
            an_optimizer("Adam", learning_rate=0.1),
            by_number(STEPS, np.float32(0.025)),
            {"learning_rate": 0.02500000037252903, "iterations": 17190},
        ),
        # With a schedule there is no one learning rate, and no variable for it.
        (
            SGD,
            by_number(STEPS, np.float32(0.5)),
            {
                "kind": "SGD",
                "schedule": "ExponentialDecay",
                "global_clipnorm": 1.0,
                "settings": {"momentum": 0.9},
                "iterations": 17190,
            },
        ),
        # Mixed precision wraps the optimizer.
        *(
            (
                SCALED,
                by_number(np.int64(3)) | by_number(STEPS, RATE, group=f"optimizer/{inner}/vars"),
                {"learning_rate": STORED_RATE, "clipvalue": 0.5, "iterations": 17190},
            )
            for inner in ("inner_optimizer", "_optimizer")
        ),
        # Keras 2 kept the text that compile was given.
        *(
            (name, {}, {"kind": kind})
            for name, kind in (("adam", "Adam"), ("RMSprop", "RMSprop"), ("mine", "mine"))
        ),
        # A cap is a number or nothing; of the steps there is one whole number that can have been made.
        *((an_optimizer("Adam", clipnorm=value), {}, {}) for value in (True, "1.0", None, [1.0], 10**399)),
        *(
            (ADAM, by_number(steps), {})
            for steps in (np.float32(3), np.zeros(3, "int64"), np.zeros((1, 1), "int64"))
        ),
        *(
            (ADAM, by_number(steps), {})
            for steps in (np.int64(-5), np.int64(10**12 + 1), np.uint64(2**64 - 1))
        ),
    ],
)
def test_the_optimizer_in_a_keras_file(
    stored: Any, variables: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Its settings, its steps and the learning rate that it last had."""
    model = facts_of_keras({"optimizer": stored}, variables)

    assert Optimizer(**{"kind": "Adam", **expected}) == model.optimizer
    assert (8, 2) == (model.parameters, model.variables)


@pytest.mark.parametrize("config", [None, {}, [], {"optimizer": None}, {"optimizer": 7}])
def test_no_optimizer_is_none(config: Any) -> None:
    """An uncompiled model says nothing about it."""
    assert (None, "") == (facts_of_keras(config).optimizer, facts_of_keras(config).loss)


@pytest.mark.parametrize(
    ("stored", "variables", "expected"),
    [
        (
            {"class_name": "Adam", "config": {"lr": 0.001}},
            {"Adam/iterations:0": STEPS, "training/Adam/Variable:0": numbers(3, 2)},
            {"learning_rate": 0.001},
        ),
        # Every version of Keras has had another name for the steps.
        *(
            ({"class_name": "Custom>Adam", "config": {}}, {name: STEPS}, {})
            for name in ("Adam/iter:0", "iteration:0", "adam/iteration", "loss_scale/iteration")
        ),
        # Of a wrapped optimizer the inner one stands last.
        (
            {
                "class_name": "LossScaleOptimizerV3",
                "config": {"inner_optimizer": an_optimizer("Adam", learning_rate=0.5)},
            },
            {"outer/iteration": np.int64(3), "adam/iteration": STEPS, "adam/learning_rate": RATE},
            {"learning_rate": STORED_RATE},
        ),
    ],
)
def test_the_optimizer_in_an_h5_file(
    stored: Any, variables: dict[str, Any], expected: dict[str, Any]
) -> None:
    """By the names of its variables."""
    model = facts_of_h5({"optimizer_config": stored, "loss": "categorical_crossentropy"}, variables)

    assert Optimizer(**{"kind": "Adam", "iterations": 17190, **expected}) == model.optimizer
    assert "categorical_crossentropy" == model.loss


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        *(
            (name, ("sparse_categorical_crossentropy", None))
            for name in ("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy")
        ),
        *((loss, ("mse", None)) for loss in (["mse"], {"output": "mse"})),
        (
            {"class_name": "SparseCategoricalCrossentropy", "config": {"from_logits": True}},
            ("sparse_categorical_crossentropy", True),
        ),
        ({"class_name": "function", "config": "mean_squared_error"}, ("mean_squared_error", None)),
        ({"class_name": "Mine", "config": {"from_logits": "yes"}}, ("mine", None)),
        (None, ("", None)),
    ],
)
def test_the_loss_has_one_name(loss: Any, expected: tuple[str, bool | None]) -> None:
    """As text, as class, as function: the same name."""
    model = facts_of_keras({"loss": loss})

    assert expected == (model.loss, model.from_logits)


BETAS = {"beta_1": 0.9, "beta_2": 0.999}
KERNEL, BIAS = np.full((3, 2), 2.0, "float32"), np.array([3.0, 4.0], "float32")
KERNEL_SQUARES, BIAS_SQUARES = np.full((3, 2), 0.5, "float32"), np.array([1.0, 0.25], "float32")
MOMENTS = Moments(**BETAS, first=(24.0**0.5, 5.0), second=(3.0, 1.25))


FOUR = (KERNEL, KERNEL_SQUARES, BIAS, BIAS_SQUARES)
# Keras before 2.3 has all first moments, all second ones, and a third list or none.
LISTED = (KERNEL, BIAS, KERNEL_SQUARES, BIAS_SQUARES)


def in_keras(*arrays: Any, kind: str = "Adam", **config: Any) -> Moments | None:
    """The moments in a `.keras` file whose optimizer has these arrays."""
    stored = {"optimizer": an_optimizer(kind, **{**BETAS, **config})}
    return the_moments(facts_of_keras(stored, by_number(*arrays)))


def in_h5(variables: dict[str, Any], **config: Any) -> Moments | None:
    """The moments in an `.h5` file whose optimizer has these variables by name."""
    training = {"optimizer_config": {"class_name": "Adam", "config": {**BETAS, **config}}}
    return the_moments(facts_of_h5(training, variables))


def the_moments(model: Model) -> Moments | None:
    """Those of its optimizer."""
    assert model.optimizer is not None
    return model.optimizer.moments


@pytest.mark.parametrize(
    ("arrays", "config"),
    [
        ([STEPS, RATE, *FOUR], {}),
        # Keras 2 and a schedule have no variable for the learning rate.
        ([STEPS, *FOUR], {}),
        ([STEPS, RATE, *FOUR], {"kind": "AdamW"}),
        # A single number of Nadam, running averages, the largest moments.
        ([STEPS, RATE, *FOUR, np.float32(0.5)], {"kind": "Nadam"}),
        ([STEPS, RATE, -KERNEL, -BIAS, *FOUR], {"use_ema": True}),
        ([STEPS, RATE, *FOUR, KERNEL, BIAS], {"amsgrad": True}),
    ],
)
def test_two_for_each_variable_in_turn(arrays: list[Any], config: dict[str, Any]) -> None:
    """Behind the steps and the learning rate, whatever else stands around them; a fresh state is zero."""
    assert MOMENTS == in_keras(*arrays, **config)
    assert Moments(**BETAS, first=(0.0, 0.0), second=(0.0, 0.0)) == in_keras(
        *(array * 0 for array in arrays), **config
    )


def test_of_a_wrapped_optimizer_those_of_the_inner_one() -> None:
    """Where the loss is scaled; one that is known by its name alone has the defaults."""
    wrapped = an_optimizer("LossScaleOptimizer", inner_optimizer=an_optimizer("Adam", **BETAS))
    outer = by_number(STEPS, RATE, STEPS, RATE, *FOUR)
    inner = by_number(STEPS, RATE, *FOUR, group="optimizer/inner_optimizer/vars")

    assert MOMENTS == the_moments(facts_of_keras({"optimizer": wrapped}, {**outer, **inner}))
    assert MOMENTS == the_moments(facts_of_keras({"optimizer": "adam"}, by_number(STEPS, *FOUR)))


def test_a_bias_of_one_unit_is_not_the_learning_rate() -> None:
    """It has the shape (1,), the learning rate has none."""
    one, kernel = np.ones(1, "float32"), np.ones((3, 1), "float32")
    stored = {"optimizer": an_optimizer("Adam", **BETAS)}
    model = facts_of_keras(stored, by_number(STEPS, one, one, kernel, kernel), the_weights(3, 1))

    assert Moments(**BETAS, first=(1.0, 3.0**0.5), second=(1.0, 3.0)) == the_moments(model)


@pytest.mark.parametrize(
    "names",
    [
        ("adam/dense_kernel_momentum", "adam/dense_kernel_velocity", "adam/b_momentum", "adam/b_velocity"),
        ("Adam/m/dense/kernel:0", "Adam/v/dense/kernel:0", "Adam/m/dense/bias:0", "Adam/v/dense/bias:0"),
        ("Adam/dense/kernel/m:0", "Adam/dense/kernel/v:0", "Adam/dense/bias/m:0", "Adam/dense/bias/v:0"),
        ("training/Adam/m_0:0", "training/Adam/v_0:0", "training/Adam/m_1:0", "training/Adam/v_1:0"),
    ],
)
def test_names_say_which_moment_it_is(names: tuple[str, ...]) -> None:
    """In whatever order they stand."""
    by_name = dict(zip(names, FOUR, strict=True))
    grouped = {name: by_name[name] for name in (names[0], names[2], names[1], names[3])}

    assert MOMENTS == in_h5({"adam/iteration": STEPS, "adam/learning_rate": RATE, **by_name})
    assert MOMENTS == in_h5({"Adam/iter:0": STEPS, **grouped})


@pytest.mark.parametrize(
    ("third", "config"), [([np.zeros(1, "float32")] * 2, {}), ([KERNEL, BIAS], {"amsgrad": True}), ([], {})]
)
def test_lists_without_names(third: list[Any], config: dict[str, Any]) -> None:
    """With a third list or none."""
    names = ["Variable:0", *(f"Variable_{number}:0" for number in range(1, 10))]
    variables = dict(zip((f"training/Adam/{name}" for name in names), [*LISTED, *third], strict=False))

    assert MOMENTS == in_h5({"Adam/iterations:0": STEPS, **variables}, **config)


@pytest.mark.parametrize(
    ("arrays", "config"),
    [
        # The wrong number, order, sign, type or shape, more than there are weights, or not finite.
        *((arrays, {}) for arrays in ([], FOUR[:3], LISTED, [*FOUR, KERNEL, KERNEL_SQUARES])),
        ([KERNEL, -KERNEL_SQUARES, BIAS, BIAS_SQUARES], {}),
        ([KERNEL.astype("float16"), KERNEL_SQUARES, BIAS, BIAS_SQUARES], {}),
        ([KERNEL, KERNEL_SQUARES, as_bfloat16(BIAS), as_bfloat16(BIAS_SQUARES)], {}),
        ([KERNEL, KERNEL_SQUARES * np.nan, BIAS, BIAS_SQUARES], {}),
        ([KERNEL * np.inf, KERNEL_SQUARES, BIAS, BIAS_SQUARES], {}),
        ([KERNEL, KERNEL_SQUARES.astype("float64") * 1e308, BIAS, BIAS_SQUARES], {}),
        ([KERNEL.astype("float64") * 1e153, KERNEL_SQUARES, BIAS, BIAS_SQUARES], {}),
        ([KERNEL[:2], KERNEL_SQUARES[:2], BIAS, BIAS_SQUARES], {}),
        ([KERNEL.astype("int64"), KERNEL_SQUARES.astype("int64"), BIAS, BIAS_SQUARES], {}),
        # More numbers than an optimizer keeps; the weights decide how much that can be.
        ([np.zeros((3, 2), "float32")] * 12, {}),
        # Settings without a formula: the averages of accumulated gradients are not those of the steps.
        *(
            (FOUR, config)
            for config in ({"beta_1": None}, {"beta_2": 1.0}, {"beta_2": "0.9"}, {"beta_1": -0.5})
        ),
        *((FOUR, config) for config in ({"beta_2": 0.9999999999}, {"gradient_accumulation_steps": 4})),
        *((FOUR, {"kind": kind}) for kind in ("SGD", "RMSprop", "Adamax", "Lion", "Mine")),
    ],
)
def test_what_cannot_be_moments_is_none(arrays: Any, config: dict[str, Any]) -> None:
    """The variables of another optimizer mean something else."""
    assert in_keras(STEPS, RATE, *arrays, **config) is None


@pytest.mark.parametrize("name", ["Adam/m", "m", "Adam/dense/w:0", "_velocity", "/", "Variable"])
def test_names_that_say_nothing_are_none(name: str) -> None:
    """Half a pair is no pair."""
    assert in_h5({"Adam/iter:0": STEPS, name.strip("/") or "x": KERNEL}) is None


IMAGES = np.random.default_rng(0).normal(size=(160, 6)).astype("float32")
LABELS = (IMAGES.sum(axis=1) > 0).astype("int64")


def a_model(optimizer: Any, **fields: Any) -> keras.Model:
    """A compiled network of two dense layers, with batch normalisation between."""
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", **fields)
    return model


def said(path: Path, log: Path) -> tuple[str, str]:
    """The status and the sentence of the check on the files."""
    model = read_model(path.name, path.read_bytes()).facts
    written = read_log(log.read_bytes(), log.name)
    check = LogFitsOptimizer()
    finding = check.find(norms_in(written, check, None, model=model), model)
    return finding.status, str(finding.message)


EXACT = "`global_norm_after` fits the optimizer as the norm of all gradients after clipping: its "
KEPT = keras.optimizers.schedules.ExponentialDecay(0.01, 5, 0.9)


def another(name: str, default: Any) -> Any:
    """A value of a setting that is not its default and that Keras takes."""
    whole = {"ns_steps": 7, "warmup_steps": 3}
    whole |= {"ema_overwrite_frequency": 10, "gradient_accumulation_steps": 4}
    if name in whole or isinstance(default, bool):
        return whole.get(name, not default)
    return 0.25 if default is None else default * 0.5 or 0.125


@pytest.mark.parametrize(("kind", "suffix"), [*((kind, ".keras") for kind in OWN), ("Muon", ".h5")])
def test_every_setting_of_keras_is_read_and_compared(kind: str, suffix: str, tmp_path: Path) -> None:
    """As Keras writes them; each that differs is named, and the defaults pass."""
    usual = settings_of(kind)
    ways = {"clipvalue", "global_clipnorm"}
    given = {name: another(name, usual[name]) for name in usual.keys() - ways}
    model = a_model(getattr(keras.optimizers, kind)(**given, clipvalue=0.5))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(tmp_path / f"model{suffix}")
    facts = read_model(f"model{suffix}", (tmp_path / f"model{suffix}").read_bytes()).facts
    check = OptimizerIs(name=kind, settings={**given, "clipvalue": 0.5})

    assert "passed" == check.find(facts, None, None).status
    for name, default in usual.items():
        wrong = OptimizerIs(name=kind, settings={name: default or 0})
        assert "failed" == wrong.find(facts, None, None).status or name == "global_clipnorm"


SCHEDULED: dict[str, dict[str, Any]] = {
    "CosineDecay": {"decay_steps": 10, "alpha": 0.5, "warmup_target": 0.5, "warmup_steps": 2},
    "CosineDecayRestarts": {"first_decay_steps": 10, "t_mul": 3.0, "m_mul": 0.5, "alpha": 0.5},
    "ExponentialDecay": {"decay_steps": 10, "decay_rate": 0.5, "staircase": True},
    "InverseTimeDecay": {"decay_steps": 10, "decay_rate": 0.5, "staircase": True},
    "PiecewiseConstantDecay": {"boundaries": (10, 20), "values": (0.5, 0.25, 0.125)},
    "PolynomialDecay": {"decay_steps": 10, "end_learning_rate": 0.01, "power": 2.0, "cycle": True},
}


@pytest.mark.parametrize("kind", SCHEDULES)
def test_every_schedule_of_keras_is_read_and_compared(kind: str, tmp_path: Path) -> None:
    """With all of its settings, and the learning rate of the first step."""
    given = SCHEDULED[kind]
    first = {} if kind == BY_VALUES else {INITIAL: 0.25}
    schedule = getattr(keras.optimizers.schedules, kind)(**first, **given)
    a_model(keras.optimizers.SGD(schedule)).save(tmp_path / "model.keras")
    facts = read_model("model.keras", (tmp_path / "model.keras").read_bytes()).facts

    def status(**changed: Any) -> str:
        check = OptimizerIs(name="SGD", learning_rate=first.get(INITIAL), schedule={kind: given | changed})
        return check.find(facts, None, None).status

    assert set(SCHEDULES[kind]) == set(given)
    assert "passed" == status()
    assert {"failed"} == {status(**{name: 7 if name != "values" else (1, 2, 3)}) for name in given}


@pytest.mark.parametrize(
    ("kind", "config", "stored"),
    [
        ("Adam", {"clipnorm": 0.1}, {}),
        ("AdamW", {"global_clipnorm": 0.1, "use_ema": True, "amsgrad": True}, {"averages": True}),
        ("Nadam", {"clipvalue": 0.05}, {}),
        ("LossScaleOptimizer", {"clipnorm": 0.1}, {"kind": "Adam"}),
        ("Adam", {"learning_rate": KEPT}, {"learning_rate": None, "schedule": "ExponentialDecay"}),
    ],
)
def test_a_real_training_fits(
    kind: str, config: dict[str, Any], stored: dict[str, Any], tmp_path: Path
) -> None:
    """A checkpoint of its first epoch and what is saved at its end, in both forms of files."""
    made = {"learning_rate": 2**-7, **config}
    if kind == "LossScaleOptimizer":
        optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(**made))
    else:
        optimizer = getattr(keras.optimizers, kind)(**made)
    model = a_model(optimizer)
    log = tmp_path / "training_log.csv"
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras")
    model.fit(IMAGES, LABELS, batch_size=32, epochs=2, verbose=0, callbacks=[NormLogger(log), checkpoint])
    model.save(tmp_path / "model.keras")
    model.save(tmp_path / "model.h5")
    caps = {name: value for name, value in made.items() if name in Optimizer.model_fields}

    for name, steps, rows in (
        ("1.keras", 5, "rows 1 to 5 of 10"),
        ("model.keras", 10, "10 rows"),
        ("model.h5", 10, "10 rows"),
    ):
        found = read_model(name, (tmp_path / name).read_bytes()).facts
        status, message = said(tmp_path / name, log)
        assert found.optimizer is not None
        assert found.optimizer.settings["beta_1"] == 0.9
        as_found = {
            name: getattr(found.optimizer, name) for name in ("moments", "settings", "schedule_settings")
        }
        assert (
            Optimizer(**{"kind": kind, **caps, **stored, "iterations": steps, **as_found}) == found.optimizer
        )
        assert ("sparse_categorical_crossentropy", keras.__version__) == (found.loss, found.keras_version)
        assert "passed" == status
        assert message.startswith(EXACT + rows)


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_data_of_unknown_size_fits(tmp_path: Path) -> None:
    """Keras counts a step too many in each epoch; the moments do not know of it."""
    data = tf.data.Dataset.from_generator(
        lambda: ((IMAGES[at : at + 32], LABELS[at : at + 32]) for at in range(0, 160, 32)),
        output_signature=(tf.TensorSpec((None, 6)), tf.TensorSpec((None,), tf.int64)),
    )
    logged, counted = (a_model(keras.optimizers.Adam(1e-2, clipnorm=0.1)) for _ in range(2))
    log = tmp_path / "training_log.csv"
    logged.fit(IMAGES, LABELS, batch_size=32, shuffle=False, verbose=0, callbacks=[NormLogger(log)])
    counted.fit(data, shuffle=False, verbose=0)
    counted.save(tmp_path / "model.keras")

    assert 6 == int(counted.optimizer.iterations)
    assert "passed" == said(tmp_path / "model.keras", log)[0]


def compiled_again(model: keras.Model) -> None:
    model.compile(keras.optimizers.Adam(1e-3, clipnorm=1.0), "sparse_categorical_crossentropy")


def cap_set(model: keras.Model) -> None:
    model.optimizer.clipnorm = 0.01


@pytest.mark.parametrize(
    ("change", "status", "begins"),
    [
        # Its optimizer is new.
        (compiled_again, "not_checked", "The optimizer in the model file is new and remembers no step, so "),
        # The optimizer remembers what it was given.
        (cap_set, "review", "The model file stores `clipnorm=0.01`, but its optimizer remembers larger"),
    ],
)
def test_what_is_changed_before_saving(
    change: Callable[[keras.Model], None], status: str, begins: str, tmp_path: Path
) -> None:
    """A new optimizer proves nothing, a new cap is seen."""
    model = a_model(keras.optimizers.Adam(1e-2))
    log = tmp_path / "training_log.csv"
    model.fit(IMAGES, LABELS, batch_size=8, epochs=10, verbose=0, callbacks=[NormLogger(log)])
    change(model)
    model.save(tmp_path / "model.keras")
    found, message = said(tmp_path / "model.keras", log)

    assert status == found
    assert message.startswith(begins)


@pytest.mark.parametrize(
    ("name", "rows"), [("ana_passes", 8595), ("bruno_without_clipping", 8595), ("carla_one_epoch", 1719)]
)
def test_the_examples_fit(name: str, rows: int, examples: Path) -> None:
    """Trainings of the homework itself: the log predicts the moment to seven digits."""
    status, message = said(examples / name / "model.keras", examples / name / "training_log.csv")
    difference = float(message.rpartition("(relative difference ")[2].removesuffix(")."))

    assert "passed" == status
    assert message.startswith(f"{EXACT}{rows:,} rows predict ")
    assert difference < 1e-7


def test_the_log_of_one_example_does_not_fit_the_model_of_another(examples: Path) -> None:
    """Each has its own gradients."""
    log = examples / "bruno_without_clipping" / "training_log.csv"
    status, message = said(examples / "ana_passes" / "model.keras", log)

    assert "review" == status
    assert " does not fit the optimizer as " in message


@pytest.mark.parametrize(("kind", "averages"), [("ScheduleFreeAdamW", True), ("AdamW", False)])
def test_weights_that_an_optimizer_without_schedule_averages(kind: str, averages: bool) -> None:
    """After `fit` they are not those of the last step, as with `use_ema`."""
    stored = facts_of_keras({"optimizer": an_optimizer(kind, use_ema=False)}).optimizer

    assert stored is not None
    assert averages == stored.averages


@pytest.mark.parametrize(
    ("version", "is_global"),
    [
        *(("2.3.1", True), ("2.2.4", True), ("1.2.2", True), ("0.3.3", True)),
        *(("2.3.0-tf", False), ("2.2.4-tf", False), ("2.4.0", False), ("2.15.0", False)),
        *(("3.15.1", False), ("", False), ("99", False)),
    ],
)
def test_what_clipnorm_meant_follows_from_the_version(version: str, is_global: bool) -> None:
    """Stand-alone Keras clipped all gradients as one vector, TensorFlow's and today's each variable's."""
    training = {"optimizer_config": {"class_name": "Adam", "config": {"clipnorm": 1.0}}}
    found = read_model("model.h5", an_h5_file(training=training, version=version)).facts.optimizer

    assert found is not None
    assert (1.0, 1.0 if is_global else None) == (found.clipnorm, found.global_cap)


def test_batches_whose_gradients_are_accumulated_are_no_steps() -> None:
    """How many steps were made is not known then, and nobody's log lacks one."""
    stored = an_optimizer("Adam", **BETAS, gradient_accumulation_steps=4)
    found = facts_of_keras({"optimizer": stored}, by_number(STEPS, RATE, *FOUR)).optimizer

    assert found is not None
    assert (None, None) == (found.iterations, found.moments)


@pytest.mark.parametrize(("cap", "status"), [(0.6, "passed"), (None, "failed")])
def test_the_norm_that_a_loop_logs_from_before_its_clipping(
    tmp_path: Path, cap: float | None, status: str
) -> None:
    """The moments of a real training tell `tf.clip_by_global_norm` from no clipping."""
    dataset, model = a_dataset(), a_network()
    model.compile(keras.optimizers.Adam(1e-3))
    loss = keras.losses.SparseCategoricalCrossentropy()
    norms = []
    for start in range(0, 600, 10):
        images = dataset.x_train[start : start + 10] / np.float32(255)
        with tf.GradientTape() as tape:
            value = loss(dataset.y_train[start : start + 10], model(images))
        gradients = tape.gradient(value, model.trainable_variables)
        norm = tf.linalg.global_norm(gradients)
        if cap:
            gradients, norm = tf.clip_by_global_norm(gradients, cap)
        model.optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        norms.append(float(norm))
    facts = read_model("m.keras", saved(model, tmp_path)).facts
    log = a_step_log(a_norm(norms), steps=60)
    logged = norms_in(log, NormWithinCap(cap=0.6), None, model=facts)
    within = NormWithinCap(cap=0.6).find(logged)

    assert status == OptimizerIs(name="Adam", clipnorm=0.6).find(facts, logged, None).status
    assert bool(cap) == ("clip_by_global_norm" in str(within.hint))

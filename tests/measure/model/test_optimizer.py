"""The optimizer and the loss, from every form in which Keras has written them, and real trainings."""

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pytest
import tensorflow as tf
from builders_evidence import ask
from builders_models import (
    a_dense,
    a_keras_file,
    a_sequential,
    an_h5_file,
    an_input,
    compiled,
    hdf5,
    numbers,
    old,
    the_weights,
)

from grader.checks.log_fits_optimizer import LogFitsOptimizer
from grader.evidence import Declaration
from grader.evidence.model import Model, Moments, Optimizer
from grader.measure.log.read import read_log
from grader.measure.model.arrays import totals_of
from grader.measure.model.hdf5 import Contents
from grader.measure.model.optimizer_state import OptimizerState, Variable, from_h5, from_keras, wanted
from grader.measure.model.read import read_model
from grader.student import NormLogger

STEPS, RATE = np.int64(17190), np.float32(1e-3)
STORED_RATE = 0.0010000000474974513
H5_NETWORK = old(a_sequential(old(an_input(3)), old(a_dense(2))))


def facts_of_keras(compile_config: Any, variables: dict[str, Any] | None = None) -> Model:
    """The facts of a `.keras` file with this compile config and these variables of the optimizer."""
    network = {**a_sequential(), "compile_config": compile_config}
    return read_model("m.keras", a_keras_file(network, hdf5({**the_weights(), **(variables or {})}))).facts


def facts_of_h5(training: Any, variables: dict[str, Any] | None = None) -> Model:
    """The same for an `.h5` file."""
    return read_model("model.h5", an_h5_file(H5_NETWORK, training=training, optimizer=variables)).facts


def by_number(arrays: list[Any], group: str = "optimizer/vars") -> dict[str, Any]:
    """Variables of an optimizer in a `.keras` file."""
    return {f"{group}/{number}": array for number, array in enumerate(arrays)}


def an_optimizer(kind: str, **config: Any) -> dict[str, Any]:
    """An optimizer as Keras 3 writes it."""
    return {"module": "keras.optimizers", "class_name": kind, "config": config, "registered_name": None}


def test_adam_of_keras_3() -> None:
    """The homework's recipe; the learning rate is the stored float32, and the moments are left aside."""
    variables = {
        "optimizer/vars/0": STEPS,
        "optimizer/vars/1": RATE,
        "optimizer/vars/2": numbers(3, 2),
        "optimizer/vars/3": numbers(3, 2),
    }
    network = compiled(a_sequential())
    model = read_model("model.keras", a_keras_file(network, hdf5({**the_weights(), **variables}))).facts

    assert (
        Optimizer(kind="Adam", learning_rate=STORED_RATE, clipnorm=1.0, iterations=17190) == model.optimizer
    )
    assert ("sparse_categorical_crossentropy", None) == (model.loss, model.from_logits)
    assert (8, 2) == (model.parameters, model.variables)


def test_the_stored_learning_rate_goes_first() -> None:
    """A callback may have lowered it since compile."""
    model = facts_of_keras(
        {"optimizer": an_optimizer("Adam", learning_rate=0.1)},
        {"optimizer/vars/0": STEPS, "optimizer/vars/1": np.float32(0.025)},
    )

    assert model.optimizer is not None
    assert 0.02500000037252903 == model.optimizer.learning_rate


def test_a_schedule_is_named() -> None:
    """With a schedule there is no one learning rate, and no variable for it."""
    schedule = {"module": "keras.optimizers.schedules", "class_name": "ExponentialDecay", "config": {}}
    model = facts_of_keras(
        {"optimizer": an_optimizer("SGD", learning_rate=schedule, momentum=0.9, global_clipnorm=1.0)},
        {"optimizer/vars/0": STEPS, "optimizer/vars/1": np.float32(0.5)},
    )

    assert (
        Optimizer(kind="SGD", schedule="ExponentialDecay", global_clipnorm=1.0, iterations=17190)
        == model.optimizer
    )


@pytest.mark.parametrize("inner", ["inner_optimizer", "_optimizer"])
def test_under_a_scaled_loss_the_inner_optimizer_counts(inner: str) -> None:
    """Mixed precision wraps the optimizer."""
    wrapped = an_optimizer("LossScaleOptimizer", inner_optimizer=an_optimizer("Adam", clipvalue=0.5))
    model = facts_of_keras(
        {"optimizer": wrapped},
        {
            "optimizer/vars/0": np.int64(3),
            f"optimizer/{inner}/vars/0": STEPS,
            f"optimizer/{inner}/vars/1": RATE,
        },
    )

    assert (
        Optimizer(kind="Adam", learning_rate=STORED_RATE, clipvalue=0.5, iterations=17190) == model.optimizer
    )


@pytest.mark.parametrize(("name", "kind"), [("adam", "Adam"), ("RMSprop", "RMSprop"), ("mine", "mine")])
def test_an_optimizer_by_name(name: str, kind: str) -> None:
    """Keras 2 kept the text that compile was given."""
    assert Optimizer(kind=kind) == facts_of_keras({"optimizer": name, "loss": "mse"}).optimizer


@pytest.mark.parametrize("config", [None, {}, [], {"optimizer": None}, {"optimizer": 7}])
def test_no_optimizer_is_none(config: Any) -> None:
    """An uncompiled model says nothing about it."""
    assert facts_of_keras(config).optimizer is None
    assert "" == facts_of_keras(config).loss


@pytest.mark.parametrize("value", [True, "1.0", None, [1.0], 10**399])
def test_what_is_no_number_is_none(value: Any) -> None:
    """A cap is a number or nothing."""
    assert (
        Optimizer(kind="Adam")
        == facts_of_keras({"optimizer": an_optimizer("Adam", clipnorm=value)}).optimizer
    )


def test_adam_of_keras_2() -> None:
    """The learning rate is called `lr`, the steps stand by name."""
    model = facts_of_h5(
        {
            "optimizer_config": {"class_name": "Adam", "config": {"lr": 0.001}},
            "loss": "categorical_crossentropy",
        },
        {"Adam/iterations:0": STEPS, "training/Adam/Variable:0": numbers(3, 2)},
    )

    assert Optimizer(kind="Adam", learning_rate=0.001, iterations=17190) == model.optimizer
    assert "categorical_crossentropy" == model.loss


@pytest.mark.parametrize("name", ["Adam/iter:0", "iteration:0", "adam/iteration", "loss_scale/iteration"])
def test_steps_by_their_names(name: str) -> None:
    """Every version of Keras has had another one."""
    model = facts_of_h5({"optimizer_config": {"class_name": "Custom>Adam", "config": {}}}, {name: STEPS})

    assert Optimizer(kind="Adam", iterations=17190) == model.optimizer


def test_a_wrapped_optimizer_in_h5() -> None:
    """The inner one stands last."""
    wrapped = {
        "class_name": "LossScaleOptimizerV3",
        "config": {"inner_optimizer": an_optimizer("Adam", learning_rate=0.5)},
    }
    model = facts_of_h5(
        {"optimizer_config": wrapped},
        {"outer/iteration": np.int64(3), "adam/iteration": STEPS, "adam/learning_rate": RATE},
    )

    assert Optimizer(kind="Adam", learning_rate=STORED_RATE, iterations=17190) == model.optimizer


@pytest.mark.hostile_row(90)
@pytest.mark.parametrize(
    "steps",
    [
        *(np.float32(3), np.zeros(3, "int64"), np.zeros((1, 1), "int64")),
        *(np.int64(-5), np.int64(10**12 + 1), np.uint64(2**64 - 1)),
    ],
)
def test_steps_that_are_none_are_left_out(steps: Any) -> None:
    """A number of steps is one whole number, not below zero, and no more than can have been made."""
    model = facts_of_keras({"optimizer": an_optimizer("Adam")}, {"optimizer/vars/0": steps})

    assert Optimizer(kind="Adam") == model.optimizer


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("sparse_categorical_crossentropy", ("sparse_categorical_crossentropy", None)),
        ("SparseCategoricalCrossentropy", ("sparse_categorical_crossentropy", None)),
        (["mse"], ("mse", None)),
        (
            {"class_name": "SparseCategoricalCrossentropy", "config": {"from_logits": True}},
            ("sparse_categorical_crossentropy", True),
        ),
        ({"class_name": "function", "config": "mean_squared_error"}, ("mean_squared_error", None)),
        ({"class_name": "Mine", "config": {"from_logits": "yes"}}, ("mine", None)),
        ({"output": "mse"}, ("", None)),
        (None, ("", None)),
    ],
)
def test_the_loss_has_one_name(loss: Any, expected: tuple[str, bool | None]) -> None:
    """As text, as class, as function: the same name."""
    model = facts_of_keras({"loss": loss})

    assert expected == (model.loss, model.from_logits)


TWELVE, HALF = np.array(12), np.array(0.5)
LARGE = totals_of(np.ones((3, 2), "float32"))
WEIGHTS = {("layers", "dense", "vars", "0"): np.zeros((3, 2))}


def numbered(*arrays: Any, group: tuple[str, ...] = ("optimizer", "vars")) -> dict[tuple[str, ...], Any]:
    """Arrays under their numbers."""
    return {(*group, str(number)): array for number, array in enumerate(arrays)}


@pytest.mark.parametrize(
    ("shape", "expected"), [((), True), ((1,), True), ((2,), False), ((1, 1), False), ((0,), False)]
)
def test_single_numbers_are_kept(shape: tuple[int, ...], expected: bool) -> None:
    """Of larger arrays only their sums."""
    assert expected == wanted(shape)


def test_numbered_variables() -> None:
    """Steps, rate, then the others in order, up to the first number that is missing."""
    totals = {("optimizer", "vars", "2"): LARGE, ("optimizer", "vars", "4"): LARGE}

    assert OptimizerState(12, 0.5, (Variable("", LARGE),), ((3, 2),)) == from_keras(
        {**numbered(TWELVE, HALF), **WEIGHTS}, totals
    )


def test_a_variable_of_one_number_is_not_the_rate() -> None:
    """A bias of one unit has the shape (1,), the learning rate has none."""
    bias = np.ones(1, "float32")
    state = from_keras({**numbered(TWELVE, bias, bias), **WEIGHTS}, {})

    assert 2 == len(state.variables)


@pytest.mark.parametrize("inner", ["inner_optimizer", "_optimizer"])
def test_a_wrapped_optimizer_is_the_inner_one(inner: str) -> None:
    """Whatever Keras calls it."""
    arrays = {**numbered(np.array(99)), **numbered(TWELVE, HALF, group=("optimizer", inner, "vars"))}

    assert (12, 0.5) == (from_keras(arrays, {}).iterations, from_keras(arrays, {}).learning_rate)


def test_no_optimizer() -> None:
    """Nothing is known."""
    assert OptimizerState() == from_keras(WEIGHTS, {})


def test_named_variables() -> None:
    """In the order of the list of names; what the list does not name is left out."""
    group = "optimizer_weights"
    names = ("adam/iteration", "adam/learning_rate", "adam/w_momentum", "adam/b_momentum", "adam/none")
    bias = np.ones(1, "float32")
    contents = Contents(
        arrays={
            (group, "adam", "iteration"): TWELVE,
            (group, "adam", "learning_rate"): HALF,
            (group, "adam", "b_momentum"): bias,
        },
        groups=frozenset(),
        attributes={(group,): {"weight_names": names}},
        totals={(group, "adam", "w_momentum"): LARGE, (group, "adam", "other"): LARGE},
    )

    assert OptimizerState(
        12,
        0.5,
        (Variable("adam/w_momentum", LARGE), Variable("adam/b_momentum", totals_of(bias))),
        ((3, 2),),
    ) == from_h5(contents, WEIGHTS.values())


@pytest.mark.parametrize("names", ["adam/iteration", ()])
def test_no_list_of_names(names: Any) -> None:
    """Nothing is known then."""
    contents = Contents({}, frozenset(), {("optimizer_weights",): {"weight_names": names}}, {})

    assert OptimizerState() == from_h5(contents, ())


BETAS = {"beta_1": 0.9, "beta_2": 0.999}
KERNEL, BIAS = np.full((3, 2), 2.0, "float32"), np.array([3.0, 4.0], "float32")
KERNEL_SQUARES, BIAS_SQUARES = np.full((3, 2), 0.5, "float32"), np.array([1.0, 0.25], "float32")
MOMENTS = Moments(**BETAS, first=(24.0**0.5, 5.0), second=(3.0, 1.25))


def in_keras(arrays: list[Any], kind: str = "Adam", **config: Any) -> Moments | None:
    """The moments in a `.keras` file whose optimizer has these arrays."""
    stored = {"optimizer": an_optimizer(kind, **{**BETAS, **config})}
    return the_moments(facts_of_keras(stored, by_number(arrays)))


def in_h5(variables: dict[str, Any], **config: Any) -> Moments | None:
    """The moments in an `.h5` file whose optimizer has these variables by name."""
    training = {"optimizer_config": {"class_name": "Adam", "config": {**BETAS, **config}}}
    return the_moments(facts_of_h5(training, variables))


def the_moments(model: Model) -> Moments | None:
    """Those of its optimizer."""
    assert model.optimizer is not None
    return model.optimizer.moments


FOUR = [KERNEL, KERNEL_SQUARES, BIAS, BIAS_SQUARES]


def test_two_for_each_variable_in_turn() -> None:
    """Behind the steps and the learning rate, which Keras 2 and a schedule do not have."""
    assert MOMENTS == in_keras([STEPS, RATE, *FOUR])
    assert MOMENTS == in_keras([STEPS, *FOUR])
    assert MOMENTS == in_keras([STEPS, RATE, *FOUR], "AdamW")


def test_what_stands_around_the_moments() -> None:
    """A single number of Nadam, running averages with `use_ema`, the largest moments with `amsgrad`."""
    assert MOMENTS == in_keras([STEPS, RATE, *FOUR, np.float32(0.5)], "Nadam")
    assert MOMENTS == in_keras([STEPS, RATE, -KERNEL, -BIAS, *FOUR], use_ema=True)
    assert MOMENTS == in_keras([STEPS, RATE, *FOUR, KERNEL, BIAS], amsgrad=True)


def test_of_a_wrapped_optimizer_those_of_the_inner_one() -> None:
    """Where the loss is scaled; one that is known by its name alone has the defaults."""
    wrapped = an_optimizer("LossScaleOptimizer", inner_optimizer=an_optimizer("Adam", **BETAS))
    outer = by_number([STEPS, RATE, STEPS, RATE, *FOUR])
    inner = by_number([STEPS, RATE, *FOUR], "optimizer/inner_optimizer/vars")

    assert MOMENTS == the_moments(facts_of_keras({"optimizer": wrapped}, {**outer, **inner}))
    assert MOMENTS == the_moments(facts_of_keras({"optimizer": "adam"}, by_number([STEPS, *FOUR])))


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
    ("third", "config"),
    [
        ([np.zeros(1, "float32"), np.zeros(1, "float32")], {}),
        ([KERNEL, BIAS], {"amsgrad": True}),
        ([], {}),
    ],
)
def test_lists_without_names(third: list[Any], config: dict[str, Any]) -> None:
    """Keras before 2.3: all first moments, all second ones, and a third list or none."""
    arrays = [KERNEL, BIAS, KERNEL_SQUARES, BIAS_SQUARES, *third]
    names = ["Variable:0", *(f"Variable_{number}:0" for number in range(1, 10))]
    variables = {f"training/Adam/{name}": array for name, array in zip(names, arrays, strict=False)}

    assert MOMENTS == in_h5({"Adam/iterations:0": STEPS, **variables}, **config)


def test_a_fresh_state_is_zero() -> None:
    """The number of steps says that it is fresh."""
    zeros = [np.zeros_like(array) for array in FOUR]

    assert Moments(**BETAS, first=(0.0, 0.0), second=(0.0, 0.0)) == in_keras([np.int64(0), RATE, *zeros])


@pytest.mark.parametrize(
    "arrays",
    [
        [],
        FOUR[:3],
        [KERNEL, BIAS, KERNEL_SQUARES, BIAS_SQUARES],
        [KERNEL, -KERNEL_SQUARES, BIAS, BIAS_SQUARES],
        [KERNEL.astype("float16"), KERNEL_SQUARES, BIAS, BIAS_SQUARES],
        [KERNEL, KERNEL_SQUARES * np.nan, BIAS, BIAS_SQUARES],
        [KERNEL * np.inf, KERNEL_SQUARES, BIAS, BIAS_SQUARES],
        [KERNEL, KERNEL_SQUARES.astype("float64") * 1e308, BIAS, BIAS_SQUARES],
        [KERNEL.astype("float64") * 1e153, KERNEL_SQUARES, BIAS, BIAS_SQUARES],
        [KERNEL[:2], KERNEL_SQUARES[:2], BIAS, BIAS_SQUARES],
        [*FOUR, KERNEL, KERNEL_SQUARES],
        [KERNEL.astype("int64"), KERNEL_SQUARES.astype("int64"), BIAS, BIAS_SQUARES],
    ],
)
def test_arrays_that_cannot_be_moments_are_none(arrays: list[Any]) -> None:
    """The wrong number, order, sign, type or shape, more than there are weights, or not finite."""
    assert in_keras([STEPS, RATE, *arrays]) is None


@pytest.mark.parametrize(
    "config",
    [
        {"beta_1": None},
        {"beta_2": 1.0},
        {"beta_2": 0.9999999999},
        {"beta_2": "0.9"},
        {"beta_1": -0.5},
        {"gradient_accumulation_steps": 4},
    ],
)
def test_settings_without_a_formula_are_none(config: dict[str, Any]) -> None:
    """The averages of accumulated gradients are not those of the steps."""
    assert in_keras([STEPS, RATE, *FOUR], **config) is None


@pytest.mark.parametrize("kind", ["SGD", "RMSprop", "Adamax", "Lion", "Mine"])
def test_other_optimizers_are_none(kind: str) -> None:
    """Their variables mean something else."""
    assert in_keras([STEPS, RATE, *FOUR], kind) is None


@pytest.mark.parametrize("name", ["Adam/m", "m", "Adam/dense/w:0", "_velocity", "/", "Variable"])
def test_names_that_say_nothing_are_none(name: str) -> None:
    """Half a pair is no pair."""
    assert in_h5({"Adam/iter:0": STEPS, name.strip("/") or "x": KERNEL}) is None


def test_more_numbers_than_an_optimizer_keeps_are_not_read() -> None:
    """The weights decide how much that can be."""
    assert in_keras([STEPS, RATE, *[np.zeros((3, 2), "float32")] * 12]) is None


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
    written = read_log(log.name, log.read_bytes(), Declaration())
    finding = ask(LogFitsOptimizer(), log=written, model=model)
    return finding.status, str(finding.message)


EXACT = "`global_norm_after` fits the optimizer as the norm of all gradients after clipping: its "


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: keras.optimizers.Adam(1e-2, clipnorm=0.1),
        lambda: keras.optimizers.AdamW(1e-2, global_clipnorm=0.1, use_ema=True, amsgrad=True),
        lambda: keras.optimizers.Nadam(1e-2, clipvalue=0.05),
        lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(1e-2, clipnorm=0.1)),
        lambda: keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.01, 5, 0.9)),
    ],
)
def test_a_real_training_fits(optimizer: Any, tmp_path: Path) -> None:
    """A checkpoint of its first epoch and what is saved at its end, in both forms of files."""
    model = a_model(optimizer())
    log = tmp_path / "training_log.csv"
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras")
    model.fit(IMAGES, LABELS, batch_size=32, epochs=2, verbose=0, callbacks=[NormLogger(log), checkpoint])
    model.save(tmp_path / "model.keras")
    model.save(tmp_path / "model.h5")

    for name, rows in (("1.keras", "rows 1 to 5 of 10"), ("model.keras", "10 rows"), ("model.h5", "10 rows")):
        status, message = said(tmp_path / name, log)
        assert "passed" == status
        assert message.startswith(EXACT + rows)


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_data_of_unknown_size_fits(tmp_path: Path) -> None:
    """Keras counts a step too many in each epoch; the moments do not know of it."""
    data = tf.data.Dataset.from_generator(
        lambda: ((IMAGES[at : at + 32], LABELS[at : at + 32]) for at in range(0, 160, 32)),
        output_signature=(tf.TensorSpec((None, 6)), tf.TensorSpec((None,), tf.int64)),
    )
    logged = a_model(keras.optimizers.Adam(1e-2, clipnorm=0.1))
    log = tmp_path / "training_log.csv"
    logged.fit(IMAGES, LABELS, batch_size=32, shuffle=False, verbose=0, callbacks=[NormLogger(log)])
    counted = a_model(keras.optimizers.Adam(1e-2, clipnorm=0.1))
    counted.fit(data, shuffle=False, verbose=0)
    counted.save(tmp_path / "model.keras")

    assert 6 == int(counted.optimizer.iterations)
    assert "passed" == said(tmp_path / "model.keras", log)[0]


def test_a_model_compiled_again_before_saving_proves_nothing(tmp_path: Path) -> None:
    """Its optimizer is new."""
    model = a_model(keras.optimizers.Adam(1e-2, clipnorm=0.1))
    log = tmp_path / "training_log.csv"
    model.fit(IMAGES, LABELS, verbose=0, callbacks=[NormLogger(log)])
    model.compile(keras.optimizers.Adam(1e-3, clipnorm=1.0), "sparse_categorical_crossentropy")
    model.save(tmp_path / "model.keras")
    status, message = said(tmp_path / "model.keras", log)

    assert "passed" == status
    assert message.startswith("The optimizer in the model file is new and remembers no step, so ")


def test_a_cap_set_only_before_saving_is_seen(tmp_path: Path) -> None:
    """The optimizer remembers what it was given."""
    model = a_model(keras.optimizers.Adam(1e-2))
    log = tmp_path / "training_log.csv"
    model.fit(IMAGES, LABELS, batch_size=8, epochs=10, verbose=0, callbacks=[NormLogger(log)])
    model.optimizer.clipnorm = 0.01
    model.save(tmp_path / "model.keras")
    status, message = said(tmp_path / "model.keras", log)

    assert "review" == status
    assert message.startswith("The model file stores `clipnorm=0.01`, but its optimizer remembers larger")


EXAMPLES = Path(__file__).parents[3] / "submissions_example"


@pytest.mark.parametrize(
    ("name", "rows"), [("ana_passes", 8595), ("bruno_without_clipping", 8595), ("carla_one_epoch", 1719)]
)
def test_the_examples_fit(name: str, rows: int) -> None:
    """Trainings of the homework itself: the log predicts the moment to seven digits."""
    status, message = said(EXAMPLES / name / "model.keras", EXAMPLES / name / "training_log.csv")
    difference = float(message.rpartition("(relative difference ")[2].removesuffix(")."))

    assert "passed" == status
    assert message.startswith(f"{EXACT}{rows:,} rows predict ")
    assert difference < 1e-7


def test_the_log_of_one_example_does_not_fit_the_model_of_another() -> None:
    """Each has its own gradients."""
    log = EXAMPLES / "bruno_without_clipping" / "training_log.csv"
    status, message = said(EXAMPLES / "ana_passes" / "model.keras", log)

    assert "review" == status
    assert " does not fit the optimizer as " in message

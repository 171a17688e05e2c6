"""Adam's moments, from every form in which Keras has written them; some of them by real trainings."""

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pytest
import tensorflow as tf
from builders_evidence import ask
from builders_models import a_dense, a_keras_file, a_sequential, an_h5_file, an_input, hdf5, old, the_weights

from grader.checks.log_fits_optimizer import LogFitsOptimizer
from grader.evidence import Declaration
from grader.evidence.model import Model, Moments
from grader.measure.log.read import read_log
from grader.measure.model.read import read_model
from grader.student import NormLogger

BETAS = {"beta_1": 0.9, "beta_2": 0.999}
KERNEL, BIAS = np.full((3, 2), 2.0, "float32"), np.array([3.0, 4.0], "float32")
KERNEL_SQUARES, BIAS_SQUARES = np.full((3, 2), 0.5, "float32"), np.array([1.0, 0.25], "float32")
MOMENTS = Moments(**BETAS, first=(24.0**0.5, 5.0), second=(3.0, 1.25))
STEPS = np.int64(10)
RATE = np.float32(1e-3)


def from_keras(arrays: list[Any], kind: str = "Adam", group: str = "vars", **config: Any) -> Moments | None:
    """The moments in a `.keras` file whose optimizer has these arrays."""
    stored = {"module": "keras.optimizers", "class_name": kind, "config": {**BETAS, **config}}
    network = {**a_sequential(), "compile_config": {"optimizer": {**stored, "registered_name": None}}}
    variables = {f"optimizer/{group}/{number}": array for number, array in enumerate(arrays)}
    return the_moments(
        read_model("m.keras", a_keras_file(network, hdf5({**the_weights(), **variables}))).facts
    )


def from_h5(variables: dict[str, Any], **config: Any) -> Moments | None:
    """The moments in an `.h5` file whose optimizer has these variables by name."""
    training = {"optimizer_config": {"class_name": "Adam", "config": {**BETAS, **config}}}
    network = old(a_sequential(old(an_input(3)), old(a_dense(2))))
    return the_moments(read_model("m.h5", an_h5_file(network, training=training, optimizer=variables)).facts)


def the_moments(model: Model) -> Moments | None:
    """Those of its optimizer."""
    assert model.optimizer is not None
    return model.optimizer.moments


FOUR = [KERNEL, KERNEL_SQUARES, BIAS, BIAS_SQUARES]


def test_two_for_each_variable_in_turn() -> None:
    """Keras 3, behind the steps and the learning rate."""
    assert MOMENTS == from_keras([STEPS, RATE, *FOUR])


def test_without_a_learning_rate() -> None:
    """Keras 2, and a schedule in Keras 3."""
    assert MOMENTS == from_keras([STEPS, *FOUR])


@pytest.mark.parametrize("kind", ["AdamW", "Nadam"])
def test_optimizers_with_the_same_moments(kind: str) -> None:
    """Nadam has a single number behind them."""
    product = [np.float32(0.5)] if kind == "Nadam" else []

    assert MOMENTS == from_keras([STEPS, RATE, *FOUR, *product], kind)


def test_running_averages_stand_before_the_moments() -> None:
    """With `use_ema`."""
    assert MOMENTS == from_keras([STEPS, RATE, -KERNEL, -BIAS, *FOUR], use_ema=True)


def test_largest_moments_stand_behind_them() -> None:
    """With `amsgrad`."""
    assert MOMENTS == from_keras([STEPS, RATE, *FOUR, KERNEL, BIAS], amsgrad=True)


def test_of_a_wrapped_optimizer_those_of_the_inner_one() -> None:
    """Where the loss is scaled."""
    wrapped = {
        "class_name": "LossScaleOptimizer",
        "config": {"inner_optimizer": {"class_name": "Adam", "config": BETAS}},
    }
    network = {**a_sequential(), "compile_config": {"optimizer": wrapped}}
    arrays = {f"inner_optimizer/vars/{number}": array for number, array in enumerate([STEPS, RATE, *FOUR])}
    outer = {f"vars/{number}": array for number, array in enumerate([STEPS, RATE, STEPS, RATE, *FOUR])}
    variables = {f"optimizer/{path}": array for path, array in {**arrays, **outer}.items()}
    content = a_keras_file(network, hdf5({**the_weights(), **variables}))

    assert MOMENTS == the_moments(read_model("m.keras", content).facts)


def test_an_optimizer_by_its_name_has_the_defaults() -> None:
    """Keras 2 keeps `compile("adam")` as that."""
    network = {**a_sequential(), "compile_config": {"optimizer": "adam"}}
    variables = {f"optimizer/vars/{number}": array for number, array in enumerate([STEPS, *FOUR])}
    content = a_keras_file(network, hdf5({**the_weights(), **variables}))

    assert MOMENTS == the_moments(read_model("m.keras", content).facts)


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

    assert MOMENTS == from_h5({"adam/iteration": STEPS, "adam/learning_rate": RATE, **by_name})
    assert MOMENTS == from_h5({"Adam/iter:0": STEPS, **grouped})


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

    assert MOMENTS == from_h5({"Adam/iterations:0": STEPS, **variables}, **config)


def test_a_fresh_state_is_zero() -> None:
    """The number of steps says that it is fresh."""
    zeros = [np.zeros_like(array) for array in FOUR]

    assert Moments(**BETAS, first=(0.0, 0.0), second=(0.0, 0.0)) == from_keras([np.int64(0), RATE, *zeros])


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
        [KERNEL[:2], KERNEL_SQUARES[:2], BIAS, BIAS_SQUARES],
        [*FOUR, KERNEL, KERNEL_SQUARES],
        [KERNEL.astype("int64"), KERNEL_SQUARES.astype("int64"), BIAS, BIAS_SQUARES],
    ],
)
def test_arrays_that_cannot_be_moments_are_none(arrays: list[Any]) -> None:
    """The wrong number, order, sign, type or shape, or more than there are weights."""
    assert from_keras([STEPS, RATE, *arrays]) is None


@pytest.mark.parametrize(
    "config",
    [
        {"beta_1": None},
        {"beta_2": 1.0},
        {"beta_2": "0.9"},
        {"beta_1": -0.5},
        {"gradient_accumulation_steps": 4},
    ],
)
def test_settings_without_a_formula_are_none(config: dict[str, Any]) -> None:
    """The averages of accumulated gradients are not those of the steps."""
    assert from_keras([STEPS, RATE, *FOUR], **config) is None


@pytest.mark.parametrize("kind", ["SGD", "RMSprop", "Adamax", "Lion", "Mine"])
def test_other_optimizers_are_none(kind: str) -> None:
    """Their variables mean something else."""
    assert from_keras([STEPS, RATE, *FOUR], kind) is None


@pytest.mark.parametrize("name", ["Adam/m", "m", "Adam/dense/w:0", "_velocity", "/", "Variable"])
def test_names_that_say_nothing_are_none(name: str) -> None:
    """Half a pair is no pair."""
    assert from_h5({"Adam/iter:0": STEPS, name.strip("/") or "x": KERNEL}) is None


def test_more_numbers_than_an_optimizer_keeps_are_not_read() -> None:
    """The weights decide how much that can be."""
    assert from_keras([STEPS, RATE, *[np.zeros((3, 2), "float32")] * 12]) is None


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
    assert message.startswith(f"{EXACT}{rows} rows predict ")
    assert difference < 1e-7


def test_the_log_of_one_example_does_not_fit_the_model_of_another() -> None:
    """Each has its own gradients."""
    log = EXAMPLES / "bruno_without_clipping" / "training_log.csv"
    status, message = said(EXAMPLES / "ana_passes" / "model.keras", log)

    assert "review" == status
    assert " does not fit the optimizer as " in message

"""Tests of the hints on trainings that led to too low an accuracy."""

import math
from typing import Any

import pytest
from builders_evidence import a_column, a_log, a_model, a_rerun, an_accuracy, an_optimizer, some_norms

from grader.analysis.diagnosis.training import (
    network_can_learn,
    other_learning_rate,
    slow_optimizer,
    still_rising,
    unscaled_pixels,
    why_so_low,
)
from grader.evidence.log import Log
from grader.evidence.model import Layer, Optimizer

ADAM_HAS = ", and 0.001 is usual for `Adam`: the steps are too"
TOO_LONG = (
    f"{ADAM_HAS} long to settle, and clipping does not help, because each step is as long as the "
    "learning rate whatever the gradient's norm. Lower it, and train again."
)
CAN_LEARN = (
    "In the grader's own training the same network has 0.8123 on the test images after 40 steps, "
    "so the network itself can learn."
)
LOOK = "Check that images and labels are in the same order, and the learning rate, and train again."
RAW = an_accuracy(0.8, inputs="raw pixels", tried=(("pixels / 255", 0.61), ("raw pixels", 0.834)))
SCALE = (
    "The model was trained on pixels from 0 to 255 (on training images it has 0.6100 with pixels / 255, "
    "0.8340 with raw pixels). Divide the pixels by 255, and train again: "
    "networks learn faster from small inputs."
)
SGD = (
    "The stored optimizer is `SGD`, which needs more epochs than `Adam`: "
    "train with the optimizer that is asked for, or for longer."
)


@pytest.mark.parametrize(
    ("fields", "asked", "hint"),
    [
        (
            {"learning_rate": 10.0},
            None,
            f"The stored learning rate is 10.0{TOO_LONG}",
        ),
        (
            # 0.01 as a float32 is a little less than 0.01.
            {"learning_rate": 0.009999999776482582},
            0.001,
            f"The stored learning rate is 0.01{TOO_LONG}",
        ),
        (
            {"kind": "SGD", "learning_rate": 1.0},
            None,
            (
                "The stored learning rate is 1.0, and 0.01 is usual for `SGD`: the steps are too long to "
                "settle. Lower it, and train again."
            ),
        ),
        (
            {"learning_rate": 1e-5},
            None,
            (
                f"The stored learning rate is 1e-05{ADAM_HAS} short. "
                "Raise it, or, if a callback lowered it, let that wait longer, and train again."
            ),
        ),
        ({"learning_rate": 0.003}, None, None),
        ({"learning_rate": 0.0010000000474974513}, None, None),
        ({"learning_rate": 0.01}, 0.01, None),
        ({"learning_rate": None}, None, None),
        ({"learning_rate": math.inf}, None, None),
        ({"learning_rate": 0.0}, None, None),
    ],
)
def test_other_learning_rates(fields: dict[str, Any], asked: float | None, hint: str | None) -> None:
    """Ten times too large or too small, with both numbers; what clipping cannot do is said of Adam."""
    assert (hint or "") == str(other_learning_rate(an_optimizer(**fields), asked) or "")


def test_no_optimizer_has_no_learning_rate() -> None:
    """Nothing is known then."""
    assert other_learning_rate(None) is None


def test_raw_pixels() -> None:
    """The hint says what each way of giving the pixels led to."""
    assert str(SCALE) == str(unscaled_pixels(RAW, a_model()))
    assert str(unscaled_pixels(RAW, None)) == str(SCALE)


def test_raw_pixels_where_nothing_else_was_tried() -> None:
    """Nothing is said of what is not known."""
    assert (
        "The model was trained on pixels from 0 to 255. Divide the pixels by 255, and train again: "
        "networks learn faster from small inputs."
    ) == str(unscaled_pixels(RAW.model_copy(update={"tried": ()}), None))


@pytest.mark.parametrize(
    ("largest", "advised"), [(255, True), (231, True), (1, False), (2.82, False), (65535, False)]
)
def test_raw_pixels_of_data_that_is_scaled_already(largest: float, advised: bool) -> None:
    """Only pixels from 0 to 255 are to be divided by 255, and not those of a teacher's data in [0, 1]."""
    accuracy = RAW.model_copy(update={"largest_pixel": float(largest)})

    assert advised == (unscaled_pixels(accuracy, a_model()) is not None)


@pytest.mark.parametrize("kind", ["Rescaling", "Normalization", "BatchNormalization"])
def test_a_network_may_scale_its_pixels_itself(kind: str) -> None:
    """Then raw pixels are right."""
    model = a_model(Layer(kind=kind, name="scale"), *a_model().layers)

    assert unscaled_pixels(RAW, model) is None


def test_scaled_pixels() -> None:
    """There is nothing to say of them, nor of a model that was not tried."""
    assert unscaled_pixels(an_accuracy(0.5), a_model()) is None
    assert unscaled_pixels(None, a_model()) is None


@pytest.mark.parametrize(
    ("optimizer", "hint"), [(an_optimizer(kind="SGD"), SGD), (an_optimizer(), None), (None, None)]
)
def test_plain_sgd_is_slow(optimizer: Optimizer | None, hint: str | None) -> None:
    """Of other optimizers nothing is said."""
    assert (hint or "") == str(slow_optimizer(optimizer) or "")


def test_the_network_can_learn() -> None:
    """Where the grader's own training did better."""
    assert str(CAN_LEARN) == str(network_can_learn(0.5, a_rerun()))
    assert network_can_learn(0.8123, a_rerun()) is None
    assert network_can_learn(math.nan, a_rerun()) is None
    assert network_can_learn(0.5, None) is None


@pytest.mark.parametrize(
    ("log", "hint"),
    [
        (
            a_log(epoch=[1, 2], val_accuracy=[0.8, 0.85]),
            (
                "`val_accuracy` was still rising at the end, from 0.8000 to 0.8500: "
                "train for more epochs, and submit the log of all of them."
            ),
        ),
        (
            a_log(epoch=[1, 1, 2, 2], val_accuracy=[0.85, 0.85, 0.85001, 0.85001]),
            (
                "`val_accuracy` was still rising at the end, from 0.8500 to 0.85001: "
                "train for more epochs, and submit the log of all of them."
            ),
        ),
        (
            a_log(
                a_column("accuracy", [0.1, 0.5, 0.7991, 0.81, 0.8273], "acc"),
                epoch=[0] * 5,
                val_accuracy=[None, None, None, None, 0.86],
            ),
            (
                "The log covers 1 epoch, and `acc` was still rising in it, from 0.7991 half way to 0.8273: "
                "train for more epochs, and submit the log of all of them."
            ),
        ),
        (a_log(epoch=[1, 2, 3], val_accuracy=[0.85, 0.86, 0.85]), None),
        (a_log(epoch=[0, 0], val_accuracy=[None, 0.86], accuracy=[0.8, 0.8]), None),
        (a_log(epoch=[0], val_accuracy=[0.86], accuracy=[0.8]), None),
        (a_log(epoch=[0], val_accuracy=[0.86]), None),
        (a_log(epoch=[0, 1], val_accuracy=[None, 0.86], accuracy=[0.7, 0.8]), None),
        (a_log(epoch=[0], val_accuracy=[math.nan]), None),
    ],
)
def test_still_rising(log: Log, hint: str | None) -> None:
    """The last two epochs tell, and in a log of one epoch the training accuracy."""
    column = log.column("val_accuracy")

    assert column is not None
    assert (hint or "") == str(still_rising(log, column) or "")


def test_the_surest_cause_goes_first() -> None:
    """Logits, then the learning rate, then the scale of the pixels, then the optimizer."""
    output = Layer(kind="Dense", name="output", units=10, activation="linear")
    optimizer, slow = (an_optimizer(kind="SGD", learning_rate=rate) for rate in (1.0, 0.01))
    logits = a_model(output, optimizer=optimizer, loss="sparse_categorical_crossentropy")
    causes = [
        why_so_low(0.8, model, None, RAW, None)
        for model in (logits, a_model(optimizer=optimizer), a_model(optimizer=slow))
    ]

    assert [
        "The last layer `output` has no softmax",
        "The stored learning rate is 1.0, and 0",
        "The model was trained on pixels from 0",
    ] == [str(cause or "")[:38] for cause in causes]


def test_what_the_grader_did_speaks_for_a_cause() -> None:
    """The same network learned."""
    model = a_model(optimizer=an_optimizer(kind="SGD", learning_rate=0.01))

    assert f"{SGD} {CAN_LEARN}" == str(why_so_low(0.8, model, None, None, a_rerun()))


def test_a_model_that_guesses() -> None:
    """Nothing is said of the scale of its pixels, which cannot be told."""
    assert (
        "Guessing among 10 classes is right in 0.1000 of all cases, so nothing was learned. " + LOOK
    ) == str(why_so_low(0.1, a_model(), None, RAW, None))


def test_a_loss_that_is_that_of_guessing() -> None:
    """It goes before the accuracy, whatever that is."""
    assert (
        "The loss ends at 2.303, and guessing among 10 classes gives ln(10) = 2.303, so nothing was learned. "
        + LOOK
    ) == str(why_so_low(0.18, a_model(), a_log(loss=[2.3026]), None, None))


def test_hard_clipping_is_a_cause() -> None:
    """With SGD the steps are as short as clipping makes them."""
    model = a_model(optimizer=an_optimizer(kind="SGD", learning_rate=0.01, clipnorm=0.01))

    hint = why_so_low(0.24, model, None, None, a_rerun(norms=some_norms(), test_accuracy=0.2))

    assert (
        "`SGD` clips at 0.01, and in the grader's own training half of the norms are over 2.2 before "
        "clipping, so the steps are too small: train with the cap that is asked for."
    ) == str(hint)


def test_no_cause() -> None:
    """A little too low with everything as usual, and nothing known at all."""
    assert why_so_low(0.86, a_model(), a_log(loss=[0.3]), an_accuracy(0.86), a_rerun()) is None
    assert why_so_low(0.1, None, None, None, None) is None

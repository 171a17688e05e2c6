"""Why a training did not reach its accuracy."""

import math
from typing import Any

import pytest
from builders_evidence import a_column, a_log, a_model, a_rerun, an_accuracy, an_optimizer, some_norms
from builders_golden import said

from grader.analysis.diagnosis.training import (
    classes_of,
    loss_of_guessing,
    network_can_learn,
    odd_output,
    other_layers,
    other_learning_rate,
    output_without_softmax,
    slow_optimizer,
    still_rising,
    unscaled_pixels,
    why_so_low,
)
from grader.evidence.log import Log
from grader.evidence.model import Layer, Model, Optimizer
from grader.evidence.training import Accuracy

RAW = an_accuracy(0.8, inputs="raw pixels", tried=(("pixels / 255", 0.61), ("raw pixels", 0.834)))


@pytest.mark.parametrize(
    ("fields", "asked", "gives_a_hint"),
    [
        ({"learning_rate": 10.0}, None, True),
        ({"learning_rate": 0.009999999776482582}, 0.001, True),
        ({"kind": "SGD", "learning_rate": 1.0}, None, True),
        ({"learning_rate": 1e-5}, None, True),
        ({"learning_rate": 0.003}, None, False),
        ({"learning_rate": 0.0010000000474974513}, None, False),
        ({"learning_rate": 0.01}, 0.01, False),
        ({"learning_rate": None}, None, False),
        ({"learning_rate": 0.0}, None, False),
    ],
)
def test_other_learning_rates(fields: dict[str, Any], asked: float | None, gives_a_hint: bool) -> None:
    """Ten times too large or too small, with both numbers; what clipping cannot do is said of Adam."""
    assert gives_a_hint == said(other_learning_rate(an_optimizer(**fields), asked))
    assert other_learning_rate(None) is None


@pytest.mark.parametrize(
    ("accuracy", "advised"),
    [
        pytest.param(RAW, True, id="each way of giving the pixels is shown"),
        pytest.param(RAW.model_copy(update={"tried": ()}), True, id="nothing else was tried"),
        *(
            # Only pixels from 0 to 255 are to be divided, and not those of a teacher's data in [0, 1].
            pytest.param(RAW.model_copy(update={"largest_pixel": largest}), advised, id=f"up to {largest}")
            for largest, advised in (
                (255.0, True),
                (231.0, True),
                (1.0, False),
                (2.82, False),
                (65535.0, False),
            )
        ),
        pytest.param(an_accuracy(0.5), False, id="scaled pixels"),
        pytest.param(None, False, id="not tried"),
    ],
)
def test_raw_pixels(accuracy: Accuracy | None, advised: bool) -> None:
    """The hint says what to divide by; it is the same without a model."""
    assert advised == said(unscaled_pixels(accuracy, a_model()))
    assert unscaled_pixels(accuracy, a_model()) == unscaled_pixels(accuracy, None)


@pytest.mark.parametrize("kind", ["Rescaling", "Normalization", "BatchNormalization"])
def test_a_network_may_scale_its_pixels_itself(kind: str) -> None:
    """Then raw pixels are right."""
    assert unscaled_pixels(RAW, a_model(Layer(kind=kind, name="scale"), *a_model().layers)) is None


@pytest.mark.parametrize(
    ("optimizer", "gives_a_hint"), [(an_optimizer(kind="SGD"), True), (an_optimizer(), False), (None, False)]
)
def test_plain_sgd_is_slow(optimizer: Optimizer | None, gives_a_hint: bool) -> None:
    """Of other optimizers nothing is said."""
    assert gives_a_hint == said(slow_optimizer(optimizer))


def test_the_network_can_learn() -> None:
    """Where the grader's own training did better."""
    assert said(network_can_learn(0.5, a_rerun()))
    assert network_can_learn(0.8123, a_rerun()) is None
    assert network_can_learn(math.nan, a_rerun()) is None
    assert network_can_learn(0.5, None) is None


@pytest.mark.parametrize(
    ("log", "gives_a_hint"),
    [
        (a_log(epoch=[1, 2], val_accuracy=[0.8, 0.85]), True),
        (a_log(epoch=[1, 1, 2, 2], val_accuracy=[0.85, 0.85, 0.85001, 0.85001]), True),
        (
            a_log(
                a_column("accuracy", [0.1, 0.5, 0.7991, 0.81, 0.8273], "acc"),
                epoch=[0] * 5,
                val_accuracy=[None, None, None, None, 0.86],
            ),
            True,
        ),
        (a_log(epoch=[1, 2, 3], val_accuracy=[0.85, 0.86, 0.85]), False),
        (a_log(epoch=[0, 0], val_accuracy=[None, 0.86], accuracy=[0.8, 0.8]), False),
        (a_log(epoch=[0], val_accuracy=[0.86], accuracy=[0.8]), False),
        (a_log(epoch=[0], val_accuracy=[0.86]), False),
        (a_log(epoch=[0, 1], val_accuracy=[None, 0.86], accuracy=[0.7, 0.8]), False),
        (a_log(epoch=[0], val_accuracy=[math.nan]), False),
    ],
)
def test_still_rising(log: Log, gives_a_hint: bool) -> None:
    """The last two epochs tell, and in a log of one epoch the training accuracy."""
    column = log.column("val_accuracy")

    assert column is not None
    assert gives_a_hint == said(still_rising(log, column))


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


SGD = an_optimizer(kind="SGD", learning_rate=0.01)


@pytest.mark.parametrize(
    ("reached", "parts"),
    [
        pytest.param(
            0.8, {"model": a_model(optimizer=SGD), "rerun": a_rerun()}, id="the same network learned"
        ),
        # Nothing is said of the scale of its pixels, which cannot be told.
        pytest.param(0.1, {"model": a_model(), "accuracy": RAW}, id="it guesses"),
        pytest.param(
            0.18, {"model": a_model(), "log": a_log(loss=[2.3026])}, id="the loss is that of guessing"
        ),
        pytest.param(
            0.24,
            {
                "model": a_model(optimizer=SGD.model_copy(update={"clipnorm": 0.01})),
                "rerun": a_rerun(norms=some_norms(), test_accuracy=0.2),
            },
            id="hard clipping",
        ),
    ],
)
def test_causes(reached: float, parts: dict[str, Any]) -> None:
    """Each has what speaks for it."""
    assert said(why_so_low(reached, **dict.fromkeys(("model", "log", "accuracy", "rerun")) | parts))


def test_no_cause() -> None:
    """A little too low with everything as usual, and nothing known at all."""
    assert why_so_low(0.86, a_model(), a_log(loss=[0.3]), an_accuracy(0.86), a_rerun()) is None
    assert why_so_low(0.1, None, None, None, None) is None


def ending_with(
    activation: str | None, loss: str = "sparse_categorical_crossentropy", **fields: object
) -> Model:
    """A network whose output has this activation."""
    return a_model(
        Layer(kind="Dense", name="hidden", units=300, activation="relu"),
        Layer(kind="Dense", name="output", units=10, activation=activation),
        loss=loss,
        **fields,
    )


@pytest.mark.parametrize(
    ("found", "asked", "gives_a_hint"),
    [
        ((100, 300), (300, 100), True),
        ((300,), (300, 100), True),
        ((100,), (300, 100), True),
        ((300,), (300, 50, 20), True),
        ((300, 100, 50), (300, 100), True),
        ((300, 300, 200, 100), (300, 100), True),
        ((256, 128), (300, 100), False),
        ((200,), (300, 100), False),
        ((), (300, 100), False),
    ],
)
def test_other_layers(found: tuple[int, ...], asked: tuple[int, ...], gives_a_hint: bool) -> None:
    """Turned round, missing or too many; units that are others altogether speak for themselves."""
    assert gives_a_hint == said(other_layers(found, asked))


@pytest.mark.parametrize("activation", ["linear", None])
@pytest.mark.parametrize("from_logits", [False, None])
@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_logits_taken_for_probabilities(activation: str | None, from_logits: bool | None, loss: str) -> None:
    """A loss that does not say so takes outputs for probabilities."""
    model = ending_with(activation, loss, from_logits=from_logits)

    assert said(output_without_softmax(model, None))
    # It comes to rest at ln(10).
    assert said(output_without_softmax(model, a_log(loss=[11.3, 2.3026])))


@pytest.mark.parametrize(
    "model",
    [
        None,
        a_model().model_copy(update={"layers": ()}),
        ending_with("softmax"),
        ending_with("linear", from_logits=True),
        ending_with("linear", loss=""),
        ending_with("linear", loss="mean_squared_error"),
        a_model(
            Layer(kind="Dense", name="output", units=10, activation="linear"),
            Layer(kind="Softmax", name="softmax"),
            loss="sparse_categorical_crossentropy",
        ),
    ],
)
def test_outputs_that_fit_their_loss(model: Model | None) -> None:
    """Probabilities, logits that are said to be logits, and losses that are not known to mind."""
    assert output_without_softmax(model, None) is None


@pytest.mark.parametrize(
    ("model", "is_odd"),
    [
        # Sigmoids are unusual, but the network learns.
        *((ending_with(name), False) for name in ("softmax", "linear", "sigmoid", "log_softmax", None)),
        (None, False),
        (a_model().model_copy(update={"layers": ()}), False),
        (ending_with("relu"), True),
    ],
)
def test_outputs_for_hidden_layers(model: Model | None, is_odd: bool) -> None:
    """An output that is cut off at 0 is no probability and no logit."""
    assert is_odd == said(odd_output(model))


def test_the_classes_are_the_last_units() -> None:
    """Or they are not known."""
    assert 10 == classes_of(a_model())
    assert classes_of(None) is None
    assert classes_of(a_model(Layer(kind="Flatten", name="flatten"))) is None


@pytest.mark.parametrize(
    ("last", "guesses"),
    [
        *((last, True) for last in (2.3026, 2.26, 2.34)),
        *((last, False) for last in (2.2, 2.4, 0.3, 11.0, math.nan, math.inf)),
    ],
)
def test_the_loss_of_guessing(last: float, guesses: bool) -> None:
    """ln(10) is 2.3026, and a running mean may be two percent off; lower ones have learned."""
    assert guesses == said(loss_of_guessing(a_model(), a_log(loss=[5.0, last])))


@pytest.mark.parametrize(
    ("model", "log"),
    [
        (None, a_log(loss=[2.3])),
        (a_model(), None),
        (a_model(), a_log(epoch=[1])),
        (a_model(), a_log(loss=[None])),
        (a_model(Layer(kind="Dense", name="output", units=1)), a_log(loss=[0.0])),
    ],
)
def test_a_loss_that_is_not_known(model: Model | None, log: Log | None) -> None:
    """Without a model, classes, a log or losses there is nothing to compare."""
    assert loss_of_guessing(model, log) is None

"""Tests of the hints on layers."""

import math

import pytest
from builders_evidence import a_log, a_model

from grader.analysis.diagnosis.training import (
    classes_of,
    loss_of_guessing,
    odd_output,
    other_layers,
    output_without_softmax,
)
from grader.evidence.model import Layer, Model


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
    ("found", "hint"),
    [
        ((300, 100), None),
        ((100, 300), "These are the layers asked for, in the opposite order."),
        ((300,), "The layer of 100 units is missing."),
        ((100,), "The layer of 300 units is missing."),
        ((300, 100, 50), "The layer of 50 units is not asked for."),
        ((300, 300, 200, 100), "The layers of 300 and 200 units are not asked for."),
        ((256, 128), None),
        ((200,), None),
        ((), None),
    ],
)
def test_other_layers(found: tuple[int, ...], hint: str | None) -> None:
    """Turned round, missing or too many; units that are others altogether speak for themselves."""
    assert (hint or "") == str(other_layers(found, (300, 100)) or "")


def test_several_layers_may_be_missing() -> None:
    """They are listed."""
    assert "The layers of 50 and 20 units are missing." == str(other_layers((300,), (300, 50, 20)))


WITHOUT = "The last layer `output` has no softmax, but the loss `{}` takes its outputs for probabilities."
SOFTMAX = (
    'Give the last layer `activation="softmax"`, or compile with '
    "`SparseCategoricalCrossentropy(from_logits=True)`, and train again."
)


@pytest.mark.parametrize("activation", ["linear", None])
@pytest.mark.parametrize("from_logits", [False, None])
@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_logits_taken_for_probabilities(activation: str | None, from_logits: bool | None, loss: str) -> None:
    """A loss that does not say so takes outputs for probabilities."""
    model = ending_with(activation, loss, from_logits=from_logits)

    assert f"{WITHOUT.format(loss)} {SOFTMAX}" == str(output_without_softmax(model, None))


def test_a_loss_that_is_stuck_speaks_for_it() -> None:
    """It comes to rest at ln(10)."""
    log = a_log(loss=[11.3, 2.3026])

    assert (
        f"{WITHOUT.format('sparse_categorical_crossentropy')} The loss ends at 2.303, and guessing among "
        f"10 classes gives ln(10) = 2.303, so nothing was learned. {SOFTMAX}"
    ) == str(output_without_softmax(ending_with("linear"), log))


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


def test_an_output_for_hidden_layers() -> None:
    """An output that is cut off at 0 is no probability and no logit."""
    assert (
        "The last layer `output` has the activation `relu`, which is for hidden layers: "
        'give it `activation="softmax"`, and train again.'
    ) == str(odd_output(ending_with("relu")))


@pytest.mark.parametrize("activation", ["softmax", "linear", "sigmoid", "log_softmax", None])
def test_usual_outputs(activation: str | None) -> None:
    """Sigmoids are unusual, but the network learns."""
    assert odd_output(ending_with(activation)) is None


def test_no_output() -> None:
    """Without layers there is nothing to say."""
    assert odd_output(None) is None
    assert odd_output(a_model().model_copy(update={"layers": ()})) is None


def test_the_classes_are_the_last_units() -> None:
    """Or they are not known."""
    assert 10 == classes_of(a_model())
    assert classes_of(None) is None
    assert classes_of(a_model(Layer(kind="Flatten", name="flatten"))) is None


@pytest.mark.parametrize("last", [2.3026, 2.26, 2.34])
def test_the_loss_of_guessing(last: float) -> None:
    """ln(10) is 2.3026, and a running mean may be two percent off."""
    assert (
        f"The loss ends at {last if last != 2.3026 else 2.303}, and guessing among 10 classes gives "
        "ln(10) = 2.303, so nothing was learned."
    ) == str(loss_of_guessing(a_model(), a_log(loss=[5.0, last])))


@pytest.mark.parametrize("last", [2.2, 2.4, 0.3, 11.0, math.nan, math.inf])
def test_another_loss(last: float) -> None:
    """Lower ones have learned, higher ones are worse than guessing."""
    assert loss_of_guessing(a_model(), a_log(loss=[2.3026, last])) is None


def test_a_loss_that_is_not_known() -> None:
    """Without a model, a log or losses there is nothing to compare."""
    one_class = a_model(Layer(kind="Dense", name="output", units=1))

    assert loss_of_guessing(None, a_log(loss=[2.3])) is None
    assert loss_of_guessing(a_model(), None) is None
    assert loss_of_guessing(a_model(), a_log(epoch=[1])) is None
    assert loss_of_guessing(a_model(), a_log(loss=[None])) is None
    assert loss_of_guessing(one_class, a_log(loss=[0.0])) is None

"""What is done with a network: predictions, the probe and the rerun, by real models and real steps."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import builders_training as build
import keras
import numpy as np
import pandas as pd
import pytest
from builders_golden import refusal_of, said
from builders_pytorch import in_safetensors, read

from grader.errors import DoubtError
from grader.measure.loss import StoredLoss
from grader.measure.model.read import read_model
from grader.measure.reply import RerunSteps
from grader.measure.request import Architecture, RerunRequest
from grader.measure.training.examples import Arrays, replayed_order
from grader.measure.training.session import Session, rerun
from grader.rubric import Plan, ReplayPlan
from grader.student import NormLogger
from grader.student.log_file import NORMS


@pytest.fixture(autouse=True)
def _in_a_private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def session_of(model: keras.Model, tmp_path: Path, plan: Plan | None = None, **changed: Any) -> Session:
    """A session with this network, as its file is read."""
    clean = replace(read_model("model.keras", build.saved(model, tmp_path)), **changed)
    return Session(clean, plan or build.a_plan(), str(build.arrays_in(tmp_path, build.a_dataset())))


def a_session(
    tmp_path: Path, *, shape: tuple[int, ...] = (6, 6), scale: float = 255.0, softmax: bool = True
) -> Session:
    model = build.a_network(shape=shape, softmax=softmax)
    return session_of(build.trained(model, build.a_dataset(), scale, softmax=softmax), tmp_path)


@pytest.mark.parametrize("shape", [(6, 6), (6, 6, 1), (36,)])
@pytest.mark.parametrize("softmax", [True, False])
def test_measures_each_usual_network(tmp_path: Path, shape: tuple[int, ...], softmax: bool) -> None:
    """A trained network is recognised as one in each input shape, with probabilities and with logits."""
    session = a_session(tmp_path, shape=shape, softmax=softmax)
    right = np.mean(np.array(session.predictions().classes) == build.a_dataset().y_test)

    assert right > 0.8
    assert Architecture(
        network="{}", parameters=10, inputs="pixels / 255", probabilities=softmax, shares=softmax
    ) == session.architecture().model_copy(update={"network": "{}", "parameters": 10})


def test_a_softmax_that_the_loss_calls_logits(tmp_path: Path) -> None:
    """Keras finds the softmax and trains all the same, so the outputs alone tell scale and classes."""
    model = build.trained(build.a_network(), build.a_dataset())
    plain, called = (session_of(model, tmp_path, loss=StoredLoss(from_logits=is_)) for is_ in (None, True))

    assert plain.predictions() == called.predictions()
    assert not called.architecture().probabilities


def test_the_scale_is_found(tmp_path: Path) -> None:
    """A model trained on raw pixels is given raw pixels."""
    assert "raw pixels" == a_session(tmp_path, scale=1.0).predictions().inputs


def test_a_replay_is_the_students_training(tmp_path: Path) -> None:
    """It begins with the weights and the images of a `fit` from that seed, and has its losses and norms."""
    data, log, seed = build.a_dataset(), tmp_path / "log.csv", 7
    order = replayed_order(len(data.y_train), 10, 32, seed).ravel()
    keras.utils.set_random_seed(seed)
    model = build.fresh()
    model.compile(keras.optimizers.Adam(1e-3, clipnorm=1.0), "sparse_categorical_crossentropy")
    images, classes = data.x_train[order] / 255, data.y_train[order]
    model.fit(images, classes, 32, shuffle=False, verbose=0, callbacks=[NormLogger(log)])
    session = session_of(model, tmp_path, plan=Plan(replay=ReplayPlan(steps=10)))
    found = session.replay(seed, "ana", "list")
    rows = pd.read_csv(log)

    assert (seed, 32, "ana", "list") == (found.seed, found.batch_size, found.student, found.seed_by)
    means = np.cumsum(found.loss) / np.arange(1, 11)
    np.testing.assert_allclose(means, rows["loss"], rtol=1e-4)
    for column in NORMS:
        scope, _, stage = column.split("_")
        np.testing.assert_allclose(getattr(found.norms, f"{scope}_{stage}"), rows[column], rtol=1e-3)
    assert session.replay(8, "ana", "list").loss[0] != found.loss[0]


def test_the_probe_is_taken_at_the_submitted_weights(tmp_path: Path) -> None:
    """Gradients and losses after training are smaller than those of fresh weights, and more is right."""
    trained = a_session(tmp_path).probe()
    fresh = session_of(build.a_network(), tmp_path).probe()

    assert 5 == len(trained.norms.global_before) == len(trained.loss) == len(trained.accuracy)
    assert np.median(trained.norms.global_before) < np.median(fresh.norms.global_before)
    assert np.mean(trained.loss) < np.mean(fresh.loss)
    assert np.mean(trained.accuracy) > np.mean(fresh.accuracy)


def test_both_use_the_loss_of_the_file(tmp_path: Path) -> None:
    """The probe's gradients are those of `fit`; the rerun starts at that loss, and is no other loss's."""
    model = build.a_network()
    model.compile(keras.optimizers.SGD(0.0), keras.losses.MeanSquaredError(reduction="sum"))
    plan = build.a_plan()
    session, usual = session_of(model, tmp_path), session_of(model, tmp_path, loss=StoredLoss())

    mine, other = session.architecture(), usual.architecture()
    requests = [RerunRequest(plan=plan, architecture=one) for one in (mine, other)]
    found = rerun(plan, mine, Arrays.read(build.arrays_in(tmp_path, build.a_dataset()), "small"))

    assert 2 == len({request.sha256 for request in requests})
    # Of 32 images, each (1 - p)^2 and two p^2 over three classes.
    assert 3.0 < found.loss[0] < 12.0
    assert np.mean(found.loss[-5:]) < found.loss[0]
    assert session.probe().norms != usual.probe().norms


def test_wrong_classes_are_refused_at_once(tmp_path: Path) -> None:
    """A network with another number of outputs is not measured."""
    message, _ = refusal_of(lambda: session_of(build.a_network(classes=4), tmp_path))

    assert message.startswith("The model's output has shape (4,); the data has 3 classes")


def rerun_of(
    model: keras.Model, folder: Path, *, probabilities: bool = True, rate: float = 1e-3, **changed: object
) -> RerunSteps:
    """The rerun of this network, with Adam at this learning rate."""
    clean = read_model("model.keras", build.saved(model, folder))
    architecture = Architecture(
        network=clean.architecture,
        parameters=clean.facts.parameters,
        inputs="pixels / 255",
        probabilities=probabilities,
    )
    arrays = Arrays.read(build.arrays_in(folder, build.a_dataset()), "small")
    plan = build.a_plan()
    optimizer = plan.rerun.optimizer.model_copy(update={"learning_rate": rate})
    plan = plan.model_copy(update={"rerun": plan.rerun.model_copy(update={"optimizer": optimizer})})
    return rerun(plan, architecture.model_copy(update=changed), arrays)


@pytest.mark.parametrize("shape", [(6, 6), (6, 6, 1), (36,)])
@pytest.mark.parametrize("softmax", [True, False])
def test_each_usual_network_learns(tmp_path: Path, shape: tuple[int, ...], softmax: bool) -> None:
    """In each input shape, with probabilities and with logits, from ln(classes) on and within the cap."""
    found = rerun_of(build.a_network(shape=shape, softmax=softmax), tmp_path, probabilities=softmax)

    assert max(found.norms.variable_after) <= 1.0 + 1e-6
    assert found.loss[0] == pytest.approx(np.log(3), abs=0.4)
    assert np.mean(found.loss[-5:]) < found.loss[0]


def test_a_training_that_diverges_is_for_a_teacher(tmp_path: Path) -> None:
    """The optimizer is the rubric's, so the student need not have done anything wrong."""
    with pytest.raises(DoubtError) as asked:
        rerun_of(build.a_network(), tmp_path, rate=1e38)

    said(asked.value.message, asked.value.hint)


@pytest.mark.parametrize("nested", [0, 1, 2])
@pytest.mark.parametrize("adapted", [True, False])
def test_normalised_images_are_those_that_it_learns_from(tmp_path: Path, adapted: bool, nested: int) -> None:
    """A layer for it is adapted to the training images, as the student's was; given numbers stay."""
    settings = {} if adapted else {"mean": 0.0, "variance": 1.0}
    layers = [keras.layers.Flatten(), keras.layers.Normalization(axis=None, **settings)]
    for _ in range(nested):
        layers = [keras.Sequential([keras.Input((6, 6)), *layers])]
    network = keras.Sequential([keras.Input((6, 6)), *layers, *build.a_network().layers[1:]])

    found = rerun_of(network, tmp_path, inputs="raw pixels")

    assert adapted == (found.loss[0] < 5.0)


def test_the_same_network_gives_the_same_numbers(tmp_path: Path) -> None:
    """To the last bit, whatever its weights and the names of its layers are."""
    dataset = build.a_dataset()
    trained = build.trained(build.a_network(), dataset)
    keras.layers.Dense(1)

    assert rerun_of(build.a_network(), tmp_path) == rerun_of(trained, tmp_path)


def test_the_parameters_are_bound(tmp_path: Path) -> None:
    """A network that was forged cannot take more memory than the submission's weights did."""
    network = keras.Sequential([keras.layers.Input((36,)), keras.layers.Dense(2000)])

    message, _ = refusal_of(lambda: rerun_of(network, tmp_path, parameters=10))

    assert message.startswith("The network declares more than the 10 parameters")


def test_the_scale_is_that_of_the_least_loss_of_the_network(tmp_path: Path) -> None:
    """Raw pixels make outputs of tanh nearly 1 and -1, for which cross-entropy alone is least."""
    dataset = build.a_dataset()
    network = keras.Sequential([*build.a_network().layers[:-1], keras.layers.Dense(3, activation="tanh")])
    network.compile(keras.optimizers.Adam(1e-2), "squared_hinge")
    network.fit(dataset.x_train / 255.0, keras.utils.to_categorical(dataset.y_train, 3), epochs=3, verbose=0)

    by_own, by_usual = session_of(network, tmp_path), session_of(network, tmp_path, loss=StoredLoss())

    assert ["pixels / 255", "raw pixels"] == [one.predictions().inputs for one in (by_own, by_usual)]


def test_an_activation_that_no_file_says_is_found(tmp_path: Path) -> None:
    """Of a chain of linear layers of PyTorch: the one that it was trained with, in the rerun as well."""
    keras.utils.set_random_seed(1)
    hidden, last = keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(build.CLASSES)
    build.trained(keras.Sequential([keras.Input((36,)), hidden, last]), build.a_dataset(), softmax=False)
    arrays = {}
    for number, layer in enumerate((hidden, last)):
        kernel, bias = layer.get_weights()
        arrays |= {f"{number}.weight": kernel.T, f"{number}.bias": bias}
    clean = read(in_safetensors(arrays))
    session = Session(clean, build.a_plan(), str(build.arrays_in(tmp_path, build.a_dataset())))

    assert "tanh" == session.activation
    assert "tanh" == json.loads(session.architecture().network)["config"]["layers"][1]["config"]["activation"]
    hidden_layer = clean.facts.with_activation("tanh").layers[0]
    assert ("tanh", "tanh") == (hidden_layer.activation, hidden_layer.settings["activation"])
    assert said(clean.facts.with_activation("tanh").rescued[-1])


def test_flat_images_of_several_channels_are_those_of_pytorch(tmp_path: Path) -> None:
    """PyTorch flattens an image with its channels in front; the data has them last."""
    data = build.a_dataset()
    colours = {name: getattr(data, name).reshape(-1, 6, 2, 3) for name in ("x_train", "x_test")}
    in_front = data.__class__(
        **{**vars(data), **{name: one.transpose(0, 3, 1, 2) for name, one in colours.items()}}
    )
    network = keras.Sequential([keras.Input((36,)), keras.layers.Dense(build.CLASSES)])
    build.trained(network, in_front, softmax=False)
    kernel, bias = network.layers[-1].get_weights()
    content = in_safetensors({"0.weight": kernel.T, "0.bias": bias})
    folder = build.arrays_in(tmp_path, data.__class__(**{**vars(data), **colours}))
    found = Session(read(content), build.a_plan(), str(folder)).predictions()
    right = network.predict(in_front.x_test.reshape(-1, 36) / 255, verbose=0).argmax(axis=1)

    assert right.tolist() == list(found.classes)

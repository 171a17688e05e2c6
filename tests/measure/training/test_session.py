"""Tests of `grader.measure.training.session`: real models, real steps."""

from pathlib import Path

import builders_training as build
import numpy as np
import pytest

from grader.errors import SubmissionError
from grader.measure.reply import RerunSteps
from grader.measure.training.session import Session


@pytest.fixture(autouse=True)
def _in_a_private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def a_session(
    tmp_path: Path, *, shape: tuple[int, ...] = (6, 6), scale: float = 255.0, softmax: bool = True
) -> Session:
    dataset = build.a_dataset()
    model = build.trained(build.a_network(shape=shape, softmax=softmax), dataset, scale, softmax=softmax)
    folder = build.arrays_in(tmp_path, dataset)
    return Session(build.saved(model, tmp_path), ".keras", model.count_params(), build.a_plan(), str(folder))


@pytest.mark.parametrize("shape", [(6, 6), (6, 6, 1), (36,)])
@pytest.mark.parametrize("softmax", [True, False])
def test_measures_each_usual_network(tmp_path: Path, shape: tuple[int, ...], softmax: bool) -> None:
    """A trained network is recognised as one in each input shape, with probabilities and with logits."""
    session = a_session(tmp_path, shape=shape, softmax=softmax)
    right = np.mean(np.array(session.predictions().classes) == build.a_dataset().y_test)

    rerun = session.rerun()

    assert right > 0.8
    assert max(rerun.norms.variable_after) <= 1.0 + 1e-6
    assert rerun.loss[0] == pytest.approx(np.log(3), abs=0.4)
    assert np.mean(rerun.loss[-5:]) < rerun.loss[0]


def test_the_scale_is_found(tmp_path: Path) -> None:
    """A model trained on raw pixels is given raw pixels."""
    assert "raw pixels" == a_session(tmp_path, scale=1.0).predictions().inputs


def test_the_same_seed_gives_the_same_numbers(tmp_path: Path) -> None:
    """Two reruns of one session, and one of another session, are equal to the last bit."""
    session = a_session(tmp_path)
    first: RerunSteps = session.rerun()

    assert first == session.rerun()
    assert first == a_session(tmp_path).rerun()


def test_the_probe_is_taken_at_the_submitted_weights(tmp_path: Path) -> None:
    """Gradients after training are smaller than those of the rerun's first steps."""
    session = a_session(tmp_path)

    probe = session.probe()

    assert 5 == len(probe.norms.global_before)
    assert np.median(probe.norms.global_before) < np.median(session.rerun().norms.global_before[:5])


def test_wrong_classes_are_refused_at_once(tmp_path: Path) -> None:
    """A network with another number of outputs is not measured."""
    dataset = build.a_dataset()
    content = build.saved(build.a_network(classes=4), tmp_path)

    with pytest.raises(SubmissionError, match=r"The model's output has shape \(4,\); the data has 3 classes"):
        Session(content, ".keras", 1000, build.a_plan(), str(build.arrays_in(tmp_path, dataset)))

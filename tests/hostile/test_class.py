"""A class with hostile submissions in it, through real workers: each gets the result of its own work."""

from pathlib import Path

import builders_hostile as hostile
import builders_training as build
import pytest
from builders_folders import make_file
from builders_golden import said
from builders_models import a_dense, a_sequential, an_input

from grader.evidence import Evidence
from grader.evidence.problem import Problem
from grader.evidence.training import Accuracy
from grader.grading.batch import measure
from grader.submissions.submission import Submission, open_submission

pytestmark = pytest.mark.usefixtures("workers")


def measured(*submissions: Submission) -> dict[str, Evidence]:
    """The evidence of each submission, by id."""
    events = measure(submissions, build.a_plan(), build.a_dataset(), jobs=1)
    return {
        event.submission.id: event.evidence
        for event in events
        if event.kind == "measured" and event.evidence is not None
    }


@pytest.mark.hostile_row(3, 4, 6, 78)
def test_a_good_model_after_hostile_ones(tmp_path: Path) -> None:
    """It is measured as if it were alone, and each of the others has its own sentence."""
    loop = (0, [hostile.function("keras.ops.while_loop")], hostile.function("keras.ops.isfinite"))
    networks = {
        "a": hostile.a_lambda_of_keras(),
        "b": hostile.a_dead_call(*hostile.SET_EPSILON),
        "c": hostile.a_dead_call(*loop, hostile.function("keras.ops.abs"), 1.0),
        "d": a_sequential(an_input(3), a_dense(1_000_000), a_dense(2)),
    }
    for name, network in networks.items():
        make_file(tmp_path, f"{name}/model.keras", hostile.as_file(network, ".keras"))
    (tmp_path / "good").mkdir()
    build.a_network().save(tmp_path / "good" / "model.keras")
    good = open_submission(tmp_path / "good")

    together = measured(*(open_submission(tmp_path / name) for name in networks), good)
    alone = measured(good)

    assert isinstance(alone["good"].named("accuracy"), Accuracy)
    assert alone["good"] == together["good"]
    for name in networks:
        problem = together[name].named("accuracy")
        assert isinstance(problem, Problem)
        assert "student" == problem.who
        assert said(problem.message)

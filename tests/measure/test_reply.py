"""What comes back from a worker, and what only the parent can add."""

import pytest
from pydantic import ValidationError

from grader.errors import WorkerError
from grader.evidence import Declaration, Evidence, File
from grader.evidence.problem import Problem
from grader.evidence.training import Accuracy, Norms, Rerun
from grader.measure.architecture import Architecture
from grader.measure.reply import (
    PENDING,
    Cost,
    Predictions,
    Reply,
    RerunSteps,
    as_evidence,
    as_rerun,
    parse,
    share_right,
    total,
)

LABELS = [0, 1, 2, 9]
MISSING = Problem(who="student", message="The model cannot be read.", hint="Save it again.")
NETWORK = Architecture(network="{}", parameters=3, inputs="pixels / 255", probabilities=True)
NORMS = Norms(
    variable_before=(2.0, float("inf")),
    variable_after=(1.0, 1.0000001192092896),
    global_before=(2.9, float("nan")),
    global_after=(1.7, 1.5),
)


def a_reply(**parts: object) -> Reply:
    """A reply in which everything is missing, with any part replaced."""
    fields = {
        "files": (File(role="model", name="model.keras", bytes=3, sha256="00"),),
        "declaration": Declaration(name="Ana"),
        **dict.fromkeys(("log", "model", "predictions", "probe", "architecture"), MISSING),
        "notes": ("A note.",),
        **parts,
    }
    return Reply.model_validate(fields)


def predictions(*classes: int) -> Predictions:
    """The classes that a model gave to the test images."""
    return Predictions(
        inputs="pixels / 255", tried=(("pixels / 255", 0.5), ("raw pixels", 0.1)), classes=classes
    )


def rerun_steps(*classes: int) -> RerunSteps:
    """A rerun of two steps, and the classes that its network gave to the test images."""
    return RerunSteps(
        seed=111,
        batch_size=32,
        trainable_variables=6,
        loss=(2.3, 2.1),
        accuracy=(0.1, 0.2),
        norms=NORMS,
        classes=classes,
    )


def test_what_is_missing_stays_missing() -> None:
    """A problem in the place of a part passes through, with files, declaration and notes."""
    assert Evidence(
        files=(File(role="model", name="model.keras", bytes=3, sha256="00"),),
        declaration=Declaration(name="Ana"),
        runs={"": dict.fromkeys(("log", "model", "accuracy", "probe", "rerun"), MISSING)},
        notes=("A note.",),
    ) == as_evidence(a_reply(tracebacks=("for the operator",)), LABELS)


def test_the_parent_computes_the_accuracy() -> None:
    """The worker sends classes, the labels stay here."""
    evidence = as_evidence(a_reply(predictions=predictions(0, 1, 2, 3)), LABELS)

    assert Accuracy(
        inputs="pixels / 255",
        tried=(("pixels / 255", 0.5), ("raw pixels", 0.1)),
        value=0.75,
        images=4,
    ) == evidence.part(Accuracy)


def test_the_parent_computes_the_accuracy_of_the_rerun() -> None:
    """Everything else of the rerun is as it came."""
    assert Rerun(
        seed=111,
        batch_size=32,
        trainable_variables=6,
        loss=(2.3, 2.1),
        accuracy=(0.1, 0.2),
        norms=NORMS,
        test_accuracy=0.5,
    ) == as_rerun(rerun_steps(0, 0, 0, 9), LABELS)


def test_the_rerun_of_a_network_that_is_known_is_pending() -> None:
    """It is a task of its own."""
    assert PENDING is as_evidence(a_reply(architecture=NETWORK), LABELS).part(Rerun)


def test_a_reply_travels_as_json() -> None:
    """Every bit of every number arrives, NaN and infinity too."""
    reply = a_reply(predictions=predictions(0, 1, 2, 255), architecture=NETWORK)

    arrived = Reply.model_validate_json(reply.model_dump_json())

    # NaN is not equal to itself; as text it is.
    assert repr(reply) == repr(arrived)


def test_a_reply_with_too_few_predictions() -> None:
    """It is no accuracy of anything."""
    with pytest.raises(WorkerError) as caught:
        as_evidence(a_reply(predictions=predictions(0, 1)), LABELS)
    with pytest.raises(WorkerError) as caught_too:
        as_rerun(rerun_steps(0, 1), LABELS)

    assert (
        "The worker sent 2 predictions for 4 test images." == caught.value.message == caught_too.value.message
    )


@pytest.mark.parametrize(
    ("classes", "expected"), [((0, 1, 2, 9), 1.0), ((1, 2, 9, 0), 0.0), ((0, 1, 2, 8), 0.75)]
)
def test_the_share_of_right_predictions(classes: tuple[int, ...], expected: float) -> None:
    """Right is what equals the label in its place."""
    assert expected == share_right(classes, LABELS)


@pytest.mark.parametrize(
    "change",
    [
        ('"notes":["A note."]', '"notes":["' + "x" * 1001 + '"]'),
        ('"notes":["A note."]', '"notes":"A note."'),
        ('"notes":["A note."]', '"notes":["A note."],"score":100'),
        ('"who":"student"', '"who":"nobody"'),
        ('"bytes":3', '"bytes":-1'),
        ('"bytes":3', '"bytes":"3"'),
        ('"classes":"', '"classes":"!'),
        ('"classes":"AAECCQ=="', '"classes":[0,1,2,9]'),
        ('"inputs":"pixels / 255"', '"inputs":"' + "x" * 301 + '"'),
        ("{", ""),
    ],
)
def test_a_reply_of_another_form_is_refused(change: tuple[str, str]) -> None:
    """A worker that was taken over can send anything; only what is declared is understood."""
    text = a_reply(predictions=predictions(*LABELS)).model_dump_json()
    changed = text.replace(*change, 1)

    assert changed != text
    with pytest.raises(ValidationError):
        Reply.model_validate_json(changed)


def test_the_number_of_training_images_is_kept() -> None:
    """A data set may have fewer than are usually tried."""
    answered = predictions(0, 1, 2, 9).model_copy(update={"tried_images": 12})

    accuracy = as_evidence(a_reply(predictions=answered), LABELS).part(Accuracy)

    assert isinstance(accuracy, Accuracy)
    assert (12, 0.5) == (accuracy.tried_images, accuracy.on_training_images)


def test_bytes_that_are_no_reply() -> None:
    """A worker may send anything."""
    with pytest.raises(WorkerError, match=r"The worker sent a reply that cannot be understood\."):
        parse(Reply, b"{")


def test_a_reply_comes_back_as_it_was_sent() -> None:
    """Through JSON."""
    assert a_reply() == parse(Reply, a_reply().model_dump_json().encode())


def test_the_costs_of_two_workers() -> None:
    """Their times add up; the memory is the larger one's, since they work one after the other."""
    one, other = (
        Cost(processor_seconds=1.5, peak_memory=700),
        Cost(processor_seconds=0.5, peak_memory=900),
    )

    assert Cost(processor_seconds=2.0, peak_memory=900) == total(one, other)
    assert (one, other, None) == (total(one, None), total(None, other), total(None, None))

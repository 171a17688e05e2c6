"""What comes back from a worker, and what only the parent can add."""

import pytest
from builders_evidence import a_model
from pydantic import ValidationError

from grader.errors import WorkerError
from grader.evidence import Declaration, Evidence, File
from grader.evidence.problem import Problem
from grader.evidence.training import Accuracy, Norms, Probe, Rerun
from grader.measure.reply import (
    PENDING,
    Cost,
    FilesReply,
    ModelReply,
    Predictions,
    RerunSteps,
    as_evidence,
    as_rerun,
    parse,
    share_right,
    total,
    with_model,
)
from grader.measure.request import Architecture

LABELS = [0, 1, 2, 9]
MISSING = Problem(who="student", message="The model cannot be read.", hint="Save it again.")
NETWORK = Architecture(network="{}", parameters=3, inputs="pixels / 255", probabilities=True)
NORMS = Norms(
    variable_before=(2.0, 5e-324),
    variable_after=(1.0, 1.0000001192092896),
    global_before=(2.9, 3.4028234663852886e38),
    global_after=(1.7, 1.5),
)


LOADED = a_model()


def a_files_reply(**fields: object) -> FilesReply:
    """A first reply in which every file is missing, with any field replaced."""
    given = {
        "files": (File(role="model", name="model.keras", bytes=3, sha256="00"),),
        "declaration": Declaration(name="Ana"),
        "parts": {"log": MISSING, "model": MISSING},
        "notes": ("A note.",),
        **fields,
    }
    return FilesReply.model_validate(given)


def a_model_reply(**fields: object) -> ModelReply:
    """A second reply in which everything is missing, with any field replaced."""
    given = {**dict.fromkeys(("predictions", "probe", "architecture"), MISSING), **fields}
    return ModelReply.model_validate(given)


def measured(**fields: object) -> Evidence:
    """The evidence of both replies."""
    files = as_evidence(a_files_reply(parts={"log": MISSING, "model": LOADED}))
    return with_model(files, a_model_reply(**fields), LABELS)


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
    ) == as_evidence(a_files_reply(tracebacks=("for the operator",)))


def test_the_parent_computes_the_accuracy() -> None:
    """The worker sends classes, the labels stay here."""
    evidence = measured(predictions=predictions(0, 1, 2, 3))

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
    assert PENDING is measured(architecture=NETWORK).part(Rerun)


def test_a_reply_travels_as_json() -> None:
    """Every bit of every number arrives."""
    probe = Probe(norms=NORMS, batch_size=32)
    reply = a_model_reply(predictions=predictions(0, 1, 2, 255), architecture=NETWORK, probe=probe)

    assert reply == ModelReply.model_validate_json(reply.model_dump_json())


def test_a_reply_with_too_few_predictions() -> None:
    """It is no accuracy of anything."""
    with pytest.raises(WorkerError) as caught:
        measured(predictions=predictions(0, 1))
    with pytest.raises(WorkerError) as caught_too:
        as_rerun(rerun_steps(0, 1), LABELS)

    assert (
        "The worker sent 2 predictions for 4 test images."
        == str(caught.value.message)
        == str(caught_too.value.message)
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
    for reply in (a_files_reply(), a_model_reply(predictions=predictions(*LABELS))):
        text = reply.model_dump_json()
        changed = text.replace(*change, 1)
        if changed == text:
            continue
        with pytest.raises(ValidationError):
            type(reply).model_validate_json(changed)


def test_the_number_of_training_images_is_kept() -> None:
    """A data set may have fewer than are usually tried."""
    answered = predictions(0, 1, 2, 9).model_copy(update={"tried_images": 12})

    accuracy = measured(predictions=answered).part(Accuracy)

    assert isinstance(accuracy, Accuracy)
    assert (12, 0.5) == (accuracy.tried_images, accuracy.on_training_images)


def test_bytes_that_are_no_reply() -> None:
    """A worker may send anything."""
    with pytest.raises(WorkerError, match=r"The worker sent a reply that cannot be understood\."):
        parse(FilesReply, b"{")


def test_a_reply_comes_back_as_it_was_sent() -> None:
    """Through JSON."""
    assert a_files_reply() == parse(FilesReply, a_files_reply().model_dump_json().encode())
    assert a_model_reply() == parse(ModelReply, a_model_reply().model_dump_json().encode())


def test_the_costs_of_two_workers() -> None:
    """Their times add up; the memory is the larger one's, since they work one after the other."""
    one, other = (
        Cost(processor_seconds=1.5, peak_memory=700),
        Cost(processor_seconds=0.5, peak_memory=900),
    )

    assert Cost(processor_seconds=2.0, peak_memory=900) == total(one, other)
    assert (one, other, None) == (total(one, None), total(None, other), total(None, None))


def test_what_needs_the_model_waits_for_it() -> None:
    """Until the second reply it is pending; without a model it is missing for the model's reason."""
    waiting = as_evidence(a_files_reply(parts={"log": MISSING, "model": LOADED}))
    without = as_evidence(a_files_reply())

    assert {PENDING} == {waiting.named(name) for name in ("accuracy", "probe", "rerun")}
    assert {MISSING} == {without.named(name) for name in ("accuracy", "probe", "rerun")}

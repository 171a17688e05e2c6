"""What comes back from a worker, and what only the parent can add."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from builders_evidence import a_model, some_norms
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.errors import WorkerError
from grader.evidence import Declaration, Evidence, File
from grader.evidence.part import Part
from grader.evidence.problem import Problem
from grader.evidence.training import MISTAKES_OF, Accuracy, Metrics, Rerun
from grader.evidence.values import Metric, Task
from grader.measure.reply import (
    PENDING,
    Cost,
    FilesReply,
    ModelReply,
    Predictions,
    RerunReply,
    RerunSteps,
    as_evidence,
    as_rerun,
    mistakes,
    parse,
    total,
    with_model,
)
from grader.measure.request import Architecture
from grader.messages.message import say
from grader.rubric import Plan

LABELS = [0, 1, 2, 9]
TASKS = st.sampled_from(["classification", "binary"])
MISSING = Problem(who="student", message="The model cannot be read.", hint="Save it again.")
NETWORK = Architecture(network="{}", parameters=3, inputs="pixels / 255", probabilities=True)
FILE = File(role="model", name="model.keras", bytes=3, sha256="00")
TRIED = {"inputs": "pixels / 255", "tried": (("pixels / 255", 0.5), ("raw pixels", 0.1))}
RERUN = {
    "seed": 111,
    "batch_size": 32,
    "trainable_variables": 6,
    "loss": (2.3, 2.1),
    "accuracy": (0.1, 0.2),
    "norms": some_norms(2, variable_before=[2.0, 5e-324], global_before=[2.9, 3.4028234663852886e38]),
}


def a_files_reply(**parts: Part) -> FilesReply:
    """A first reply in which every file is missing but these parts."""
    return FilesReply(
        files=(FILE,),
        declaration=Declaration(name="Ana"),
        parts={"log": MISSING, "model": MISSING, **parts},
        notes=(say("A note."),),
        tracebacks=("for the operator",),
    )


def a_model_reply(**fields: object) -> ModelReply:
    """A second reply in which everything is missing, with any field replaced."""
    given = {**dict.fromkeys(("predictions", "probe", "architecture"), MISSING), **fields}
    return ModelReply.model_validate(given)


def measured(**fields: object) -> Evidence:
    """The evidence of both replies."""
    return with_model(as_evidence(a_files_reply(model=a_model())), a_model_reply(**fields), LABELS, Plan())


def predictions(*classes: int, **fields: int) -> Predictions:
    """The classes that a model gave to the test images."""
    return Predictions(**TRIED, classes=classes, **fields)


def test_what_is_missing_stays_missing() -> None:
    """A problem in the place of a part passes through, with files, declaration and notes."""
    assert Evidence(
        files=(FILE,),
        declaration=Declaration(name="Ana"),
        runs={"": dict.fromkeys(("log", "model", "accuracy", "probe", "rerun"), MISSING)},
        notes=(say("A note."),),
    ) == as_evidence(a_files_reply())


def test_what_needs_the_model_waits_for_it() -> None:
    """Until the second reply it is pending, whatever the first one says; a rerun is so after it, too."""
    claimed = Accuracy(**TRIED, value=1.0, images=4)
    waiting = as_evidence(a_files_reply(model=a_model(), accuracy=claimed))

    assert {PENDING} == {waiting.named(name) for name in ("accuracy", "probe", "rerun")}
    assert PENDING is measured(architecture=NETWORK).part(Rerun)


def test_only_the_runs_that_were_asked_for_count() -> None:
    """A worker that was taken over can neither add a run nor say more of one than its files."""
    claimed = {"accuracy": Accuracy(**TRIED, value=1.0, images=4), "model": a_model()}
    reply = a_files_reply(model=a_model()).model_copy(update={"runs": {"clipped": claimed, "other": claimed}})
    named, unnamed = as_evidence(reply, ["plain", "clipped"]), as_evidence(reply)

    assert ["plain", "clipped"] == list(named.runs)
    assert PENDING is named.named("accuracy", "clipped")
    assert [""] == list(unnamed.runs)
    with pytest.raises(WorkerError):
        with_model(named, a_model_reply().model_copy(update={"run": "other"}), LABELS, Plan())


@pytest.mark.parametrize(
    ("classes", "value"),
    [((0, 1, 2, 9), 1.0), ((1, 2, 9, 0), 0.0), ((0, 1, 2, 8), 0.75), ((0, 0, 0, 9), 0.5)],
)
def test_the_parent_computes_the_accuracy(classes: tuple[int, ...], value: float) -> None:
    """The worker sends classes, the labels stay here; everything else is as it came."""
    wrong = tuple(0 if one == right else 1 + one for one, right in zip(classes, LABELS, strict=True))
    accuracy = Accuracy(**TRIED, value=value, images=4, tried_images=12, mistakes=wrong)
    rerun = as_rerun(RerunSteps(**RERUN, classes=classes), LABELS, Plan())

    assert accuracy == measured(predictions=predictions(*classes, tried_images=12)).part(Accuracy)
    assert 0.5 == accuracy.on_training_images
    assert Rerun(**RERUN, test_accuracy=value) == rerun


def test_mistakes_of_two_classes_tell_nothing() -> None:
    """Two models that are wrong agree on the class."""
    evidence = as_evidence(a_files_reply(model=a_model()))
    accuracy = with_model(evidence, a_model_reply(predictions=predictions(0, 1)), [1, 1], Plan()).part(
        Accuracy
    )

    assert isinstance(accuracy, Accuracy)
    assert (0.5, ()) == (accuracy.value, accuracy.mistakes)


def test_mistakes_are_kept_of_the_first_images() -> None:
    """One byte each, in which the last two of 256 classes are one."""
    found = mistakes((254, 255) * MISTAKES_OF, (255, 254) * MISTAKES_OF)

    assert (255,) * MISTAKES_OF == found
    with pytest.raises(ValidationError):
        Accuracy(**TRIED, value=0.5, images=9, mistakes=(*found, 0))


@pytest.mark.parametrize(
    "act",
    [
        lambda: measured(predictions=predictions(0, 1)),
        lambda: as_rerun(RerunSteps(**RERUN, classes=(0, 1)), LABELS, Plan()),
    ],
)
def test_a_reply_with_too_few_predictions(act: Callable[[], object]) -> None:
    """It is no accuracy of anything."""
    with pytest.raises(WorkerError, match=r"The worker sent 2 predictions for 4 test examples\."):
        act()


def test_a_reply_travels_as_json() -> None:
    """Every bit of every number arrives."""
    second = a_model_reply(predictions=predictions(0, 1, 2, 255), architecture=NETWORK)
    third = RerunReply(rerun=RerunSteps(**RERUN, classes=()))

    for reply in (a_files_reply(model=a_model()), second, third):
        assert reply == parse(type(reply), reply.model_dump_json().encode())


@pytest.mark.parametrize(
    ("written", "changed"),
    [
        ('"text":"A note."', '"text":"' + "x" * 1001 + '"'),
        ('"text":"A note."', '"text":1'),
        ('"tracebacks":[', '"score":100,"tracebacks":['),
        ('"who":"student"', '"who":"nobody"'),
        *(('"bytes":3', f'"bytes":{size}') for size in ("-1", '"3"')),
        ('"classes":"', '"classes":"!'),
        ('"classes":"4::AAECCQ=="', '"classes":[0,1,2,9]'),
        ('["pixels / 255",0.5]', '["pixels / 255",7.5]'),
        ('"inputs":"pixels / 255"', '"inputs":"' + "x" * 301 + '"'),
        ("{", ""),
    ],
)
def test_a_reply_of_another_form_is_refused(written: str, changed: str) -> None:
    """A worker that was taken over can send anything; only what is declared is understood."""
    replies = (a_files_reply(), a_model_reply(predictions=predictions(*LABELS)))
    texts = [(type(reply), reply.model_dump_json()) for reply in replies]

    assert any(written in text for _, text in texts)
    for kind, text in texts:
        if written in text:
            with pytest.raises(WorkerError, match=r"The worker sent a reply that cannot be understood\."):
                parse(kind, text.replace(written, changed, 1).encode())


def test_the_costs_of_two_workers() -> None:
    """Their times add up; the memory is the larger one's, since they work one after the other."""
    one, other = (
        Cost(processor_seconds=1.5, peak_memory=700),
        Cost(processor_seconds=0.5, peak_memory=900),
    )

    assert Cost(processor_seconds=2.0, peak_memory=900) == total(one, other)
    assert (one, other, None) == (total(one, None), total(None, other), total(None, None))


def of_task(task: Task, values: tuple[float, ...], labels: list[Any], *metrics: Metric) -> Evidence:
    """The evidence of a model that gave these values."""
    classes = () if task == "regression" else (0,) * len(str(labels).replace("[", "").split(","))
    reply = a_model_reply(predictions=predictions(*classes).model_copy(update={"values": values}))
    plan = Plan(task=task, metrics=metrics)
    return with_model(as_evidence(a_files_reply(model=a_model())), reply, labels, plan)


@pytest.mark.parametrize(
    ("task", "values", "labels", "expected"),
    [
        ("regression", (1.0, 3.0), [[2.0], [5.0]], {"mae": 1.5, "rmse": 2.5**0.5}),
        ("regression", (1.0, 0.0, 3.0, 0.0), [[2.0, 0.0], [3.0, 1.0]], {"mae": 0.5, "rmse": 0.5**0.5}),
        ("binary", (0.2, 0.9, 0.6), [0, 1, 0], {"auc": 1.0}),
        ("binary", (0.8, 0.2, 0.1, 0.9, 0.4, 0.6), [0, 1, 0], {"auc": 1.0}),
        ("binary", (0.2, 0.9, 0.6), [1, 1, 1], {}),  # one class alone has no curve
        ("classification", (0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.2, 0.2, 0.6), [0, 1, 2], {"auc": 1.0}),
        ("multilabel", (0.9, 0.1, 0.2, 0.7), [[1, 0], [0, 1]], {"auc": 1.0}),
    ],
)
def test_the_parent_computes_other_metrics(
    task: Task, values: tuple[float, ...], labels: list[Any], expected: dict[str, float]
) -> None:
    """Of numbers or of probabilities, of one output, of one for each class and of one for each label."""
    metrics = of_task(task, values, labels, *(() if task == "regression" else ("auc",))).part(Metrics)

    assert isinstance(metrics, Metrics)
    assert pytest.approx(expected) == dict(metrics.values)
    assert (len(labels), "pixels / 255") == (metrics.examples, metrics.inputs)


def test_a_perplexity_is_that_of_the_right_class() -> None:
    """It is the exponential of the mean cross-entropy: 4 where each right class has a quarter."""
    values = (0.25, 0.75) * 3
    metrics = of_task("classification", values, [0, 0, 0], "perplexity", "cross_entropy").part(Metrics)

    assert isinstance(metrics, Metrics)
    assert pytest.approx({"perplexity": 4.0, "cross_entropy": math.log(4)}) == dict(metrics.values)


@pytest.mark.hostile_row(172)
@pytest.mark.parametrize(
    ("task", "values", "labels"),
    [
        ("regression", (1.0,), [[2.0], [5.0]]),
        ("regression", (1.0, 2.0, 3.0, 4.0), [[2.0], [5.0]]),
        ("classification", (0.5, 0.5), [0, 2]),
        ("classification", (0.5, 0.5, 0.5, 0.5), [0, 2]),
        ("multilabel", (0.5, 0.5), [[1, 0], [0, 1]]),
        ("classification", (), [0, 1]),
    ],
)
def test_a_worker_that_sends_other_numbers(task: Task, values: tuple[float, ...], labels: list[Any]) -> None:
    """They are no answers to the test examples, and stop nobody but this worker."""
    with pytest.raises(WorkerError, match="predictions for 2 test examples"):
        of_task(task, values, labels, *(() if task == "regression" else ("cross_entropy",)))


@pytest.mark.hostile_row(172)
@given(
    st.lists(st.floats(-1e149, 1e149), min_size=6, max_size=6), st.sampled_from(["classification", "binary"])
)
def test_any_numbers_for_probabilities(values: list[float], task: Task) -> None:
    """Whatever a worker sends in their place, the metrics are numbers."""
    found = of_task(task, tuple(values), [0, 1, 1], "auc", "cross_entropy").part(Metrics)

    assert isinstance(found, Metrics)
    assert {"auc", "cross_entropy"} == set(found.values)
    with pytest.raises(ValidationError):
        predictions(0).model_validate({**TRIED, "classes": "", "values": (math.nan,)})

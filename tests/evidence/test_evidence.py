"""Tests of `grader.evidence`: what crosses from a worker to its parent."""

import json
import math

import builders_evidence as build
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.evidence import Evidence
from grader.evidence.figure import Figure
from grader.evidence.log import Column
from grader.evidence.problem import Problem
from grader.evidence.training import Accuracy, Norms

PROBLEM = Problem(who="student", message="The log is empty.")


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(width=64)))
def test_numbers_travel_exactly(values: list[float]) -> None:
    """Every float comes back as it was, NaN and infinity too."""
    column = build.a_column("loss", values)

    back = Column.model_validate_json(column.model_dump_json())

    assert [math.isnan(value) for value in column.values] == [math.isnan(value) for value in back.values]
    assert [value for value in values if value == value] == [value for value in back.values if value == value]  # noqa: PLR0124  (only NaN differs from itself)
    assert column.rows == back.rows


def test_numbers_are_like_a_tuple_and_an_array() -> None:
    """They are equal to a tuple, hash as it does, are cut as it is, and NumPy cannot change them."""
    values = build.a_column("loss", [1.0, 2.0, 3.0]).values

    assert (1.0, 2.0, 3.0) == values
    assert hash((1.0, 2.0, 3.0)) == hash(values)
    assert (values[1:], values[-1]) == ((2.0, 3.0), 3.0)
    assert not np.asarray(values).flags.writeable
    assert [] == np.asarray(values[:0]).tolist()


def test_evidence_travels_whole() -> None:
    """Evidence with parts and with problems is equal after the way through JSON."""
    for evidence in (build.some_evidence(), build.some_evidence(log=PROBLEM, rerun=PROBLEM)):
        assert evidence == Evidence.model_validate_json(evidence.model_dump_json())


@pytest.mark.parametrize("values", ["not base64!", "AAAA", 3, None, [1.0]])
def test_numbers_in_another_form_are_refused(values: object) -> None:
    """A worker that sends anything else is not understood."""
    form = {**json.loads(build.a_column("loss", [1.0]).model_dump_json()), "values": values}

    with pytest.raises(ValidationError):
        Column.model_validate_json(json.dumps(form))


def test_unknown_fields_are_refused() -> None:
    """Nothing that nobody declared gets in, such as a score."""
    form = {**json.loads(PROBLEM.model_dump_json()), "score": 100}

    with pytest.raises(ValidationError):
        Problem.model_validate_json(json.dumps(form))


def test_a_sentence_has_an_end() -> None:
    """A text from a student's file cannot be endless."""
    with pytest.raises(ValidationError):
        Problem(who="student", message="x" * 1001)


def test_columns_are_found_by_their_names() -> None:
    """The first column of a name is found, all norms are, and a missing one is None."""
    log = build.a_log(build.a_norm([1.0]), build.a_norm([2.0], "other"), loss=[0.5])

    assert "loss" == getattr(log.column("loss"), "header", None)
    assert log.column("accuracy") is None
    assert ["grad_norm", "other"] == [column.header for column in log.norms()]


def test_a_series_of_norms_is_named_by_scope_and_stage() -> None:
    """The four series are told apart by their two words."""
    norms = Norms(variable_before=(1.0,), variable_after=(2.0,), global_before=(3.0,), global_after=(4.0,))

    assert [(1.0,), (2.0,), (3.0,), (4.0,)] == [
        norms.series(scope, stage) for scope in ("variable", "global") for stage in ("before", "after")
    ]


def test_problems_are_listed_in_order() -> None:
    """What is missing can be gone through."""
    later = Problem(who="pending", message="Later.")

    assert [PROBLEM, later] == list(build.some_evidence(model=PROBLEM, rerun=later).problems())


def test_the_accuracy_on_training_images_is_of_the_scale_that_was_taken() -> None:
    """It is not known where that scale was not tried."""
    accuracy = Accuracy(
        inputs="raw pixels", tried=(("pixels / 255", 0.5), ("raw pixels", 0.8)), value=0.7, images=9
    )

    assert 0.8 == accuracy.on_training_images
    assert accuracy.model_copy(update={"tried": ()}).on_training_images is None


@pytest.mark.parametrize(
    "small",
    [
        'data:image/png;base64,AA"onerror=',
        "data:text/html;base64,AAAA",
        "http://x.example/a.png",
        "data:image/png;base64,AA\n",
    ],
)
def test_the_copy_of_a_figure_is_nothing_but_a_picture(small: str) -> None:
    """A worker could send anything; what is no address of a picture is refused."""
    with pytest.raises(ValidationError):
        Figure(form="png", width=1, height=1, ink=0.0, small=small)
    assert "" == Figure(form="png", width=1, height=1, ink=0.0).small

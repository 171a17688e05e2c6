"""Tests of `grader.evidence`: what crosses from a worker to its parent."""

import json
import math
import zlib
from typing import Any

import builders_evidence as build
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.evidence import Evidence
from grader.evidence.figure import Figure
from grader.evidence.log import Column
from grader.evidence.model import Model, Moments, Optimizer, Sketch
from grader.evidence.part import wanted
from grader.evidence.problem import Problem
from grader.evidence.training import Accuracy, Norms, Rerun

PROBLEM = Problem(who="student", message="The log is empty.")


DECIMALS = st.integers(0, 17).flatmap(
    lambda places: st.lists(st.integers(-(10**12), 10**12).map(lambda whole: whole / 10**places))
)


@given(st.lists(st.floats(width=64)) | st.lists(st.floats(width=32)) | DECIMALS)
@example([0.1, -0.0])
@example([0.5, math.nan, 0.25])
@example([1e300, 0.1])
@example([9007199254740993.0, 0.1])
def test_numbers_travel_exactly(values: list[float]) -> None:
    """Every float comes back as it was, NaN, infinity and -0.0 too, and as decimals, which are packed."""
    column = build.a_column("loss", values)

    back = Column.model_validate_json(column.model_dump_json())

    assert bytes(column.values) == bytes(back.values)
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


def test_a_log_of_decimals_is_small() -> None:
    """A value of float32 with nine digits takes less than half of its text, and its row nearly nothing."""
    norms = np.random.default_rng(1).lognormal(0, 0.3, 8_600).astype(np.float32)
    written = build.a_column("gradient_norm", [float(f"{norm:.9g}") for norm in norms])

    size = len(zlib.compress(written.model_dump_json().encode(), 1))

    assert size < 38_000


OTHER_FORMS = (
    *("not base64!", "AAAA", 3, None, [1.0], "1::", "1:AA==", "1::not base64!", "1:2:3:AA==", "one:1:AA=="),
    # More or fewer values than there are bytes for, and decimals that nobody writes.
    *("2::AA==", "0::AA==", "-1::AA==", "1::AAAAAAAAAAAAAAAA", "2::AAAA", f"{10**30}::AA=="),
    *("1:16:AA==", "1:-1:AA==", "1:x:AA=="),
)


@pytest.mark.parametrize("values", OTHER_FORMS)
def test_numbers_in_another_form_are_refused(values: object) -> None:
    """A worker that sends anything else is not understood."""
    form = {**json.loads(build.a_column("loss", [1.0]).model_dump_json()), "values": values}

    with pytest.raises(ValidationError):
        Column.model_validate_json(json.dumps(form))
    with pytest.raises(ValidationError):
        Column.model_validate_json(json.dumps({**form, "values": "1:1:AA==", "rows": "1:1:AA=="}))


MOMENTS = {"beta_1": 0.9, "beta_2": 0.999, "first": (0.5, 0.0), "second": (0.25, 9e149)}
FIGURE = {"form": "png", "width": 1, "height": 1, "ink": 0.5}
ADDRESSES = (
    *('data:image/png;base64,AA"onerror=', "data:text/html;base64,AAAA", "http://x.example/a.png"),
    "data:image/png;base64,AA\n",
)
SKETCH = {"sha256": "0a" * 32, "projections": (0.6, -0.8)}


@pytest.mark.hostile_row(91)
@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        *((Moments, {**MOMENTS, "beta_2": beta}) for beta in (-0.1, 1.0, 1 - 1e-9, math.nan)),
        *((Moments, {**MOMENTS, "second": (0.25, value)}) for value in (1e150, -1.0, math.nan, math.inf)),
        *((Moments, {**MOMENTS, "first": first}) for first in ((0.5,), (0.5, 0.0, 0.0), (0.5, math.nan))),
        (Moments, {**MOMENTS, "first": (), "second": ()}),
        *((Optimizer, {"kind": "Adam", "iterations": steps}) for steps in (-1, 10**12 + 1)),
        *((Optimizer, {"kind": "Adam", "clipnorm": cap}) for cap in (1e150, -1e200, math.nan, math.inf)),
        *((Sketch, {**SKETCH, "sha256": digest}) for digest in ("abc", "AB", "xy", "../x")),
        *((Sketch, {**SKETCH, "projections": (0.6, value)}) for value in (math.nan, math.inf, -1e150)),
        (Norms, dict.fromkeys(Norms.model_fields, (1.0, math.nan))),
        (Model, {**dict(build.a_model()), "parameters": -1}),
        (Rerun, {**dict(build.a_rerun()), "trainable_variables": -1}),
        (Column, {"name": "loss", "header": "loss", "rows": (0, 1), "values": (1.0,)}),
        *(
            (Column, {"name": "loss", "header": "loss", "rows": rows, "values": (1.0, 2.0)})
            for rows in ((1, 0), (1, 1), (-1, 0))
        ),
        (Norms, {**dict.fromkeys(Norms.model_fields, (1.0, 2.0)), "global_after": (1.0,)}),
        (Column, {**dict(build.a_column("loss", [1.0])), "unreadable_count": -1}),
        (Figure, {**FIGURE, "pixels": "abc"}),
        *((Figure, {**FIGURE, "small": small}) for small in ADDRESSES),
        *(
            (Problem, {"who": "student", **fields})
            for fields in ({"message": "x" * 1001}, {"message": "x", "score": 1})
        ),
    ],
)
def test_what_no_honest_worker_sends_is_refused(kind: Any, fields: dict[str, Any]) -> None:
    """What a check computes with is finite and not too large to be squared, counted, or worked back.

    The copy of a figure is a picture, a sentence has an end, and what nobody declared does not get in.
    """
    with pytest.raises(ValidationError):
        kind(**fields)


def test_the_largest_numbers_are_taken() -> None:
    """Among them those of a training that diverged: its moments are none, and its log says NaN."""
    assert (9e149, "0a" * 32) == (Moments(**MOMENTS).second[1], Sketch(**SKETCH).sha256)
    assert 10**12 == Optimizer(kind="Adam", iterations=10**12, clipnorm=9e149).iterations
    assert 2 == len(build.a_column("loss", [math.nan, math.inf]).values)


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


def test_the_advice_fits_the_files_that_a_rubric_asks_for() -> None:
    """Whoever hands in nothing in a homework in PyTorch is not sent to Keras."""
    model = wanted()["model"]

    assert "torch.save" in str(model.advice_for(("model.pt", "*.keras")))
    assert model.advice == model.advice_for(("*.keras",)) == model.advice_for(())

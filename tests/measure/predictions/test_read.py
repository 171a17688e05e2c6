"""Predictions, read from tables and JSON of many forms."""

import pytest
from builders_golden import refusal_of, said
from hypothesis import example, given
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.evidence.predictions import Predictions
from grader.measure.predictions.read import read
from grader.rubric import Limits, Plan

EXPECTED = (("7", "cat"), ("8", "dog"))


def found(content: str | bytes, **limits: int) -> Predictions:
    """The predictions in a file with this content."""
    written = content if isinstance(content, bytes) else content.encode()
    return read("predictions.csv", written, Declaration(), Plan(limits=Limits(**limits)))


def pairs(content: str | bytes) -> tuple[tuple[str, str], ...]:
    """Its ids and values."""
    read_so = found(content)
    return tuple(zip(read_so.ids, read_so.values, strict=True))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("id,prediction\n7,cat\n8,dog\n", id="csv"),
        pytest.param("\ufeffID;Label\r\n7;cat\r\n\r\n8;dog", id="as a spreadsheet saves it"),
        pytest.param("7\tcat\n8\tdog\n", id="without a header"),
        pytest.param("7 cat\n8   dog\n", id="with blanks"),
        pytest.param(",id,y_pred\n0,7,cat\n1,8,dog\n", id="with an index of pandas"),
        pytest.param(",prediction\n7,cat\n8,dog\n", id="an index that is the id"),
        pytest.param("label,image_id,confidence\ncat,7,0.9\ndog,8,0.8\n", id="in another order"),
        pytest.param('"id","class"\n"7","cat"\n"8","dog"', id="in quotes"),
        pytest.param("id,label\n7,cat\n8,dog\n".encode("utf-16"), id="UTF-16"),
        pytest.param('{"id": 7, "prediction": "cat"}\n{"id": 8, "prediction": "dog"}\n', id="json lines"),
        pytest.param('[{"id": 7, "label": "cat"}, {"label": "dog", "id": 8}]', id="a list of json"),
        pytest.param('{"7": "cat", "8": "dog"}', id="an object of ids"),
    ],
)
def test_the_ids_and_what_is_predicted(content: str | bytes) -> None:
    """By the names of the columns, whatever their order."""
    assert EXPECTED == pairs(content)


@pytest.mark.hostile_row(190)
@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty"),
        pytest.param(b"\x80\x04\x95\x00", id="a pickle"),
        pytest.param(b"PK\x03\x04\x00\x00", id="a zip"),
        pytest.param(b"\x00\x01\x02\xff", id="bytes"),
        pytest.param("id,prediction\n", id="a header alone"),
        pytest.param("prediction\ncat\ndog\n", id="one column"),
        pytest.param("id,p0,p1,p2\n7,0.1,0.2,0.7\n8,0,1,0\n", id="probabilities"),
        pytest.param("id,first,second\n7,cat,dog\n", id="two columns that could be it"),
        pytest.param("id,prediction\n7,cat\n8\n", id="a row without one"),
        pytest.param('id,prediction\n"7,' + "x" * 200_000, id="an open quote"),
        pytest.param('{"id": 7', id="cut json"),
        pytest.param('{"id": 1, "id": 2}', id="a key twice"),
        pytest.param("[" * 100_000, id="deep json"),
        pytest.param("[1, 2]", id="a list of numbers"),
        pytest.param('[{"id": 1}, 2]', id="a list of both"),
        pytest.param("{}", id="nothing in json"),
        pytest.param("id,prediction\n" + "7,cat\n" * 30, id="too many rows"),
    ],
)
def test_what_is_refused(content: str | bytes) -> None:
    """With what was found, what was asked, and what to do."""
    said(*refusal_of(lambda: found(content, log_rows=20)))


@given(st.text(max_size=200) | st.binary(max_size=200))
@example("\x1f")
@example(",,\n;")
def test_nothing_stops_the_reading(content: str | bytes) -> None:
    """Whatever the file, it is read or refused."""
    try:
        kept = found(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    except SubmissionError:
        return
    assert len(kept.ids) == len(kept.values) > 0


def test_texts_that_act_on_a_screen_are_harmless() -> None:
    """And very long ones are cut."""
    ((identity, prediction),) = pairs(f"id,prediction\na\x1b[2Jb,{'x' * 5000}\n")

    assert "\x1b" not in identity
    assert len(prediction) <= 300

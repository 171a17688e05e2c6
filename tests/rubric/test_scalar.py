"""Words without quotes, as YAML 1.2 reads them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.rubric.scalar import scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-3", -3),
        ("010", 10),
        ("1.0", 1.0),
        (".5", 0.5),
        ("1e-5", 1e-5),
        ("1e-3", 1e-3),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("", None),
        ("~", None),
        ("null", None),
    ],
)
def test_core_schema(text: str, value: object) -> None:
    """Numbers, truth values and nothing are what YAML 1.2 calls so."""
    found = scalar(text)

    assert value == found
    assert type(value) is type(found)


@pytest.mark.hostile_row(64)
@pytest.mark.parametrize(
    "text",
    [
        "no",
        "yes",
        "on",
        "1:30",
        "2026-11-20",
        "1_000",
        "0x10",
        "85%",
        "1,5",
        ".inf",
        "-.inf",
        ".nan",
        "1e999",
        "9" * 400,
    ],
)
def test_everything_else_is_text(text: str) -> None:
    """What YAML 1.1 or a spreadsheet would convert stays as it was written, and no number is infinite."""
    assert text == scalar(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_survives(number: float) -> None:
    """Every finite number that Python writes is read as the same number."""
    found = scalar(repr(number))

    assert isinstance(found, float)
    assert math.isclose(number, found, rel_tol=0.0)

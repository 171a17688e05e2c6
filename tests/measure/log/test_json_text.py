"""JSON is read strictly."""

import math

import pytest
from builders_logs import read, refused, values

from grader.errors import SubmissionError
from grader.measure.log.json_text import parse_json


@pytest.mark.hostile_row(60)
def test_integer_of_thousands_of_digits() -> None:
    """A number beyond all measure is infinity."""
    assert {"loss": [math.inf]} == values(read(f'{{"loss": [{"9" * 5000}]}}'))


@pytest.mark.hostile_row(60)
def test_key_twice() -> None:
    """A key that is there twice is refused, at any depth."""
    refusal = refused('{"history": {"loss": [1], "acc": [2], "loss": [3]}}')

    assert "The log `log.csv` has the key `loss` twice in one object; each must be there once." == str(
        refusal.message
    )
    assert "Rename one of the keys or take it out." == str(refusal.hint)


def test_keys_that_act() -> None:
    """A key with control characters or half a character is shown without acting."""
    assert r"`\x1b[2J`" in str(refused('{"\\u001b[2J": [1]}').message)
    assert read('{"loss": [1], "\\ud800": [2]}').ignored == ("\\ud800",)


def test_numbers_are_floats() -> None:
    """Every number is a float; what is no finite number stays a text."""
    parsed = parse_json("log.json", '[1, 2.5, NaN, Infinity, -Infinity, true, null, "1"]')

    assert [1.0, 2.5, "NaN", "Infinity", "-Infinity", True, None, "1"] == parsed
    assert isinstance(parsed[0], float)


@pytest.mark.hostile_row(60)
@pytest.mark.parametrize("text", ["", "[1,]", "[01]", "[1_0]", "[.5]", "{1: 2}", "nan", "[1] [2]", '["\n"]'])
def test_no_json(text: str) -> None:
    """What JSON does not allow is not allowed."""
    with pytest.raises(
        SubmissionError, match=r"^The log `log.json` is not valid JSON: .* at line 1, column \d+\.$|line 2"
    ):
        parse_json("log.json", text)

"""A YAML file as data with lines; what may not be in it is in `test_sentences.py`."""

import math
import os
from pathlib import Path

import pytest
from builders_rubric import a_file
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import RubricError
from grader.rubric.document import Mistake, read_document, refusal, scalar


def test_values_and_lines(tmp_path: Path) -> None:
    """Every value is plain data and has the line on which it begins, also after a byte order mark."""
    text = "\ufeff# first\na: 1\nb:\n  - {c: no}\n  - d: '2'\n    e: [3,\n      4]\n"
    document = read_document(a_file(tmp_path, text))

    assert {"a": 1, "b": ({"c": "no"}, {"d": "2", "e": (3, 4)})} == document.content
    assert 4 == document.value(("b", 1, "e", 1))
    places = [("a",), ("b",), ("b", 0, "c"), ("b", 1, "d"), ("b", 1, "e", 1), ("b", 1, "missing", 0)]
    assert [2, 3, 4, 5, 7, 5] == [document.mistake(place, "").line for place in places]


@pytest.mark.hostile_row(63)
def test_an_alias_bomb_costs_nothing(tmp_path: Path) -> None:
    """Ten lists of ten aliases each are 100 words to read, not ten billion."""
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 11))]

    assert 111 == len(read_document(a_file(tmp_path, "\n".join(lines))).mistakes)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("0", 0), ("300", 300), ("-5", -5), ("+5", 5), ("010", 10)),
        *(("0.87", 0.87), ("1.", 1.0), (".5", 0.5)),
        *(("1e-5", 1e-5), ("1e-3", 1e-3), ("1e3", 1000.0), ("true", True), ("False", False)),
        *(("", None), ("~", None), ("null", None)),
    ],
)
def test_a_word_without_quotes(text: str, value: object) -> None:
    """Numbers, truth values and nothing are what YAML 1.2 calls so."""
    found = scalar(text)

    assert value == found
    assert type(value) is type(found)


@pytest.mark.hostile_row(64)
@pytest.mark.parametrize(
    "text",
    [
        *("no", "yes", "on", "1:30", "2026-11-20", "1_000", "0x10", "85%", "1,5"),
        *(".inf", "-.inf", ".nan", "1e999", "9" * 400),
    ],
)
def test_everything_else_is_text(text: str) -> None:
    """What YAML 1.1 or a spreadsheet would convert stays as it was written, and no number is infinite."""
    assert text == scalar(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives(number: float) -> None:
    """Every finite number that Python writes is read as the same number."""
    found = scalar(repr(number))

    assert isinstance(found, float)
    assert math.isclose(number, found, rel_tol=0.0)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """It is named as it was given, and a pipe is refused before it is opened."""
    pipe, none, long = tmp_path / "pipe.yaml", tmp_path / "none.yaml", Path("x" * 300)
    os.mkfifo(pipe)
    expected = {
        none: f"The rubric `{none}` does not exist.",
        tmp_path: f"The rubric `{tmp_path}` is a folder.",
        pipe: f"The rubric `{pipe}` is no ordinary file.",
        long: f"The rubric `{long}` cannot be read: File name too long.",
    }

    for path, message in expected.items():
        with pytest.raises(RubricError) as caught:
            read_document(path)
        assert message == caught.value.message


def test_mistakes_are_said_once_and_in_order() -> None:
    """Mistakes stand in the order of the file, each once, and so do the hints."""
    late, early = Mistake(9, "Late.", "Do B."), Mistake(2, "Early.", "Do A.")
    error = refusal("hw.yaml", [late, early, late, Mistake(9, "Also.")])

    assert "Early. (hw.yaml:2)\nLate. (hw.yaml:9)\nAlso. (hw.yaml:9)" == error.message
    assert "Do A. Do B." == error.hint

"""The forms of text are told apart."""

import pytest

from grader.measure.logs.document import open_document
from grader.measure.logs.text_forms import is_delimited, is_json, is_json_lines, is_numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("epoch,loss\n0,1\n", is_delimited),
        ("1\n2\nthree\n", is_delimited),
        ("1,5\n", is_delimited),
        ("prose", is_delimited),
        (" 1\n\n2.5e-3\nnan\n", is_numbers),
        ("\n [1]", is_json),
        ('{"loss": [1]}', is_json),
        ('{"loss": 1}\n', is_json),
        ('{"loss": 1}\n[2]\n', is_json),
        ('{\n"loss": 1}\n', is_json),
        ('{"loss":\n{"0": 1}}', is_json),
        ('{"loss": 1}\n\n {"loss": 2}\n', is_json_lines),
        ('{"loss": 1}\n{', is_json_lines),
    ],
)
def test_one_of_four(text: str, expected: object) -> None:
    """Each text is of one form."""
    document = open_document("log.csv", text.encode())

    assert [expected] == [
        form for form in (is_delimited, is_numbers, is_json, is_json_lines) if form(document)
    ]


def test_no_text() -> None:
    """What is no text is of no form."""
    document = open_document("log.csv", b"\0")

    assert [] == [form for form in (is_delimited, is_numbers, is_json, is_json_lines) if form(document)]

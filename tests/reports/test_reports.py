"""Tests of `grader.reports`: which formats stored reports can be written in."""

import pytest

from grader.reports import load, names


def test_a_format_that_names_its_file_is_found() -> None:
    """Nothing is registered; a format of one platform and the terminal are not among them."""
    assert {"html", "junit", "markdown", "plain_text"} <= set(names())
    assert not {"terminal", "sentences", "prairielearn"} & set(names())
    assert sorted(names()) == list(names())


@pytest.mark.parametrize(
    ("name", "file", "of_class"),
    [
        ("html", "report.html", False),
        ("junit", "junit.xml", True),
        ("markdown", "report.md", False),
        ("plain_text", "report.txt", False),
    ],
)
def test_a_format_has_a_file_for_each_or_for_all(name: str, file: str, of_class: bool) -> None:
    """What its function `page` takes says which."""
    found = load(name)

    assert (name, file, of_class) == (found.name, found.file, found.of_class)


def test_a_format_that_is_not_there() -> None:
    """The name is the error."""
    with pytest.raises(KeyError, match="parchment"):
        load("parchment")

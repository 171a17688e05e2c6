"""Tests of `grader.reports.filled`: what becomes of a text in a page."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.messages.message import say
from grader.reports.filled import filled, with_names


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Pass `clipnorm=1.0` to `Adam`.", "Pass <code>clipnorm=1.0</code> to <code>Adam</code>."),
        ('`<b>` & "it\'s"', "<code>&lt;b&gt;</code> &amp; &#34;it&#39;s&#34;"),
        ("a\nb\x1b\u202e", "a b\\x1b\\u202e"),
        ("``two`` and `one", "``two`` and `one"),
    ],
)
def test_names_are_code(text: str, shown: str) -> None:
    """What stands in backticks; everything is escaped and on one line."""
    assert str(shown) == str(with_names(text))


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_no_text_is_more_than_text(text: str) -> None:
    """Nothing but our own tag is in it, and no quote can end an attribute."""
    shown = str(with_names(text)).replace("<code>", "").replace("</code>", "")

    assert not set(shown) & set("<>\"'\n\x00")


def test_a_sentence_is_in_the_language_of_the_page() -> None:
    """With what it was filled from, which stays text."""
    text = say("{name} is a link; links are not followed.", name="`<b>`")

    assert "<code>&lt;b&gt;</code> es un enlace; los enlaces no se siguen." == str(with_names(text, "es"))


def test_what_a_template_needs_must_be_there() -> None:
    """A name that is left out is a mistake of ours."""
    with pytest.raises(Exception, match="is undefined"):
        filled("report.html", "en")

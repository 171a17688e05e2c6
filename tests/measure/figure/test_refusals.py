"""Tests of `grader.measure.figure.refusals`: the sentences on figures that cannot be read."""

from grader.measure.figure.refusals import damaged, no_picture, too_much


def test_the_sentences() -> None:
    """Each has what was found, and both numbers where there are two."""
    assert "`a` is no PNG, JPEG, SVG or PDF: it does not begin as one." == no_picture("`a`").message
    assert "`a` cannot be read as a PNG: it is damaged or not complete." == damaged("`a`", "a PNG").message
    assert "`a` has 1,200 pages; at most 50 are read." == too_much("`a`", "pages", 1200, 50).message
    assert "Save a smaller figure, as a PNG." == too_much("`a`", "pages", 1200, 50).hint

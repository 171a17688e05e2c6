"""Every known hostile input has its test."""

from catalogue import ROWS, marked_tests


def test_every_row_has_a_marked_test() -> None:
    """None is forgotten, and no test has a number that is none."""
    assert sorted(ROWS) == sorted(marked_tests())

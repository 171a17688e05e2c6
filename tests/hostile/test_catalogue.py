"""Every known hostile input has its test."""

from catalogue import ROWS, UNTESTED, marked_tests


def test_every_row_has_a_marked_test_or_a_reason() -> None:
    """None is forgotten, and no reason outlives its test."""
    tested = marked_tests()

    assert list(range(1, 79)) == sorted(ROWS)
    assert [] == [row for row in ROWS if row not in tested and row not in UNTESTED]
    assert [] == [row for row in UNTESTED if row in tested]
    assert [] == [row for row in tested if row not in ROWS]

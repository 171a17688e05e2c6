"""Tests of `by_hand`: the program decides nothing."""

from grader.checks.by_hand import ByHand


def test_a_person_grades_it() -> None:
    """The finding waits, doubts nothing, and has for the teacher what to look for."""
    found = ByHand(rubric=" 1 point: names the cap.\n").find()

    assert ("review", True, False) == (found.status, found.is_by_hand, found.doubts)
    assert "1 point: names the cap." == str(found.hint)

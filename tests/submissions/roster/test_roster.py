"""A student of a roster."""

from grader.submissions.roster import Student


def test_only_the_id_must_be_there() -> None:
    """All the rest may be unknown."""
    assert Student("", "", (), "", "", 0) == Student(id="")

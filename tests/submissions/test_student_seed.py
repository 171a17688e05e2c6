"""The seed of a student."""

from hypothesis import given
from hypothesis.strategies import text

from grader.submissions.student_seed import student_seed


def test_it_stays_what_it_is() -> None:
    """What was handed out last year is still graded with the same seed."""
    assert [1067954347, 333228870, 1518027081] == [
        student_seed("cs101", "ana"),
        student_seed("cs101", "ana", "replay"),
        student_seed("", "김민준"),
    ]


def test_it_differs() -> None:
    """Between students, courses and purposes."""
    seeds = {
        student_seed(course, student, purpose)
        for course in ("", "a", "ab", "cs101")
        for student in ("", "b", "ana", "ana2")
        for purpose in ("", "a", "ana")
    }

    assert 48 == len(seeds)


@given(text(max_size=20), text(max_size=20))
def test_every_text_has_one(course_key: str, student: str) -> None:
    """Any key and any id; case and blanks around it do not count."""
    seed = student_seed(course_key, student)

    assert 0 <= seed < 2**31
    assert student_seed(course_key, f"  {student} ") == seed

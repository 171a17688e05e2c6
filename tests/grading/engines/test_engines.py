"""Tests of what every engine shares."""

from grader.grading.engines import Task, ended_early


def test_the_failure_of_a_worker_without_its_last_reply() -> None:
    """It says how the worker ended, where that is known."""
    error = ended_early("was ended by signal SIGSEGV")

    assert "The worker was ended by signal SIGSEGV before it had measured everything." == str(error.message)
    assert "The worker ended before it had measured everything." == str(ended_early("").message)
    assert "Grade it again." == str(error.hint)


def test_two_tasks_are_two() -> None:
    """Even with equal messages: each submission is measured for itself."""
    assert Task("module:function", (b"1",)) != Task("module:function", (b"1",))

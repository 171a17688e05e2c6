"""Tests of `grader.cli.options`: what can be chosen is what there is."""

from typing import Any, get_args

import pytest

from grader import report
from grader.cli.options import Language, Level, jobs_of
from grader.errors import UsageError
from grader.messages import languages


@pytest.mark.parametrize(
    ("offered", "known"),
    [(Level, report.Level), (Language, languages.Language)],
)
def test_every_choice_is_offered(offered: Any, known: Any) -> None:
    """What an option takes is what the program knows, in the same order."""
    assert get_args(known) == get_args(offered)


def test_the_machine_decides_how_many_jobs_there_are_unless_somebody_does() -> None:
    """`auto` is for the machine to decide."""
    assert (None, 1, 12) == (jobs_of("auto"), jobs_of("1"), jobs_of("12"))


@pytest.mark.parametrize("asked", ["0", "-1", "2.5", "two", "", "²", "AUTO"])
def test_jobs_are_a_whole_number(asked: str) -> None:
    """Anything else is said with what is taken."""
    with pytest.raises(UsageError) as caught:
        jobs_of(asked)

    assert caught.value.message == (
        f"`--jobs` must be `auto` or a whole number of at least 1. Received: {asked!r}."
    )
    assert "Leave it out to use one worker per core." == caught.value.hint

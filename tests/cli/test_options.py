"""Tests of `grader.cli.options`: what can be chosen is what there is."""

from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import pytest
from builders_command_line import grader

from grader.cli.options import ShownWhen, Spoken, WallsLevel, language_of
from grader.formats.gradescope import Visibility
from grader.languages import Language
from grader.report import Level


def test_a_level_that_does_not_exist_is_a_mistake_of_the_command(examples: Path) -> None:
    """The three levels are named."""
    done = grader("check", examples / "ana_passes", "--require-isolation", "best")

    assert 2 == done.returncode
    assert "'best' is not one of 'full', 'limited', 'basic'" in done.stderr


@pytest.mark.parametrize(
    ("choices", "there"), [(WallsLevel, Level), (Spoken, Language), (ShownWhen, Visibility)]
)
def test_every_choice_is_there(choices: type[StrEnum], there: Any) -> None:
    """What Typer takes is what the program knows, in the same order."""
    assert list(get_args(there)) == [choice.value for choice in choices]


def test_no_language_is_the_rubrics_to_choose() -> None:
    """A language is passed on as its code."""
    assert ("ko", None) == (language_of(Spoken.ko), language_of(None))

"""Rubrics as a teacher writes them, and what is said about them."""

from pathlib import Path

import pytest

from grader.errors import RubricError
from grader.rubric import Item, Rubric
from grader.rubric.loading import load_rubric

ITEM = """\
- norm_within_cap: {cap: 1.0}
  title: Within the cap
  points: 2
"""
RUBRIC = f"""\
version: 1
title: Homework
items:
{ITEM}"""


def a_file(folder: Path, text: str | bytes = RUBRIC) -> Path:
    """A file `hw.yaml` with this text."""
    file = folder / "hw.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def a_rubric(folder: Path, text: str = RUBRIC) -> Rubric:
    """The rubric that this text means."""
    return load_rubric(a_file(folder, text))


def an_item(folder: Path, text: str) -> Item:
    """The last item of a rubric that ends with this one."""
    return a_rubric(folder, RUBRIC + text).items[-1]


def refusal(folder: Path, text: str | bytes) -> RubricError:
    """The error about a rubric with this text."""
    with pytest.raises(RubricError) as caught:
        load_rubric(a_file(folder, text))
    return caught.value


def mistakes(folder: Path, text: str | bytes) -> list[str]:
    """The lines of that error, without the folder."""
    return str(refusal(folder, text).message).replace(f"{folder}/", "").split("\n")

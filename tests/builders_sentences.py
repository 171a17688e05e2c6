"""Keeps the sentences of a room in one file, so that whoever changes one sees all of them."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from grader.errors import SubmissionError


def assert_kept(path: Path, said: Mapping[str, Iterable[object]]) -> None:
    """The file has what is said in each case; with WRITE_SENTENCES in the environment it is written anew."""
    text = "".join(f"{case}\n" + "".join(f"    {one}\n" for one in ones) for case, ones in said.items())
    if os.environ.get("WRITE_SENTENCES"):
        path.write_text(text, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == text


def refusal_of(act: Callable[[], object]) -> tuple[str, str]:
    """The sentence and the hint with which something is refused."""
    with pytest.raises(SubmissionError) as caught:
        act()
    return str(caught.value.message), str(caught.value.hint)

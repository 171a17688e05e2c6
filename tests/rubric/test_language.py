"""Tests of `grader.rubric.language`: the language that a command's reports are in."""

from pathlib import Path

import pytest
from builders_rubric import RUBRIC, a_rubric

from grader.messages.message import say
from grader.rubric.language import in_language, told


def test_the_language_is_settled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the command line, else the rubric, else the machine."""
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    silent, english = a_rubric(tmp_path), a_rubric(tmp_path, f"{RUBRIC}language: en\n")

    assert (None, "en") == (silent.language, english.language)
    assert "es" == in_language(silent, None).language
    assert "en" == in_language(english, None).language
    assert "ko" == in_language(english, "ko").language


def test_a_sentence_is_told_in_it(tmp_path: Path) -> None:
    """What stands on the screen while a student waits."""
    rubric = in_language(a_rubric(tmp_path), "es")

    assert "Leyendo los archivos" == told(say("Reading the files"), rubric)

"""Tests of `grader.cli.commands.doctor`."""

import sys

import pytest
from rich.console import Console

from grader.cli.commands.doctor import attempts_table, doctor, layers_table, platform_line, versions_line
from grader.sandbox.level import SelfTest
from grader.sandbox.self_test import LIMITS
from grader.sandbox.walls import Layer

SOME = SelfTest((Layer("limits"), Layer("Landlock", "Only Linux has it.")), frozenset(LIMITS))


def lines(table: object) -> list[list[str]]:
    console = Console(width=100)
    with console.capture() as capture:
        console.print(table)
    return [line.split(maxsplit=1) for line in capture.get().splitlines()]


def test_each_layer_is_named_with_its_reason() -> None:
    """A layer holds, or is missing and says why."""
    shown = [" ".join(" ".join(line).split()) for line in lines(layers_table(SOME))]

    assert ["Layer Why it is missing", "limits holds", "Landlock missing Only Linux has it."] == shown


def test_each_attempt_is_named_with_its_outcome() -> None:
    """What was tried was refused, or possible."""
    shown = [" ".join(" ".join(line).split()) for line in lines(attempts_table(SOME))]

    assert "read a file elsewhere possible" in shown
    assert "take more memory than allowed refused" in shown


def test_the_whole_page(capsys: pytest.CaptureFixture[str]) -> None:
    """Layers, attempts, the level, the platform and the versions are there."""
    doctor()

    text = capsys.readouterr().out
    assert "Level: " in text
    assert "keras-homework-grader" in text
    assert "connect by TCP" in text


def test_the_platform_and_the_versions() -> None:
    """Both are sentences for a report of a mistake."""
    python = ".".join(map(str, sys.version_info[:3]))

    assert versions_line().startswith(f"Python {python}, keras-homework-grader ")
    assert "; Landlock: " in platform_line()

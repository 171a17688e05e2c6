"""Tests of `grader.cli.doctor`."""

import platform
import sys

import pytest

from grader.cli.doctor import doctor
from grader.sandbox.self_test import ATTEMPTS


def test_the_whole_page(capsys: pytest.CaptureFixture[str]) -> None:
    """Each layer and each attempt has its state, and the level, the platform and the versions are there."""
    doctor()

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert any(line in {"limits active", "limits missing"} for line in lines)
    states = [line for line in lines if line.endswith((" refused", " possible"))]
    assert list(ATTEMPTS) == [state.rpartition(" ")[0] for state in states]
    assert any(line.startswith("Level: ") for line in lines)
    assert lines[-2].startswith(f"{platform.system()} ")
    assert lines[-1].startswith(f"Python {'.'.join(map(str, sys.version_info[:3]))}, keras-homework-grader ")

"""Tests of `grader.sandbox.environment`: what a worker finds in its variables."""

import json
import os
from pathlib import Path

import pytest
from builders_workers import attempt, sandbox

from grader.sandbox.environment import move_into, reduced, reduced_environment

pytestmark = pytest.mark.usefixtures("workers")


def test_a_token_is_left_out() -> None:
    """Only what Python needs is kept, and what makes a run repeatable is set."""
    variables = reduced(
        {"PATH": "/bin", "API_TOKEN": "secret", "KERAS_BACKEND": "jax", "PYTHONWARNINGS": "error"}
    )

    assert {"API_TOKEN", "PYTHONWARNINGS"}.isdisjoint(variables)
    assert ("/bin", "tensorflow", "::") == tuple(
        variables[name] for name in ("PATH", "KERAS_BACKEND", "HDF5_PLUGIN_PRELOAD")
    )


def test_the_own_variables_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is started inside sees the reduced ones, what comes after sees all."""
    monkeypatch.setenv("API_TOKEN", "secret")

    with reduced_environment():
        inside = dict(os.environ)

    assert "API_TOKEN" not in inside
    assert "secret" == os.environ["API_TOKEN"]
    assert "HDF5_PLUGIN_PRELOAD" not in os.environ


def test_a_worker_has_none_of_ours() -> None:
    """A worker's home is its own folder; neither its variables nor those of its first moment name another."""
    variables = json.loads(attempt("variables", inside=sandbox(without={"memory hidden"})))

    assert "PYTEST_CURRENT_TEST" not in variables
    assert variables["HOME"] == variables["TMPDIR"]
    assert Path(variables["HOME"]).name.startswith("grader-")
    assert "PYTEST" not in attempt("first variables", inside=sandbox(without={"memory hidden", "not root"}))


def test_home_and_temporary_files_move(monkeypatch: pytest.MonkeyPatch) -> None:
    """All variables name the folder."""
    monkeypatch.setenv("HOME", "/before")
    monkeypatch.setenv("TMPDIR", "/before")
    monkeypatch.setenv("MPLCONFIGDIR", "/before")

    move_into("/a/folder")

    assert {"/a/folder"} == {os.environ[name] for name in ("HOME", "TMPDIR", "MPLCONFIGDIR")}

"""Tests of `grader.sandbox.environment`: what a worker inherits."""

import json
import os
import site
from pathlib import Path

import pytest
from builders_workers import attempt, outcome, sandbox

from grader.sandbox.environment import reduced, reduced_environment

pytestmark = pytest.mark.usefixtures("workers")


def test_a_token_is_left_out() -> None:
    """Only what Python needs is kept, and what makes a run repeatable is set."""
    variables = reduced(
        {"TMPDIR": "/scratch", "API_TOKEN": "secret", "KERAS_BACKEND": "jax", "PYTHONWARNINGS": "error"}
    )

    assert {"API_TOKEN", "PYTHONWARNINGS"}.isdisjoint(variables)
    assert ("/scratch", "tensorflow", "::") == tuple(
        variables[name] for name in ("TMPDIR", "KERAS_BACKEND", "HDF5_PLUGIN_PRELOAD")
    )


@pytest.mark.hostile_row(80)
@pytest.mark.parametrize("has_own_packages", [True, False])
def test_no_variable_leads_to_the_current_folder_or_a_home(
    monkeypatch: pytest.MonkeyPatch, has_own_packages: bool
) -> None:
    """Where the user's own packages are in use, Python still finds them."""
    names = ("DASK_CONFIG", "HDF5_PLUGIN_PATH", "KERAS_HOME", "LD_PRELOAD", "MATPLOTLIBRC", "MPLCONFIGDIR")
    names += ("NETRC", "NPY_DISABLE_CPU_FEATURES", "PYTHONSTARTUP", "TF_XLA_FLAGS", "XDG_CONFIG_HOME")
    names += ("XLA_FLAGS",)
    monkeypatch.setattr(site, "ENABLE_USER_SITE", has_own_packages)
    monkeypatch.setattr(site, "getuserbase", lambda: "/home/ana/.local")

    variables = reduced(dict.fromkeys((*names, "HOME", "PATH"), "/home/ana"))

    assert [] == [name for name, value in variables.items() if value == "/home/ana"]
    assert ("/home/ana/.local" if has_own_packages else None) == variables.get("PYTHONUSERBASE")
    assert "1" == variables["PYTHONSAFEPATH"]


def test_the_own_variables_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is started inside sees the reduced ones, what comes after sees all."""
    monkeypatch.setenv("API_TOKEN", "secret")

    with reduced_environment():
        inside = dict(os.environ)

    assert "API_TOKEN" not in inside
    assert "secret" == os.environ["API_TOKEN"]
    assert "HDF5_PLUGIN_PRELOAD" not in os.environ


def test_a_worker_has_no_variables_of_ours() -> None:
    """Its home is its own folder; neither its variables nor those of its first moment name another."""
    variables = json.loads(attempt("variables", inside=sandbox(without={"memory hidden"})))

    assert "PYTEST_CURRENT_TEST" not in variables
    assert variables["HOME"] == variables["TMPDIR"]
    assert Path(variables["HOME"]).name.startswith("grader-")
    assert "PYTEST" not in attempt("first variables", inside=sandbox(without={"memory hidden", "not root"}))


def test_a_worker_has_its_pipes_and_nothing_else_open() -> None:
    """Three streams that lead nowhere, two pipes, and the listing itself; none of the forkserver's."""
    descriptors = json.loads(attempt("descriptors"))

    assert [0, 1, 2] == descriptors[:3]
    assert 6 == len(descriptors)


def test_a_worker_is_in_a_folder_that_is_removed() -> None:
    """It is not the grader's current folder; what it writes there is gone with it."""
    replies, _, _ = outcome("tell_folder")

    folder = Path(os.fsdecode(replies[0]))
    assert folder != Path.cwd()
    assert not folder.exists()


@pytest.mark.hostile_row(73)
def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    """A worker's stdout and stderr go nowhere, and a flood of output delays nobody."""
    assert [b"done"] == outcome("print_much")[0]
    assert 50 == len(outcome("chatter")[0])
    assert ("", "") == capfd.readouterr()

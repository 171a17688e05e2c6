"""Tests of `grader.cli`: the program as a whole."""

from pathlib import Path

import pytest
from builders_command_line import grader, invoked

from grader import __version__

QUEUE = ("hook", "openedx", "--queue", "q", "--until-empty", "--url")


def test_the_version_and_the_help() -> None:
    """Both are there, and the help names each command."""
    assert f"grader {__version__}\n" == grader("--version").stdout
    text = grader("--help").stdout
    assert all(f"  {name}" in text for name in ("grade", "check", "checks", "hook", "rubric"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("grade", "nowhere"), "There is no folder `nowhere`."),
        (("check", "nowhere"), "There is nothing at `nowhere`."),
        (("grade", ".", "--rubric", "gradient_cliping"), "There is no rubric `gradient_cliping`."),
        (("checks", "norm_within_cup"), "There is no kind of check `norm_within_cup`."),
        (("rubric", "lint", "nowhere.yaml"), "There is no rubric `nowhere.yaml`."),
        (("hook", "gradescope", "--root", "nowhere"), "There is no folder `nowhere/submission`."),
        ((*QUEUE, "ftp://x.example"), "The address of the queue must begin with `https://`."),
        ((*QUEUE, "http://127.0.0.1:9"), "The environment must have `XQUEUE_USER` and `XQUEUE_PASSWORD`."),
        (
            ("grade", ".", "--out", "../out"),
            "No submission was found in `.`: it has no subfolder and no `.zip` file.",
        ),
        (("grade", ".", "--jobs", "many"), "`--jobs` must be `auto` or a whole number of at least 1."),
        (("check", "--require-isolation", "best"), "'best' is not one of 'full', 'limited', 'basic'"),
    ],
)
def test_a_mistake_on_the_command_line_is_exit_2(
    arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence goes to stderr, without a traceback, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    done = invoked(*arguments)

    assert 2 == done.exit_code
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert "" == done.stdout
    assert [] == list(tmp_path.iterdir())

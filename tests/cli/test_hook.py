"""`grader hook`: hooks in the folders of their platforms."""

import base64
import json
import shutil
from pathlib import Path

import pytest
from builders_command_line import grader, invoked
from builders_platforms import results_in

from grader.platforms import names


def test_the_hook_writes_results(examples: Path, tmp_path: Path) -> None:
    """Gradescope's folder gets its `results.json`, under the name that Gradescope knows."""
    shutil.copytree(examples / "ana_passes", tmp_path / "submission")
    metadata = {"id": 123, "users": [{"name": "Ana Maria", "email": "a@b.example", "id": 1}]}
    (tmp_path / "submission_metadata.json").write_text(json.dumps(metadata), encoding="utf-8")

    done = grader("hook", "gradescope", "--root", tmp_path)

    results = results_in(tmp_path)
    assert 0 == done.returncode
    assert 10 == results["score"]
    assert ["passed"] * 13 == [test["status"] for test in results["tests"]]
    assert 10 == sum(test["max_score"] for test in results["tests"])
    assert done.stdout.splitlines() == [
        "123: partial results, 0 of 10 points",
        "123: partial results, 7 of 10 points",
        "123: partial results, 9 of 10 points",
        "123: passed, 10 of 10 points",
    ]


def test_hooks_have_a_budget(tmp_path: Path) -> None:
    """An empty upload is graded by each; the report of one that is shortened says so."""
    for folder in ("submission", "student", "repository"):
        (tmp_path / folder).mkdir()
    output = tmp_path / "output"
    shown = ("--visibility", "after_published", "--leaderboard", "--budget", "15")
    codes = [
        invoked("hook", "gradescope", "--root", tmp_path, *shown).exit_code,
        invoked("hook", "prairielearn", "--root", tmp_path / "none").exit_code,
        invoked(
            *("hook", "github", tmp_path / "repository", "--budget", "60"), GITHUB_OUTPUT=str(output)
        ).exit_code,
    ]
    results = results_in(tmp_path)

    assert [0, 2, 0] == codes
    assert "The grader's own training was shortened from 600 steps to 200" in results["output"]
    assert ("after_published", [{"name": "Points", "value": 0}]) == (
        results["visibility"],
        results["leaderboard"],
    )
    assert "fail" == json.loads(base64.b64decode(output.read_text().partition("=")[2]))["status"]


@pytest.mark.parametrize("platform", names("hook"))
def test_a_hook_has_its_own_options_and_the_shared_ones(platform: str) -> None:
    """A platform's folder is all that makes it a command; the help lists it."""
    page = invoked("hook", platform, "--help").stdout

    assert f"  {platform} " in invoked("hook", "--help").stdout
    assert f"Usage: root hook {platform} [OPTIONS]" in page
    assert all(f"  {option} " in page for option in ("--rubric", "--budget", "--require-isolation", "--lang"))
    assert any(own in page for own in ("--root", "--url", "SUBMISSION"))

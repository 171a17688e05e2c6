"""The workflow for a Classroom's repository, its step run in a folder that looks like one."""

import base64
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from builders_platforms import a_program, an_environment, ran, unpacked
from ruamel.yaml import YAML

from grader.platforms.github.pack import BUDGET, WORKFLOW


def the_job(folder: Path) -> dict[str, Any]:
    workflow = YAML(typ="safe").load((folder / WORKFLOW).read_text(encoding="utf-8"))
    job: dict[str, Any] = workflow["jobs"]["grading"]
    return job


def test_its_step_grades_the_repository(tmp_path: Path) -> None:
    """The command of the step, with the files that a runner gives it; what another line wrote stays."""
    repository, output, summary = tmp_path / "repository", tmp_path / "output", tmp_path / "summary"
    output.write_text("before=1", encoding="utf-8")
    unpacked("github", repository)
    an_environment(tmp_path / "grader")
    grade = next(step for step in the_job(repository)["steps"] if step.get("id") == "grader")
    done = ran(
        "bash",
        "-euc",
        f'cd "{repository}"\n{grade["run"]}',
        RUNNER_TEMP=str(tmp_path),
        GITHUB_OUTPUT=str(output),
        GITHUB_STEP_SUMMARY=str(summary),
        GITHUB_REPOSITORY="class/homework-ana",
        GITHUB_ACTOR="ana",
        **grade["env"],
    )
    before, result = output.read_text(encoding="utf-8").splitlines()
    content = json.loads(base64.b64decode(result.removeprefix("result=")))

    assert 0 == done.returncode, done.stderr
    assert ("before=1", "fail", 10) == (before, content["status"], content["max_score"])
    assert summary.read_text(encoding="utf-8").startswith("## Failed: 0 of 10 points")
    assert "ana (class/homework-ana)." in summary.read_text(encoding="utf-8")
    assert done.stdout.splitlines()[-1].startswith("::notice title=Graded::Failed: 0 of 10 points")


@pytest.mark.hostile_row(81)
def test_installing_imports_nothing_from_the_repository(tmp_path: Path) -> None:
    """The step stands in the student's repository, where `python -m venv` would take its `venv.py`."""
    unpacked("github", tmp_path / "repository")
    for name in ("venv.py", "logging.py", "shutil.py"):
        leave = f"open({str(tmp_path / 'marker')!r}, 'w')\n"
        (tmp_path / "repository" / name).write_text(leave, encoding="utf-8")
    a_program(tmp_path / "bin" / "python", f'exec "{sys.executable}" "$@"')
    steps = the_job(tmp_path / "repository")["steps"]
    install = next(step for step in steps if step.get("name") == "Install the grader")
    make, _ = install["run"].splitlines()

    done = ran(
        "bash",
        "-euc",
        f'cd "{tmp_path}/repository"\n{make} --without-pip',
        RUNNER_TEMP=str(tmp_path),
        PATH=f"{tmp_path}/bin:{os.environ['PATH']}",
    )

    assert 0 == done.returncode, done.stderr
    assert (tmp_path / "grader" / "bin" / "python").exists()
    assert not (tmp_path / "marker").exists()


def test_the_workflow_is_one_that_classroom_reads(tmp_path: Path) -> None:
    """The reporter gets the step's output under its id in capitals, and runs when the step has failed too."""
    unpacked("github", tmp_path)
    job = the_job(tmp_path)
    report = job["steps"][-1]

    assert BUDGET < 60 * job["timeout-minutes"]
    assert re.fullmatch("[a-z]+", report["with"]["runners"])
    assert {f"{report['with']['runners'].upper()}_RESULTS": "${{ steps.grader.outputs.result }}"} == report[
        "env"
    ]
    assert report["if"].startswith("always()")


def test_every_path_in_it_is_there(tmp_path: Path) -> None:
    """The wheel and the rubric lie where its commands look for them."""
    names = unpacked("github", tmp_path)
    named = set(re.findall(r"\.github/grading/[\w./-]+", (tmp_path / WORKFLOW).read_text(encoding="utf-8")))

    assert 2 == len(named)
    assert named <= set(names)

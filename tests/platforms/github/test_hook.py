"""GitHub's hook: a step of a workflow, and its result and messages as Classroom and a runner read them."""

import base64
import json
import math
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from builders_reports import ALL, ERROR, FAILED, PASSED, REPORTS, REVIEW, a_report, an_item
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.platforms.github.hook import annotations, hook, result
from grader.platforms.hooks import Options
from grader.report import Report, Status
from grader.reports.sentences import advice
from grader.rubric.lookup import DEFAULT

# A command is a whole line; properties end at the first `::`.
COMMAND = re.compile(r"::(?P<level>notice|warning|error) title=(?P<title>[^:,\r\n]*)::(?P<data>[^\r\n]*)")


def reported(text: str) -> dict[str, Any]:
    """What Classroom's reporter makes of a result, and what it would stumble over."""
    assert re.fullmatch(r"[A-Za-z0-9+/]+=*", text)
    content = json.loads(base64.b64decode(text, validate=True))
    problems = [] if content["version"] == 1 else ["version"]
    for one in (content, *content["tests"]):
        problems += [] if one["status"] in {"pass", "fail", "error"} else ["status"]
    for test in content["tests"]:
        texts, numbers = ("name", "message", "test_code", "filename"), ("line_no", "duration")
        problems += [key for key in texts if not isinstance(test[key], str)]
        problems += [key for key in numbers if not isinstance(test[key], int)]
        problems += [] if math.isfinite(test["score"]) else ["score"]
    # A maximum that is missing or zero is not reported at all.
    total = sum(test["score"] for test in content["tests"]) if content["max_score"] else None
    return {**content, "total": total, "problems": problems}


def spoken(text: str) -> list[tuple[str, str, str]]:
    """The commands that a runner finds, decoded."""
    found = []
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        found.append((match["level"], unquote(match["title"]), unquote(match["data"])))
    return found


def test_the_points_of_a_report() -> None:
    """The reporter's sum is the report's score."""
    found = reported(result(FAILED))

    assert [] == found["problems"]
    assert ("fail", 7.5, 4.5) == (found["status"], found["max_score"], found["total"])
    assert ["pass", "fail", "pass"] == [test["status"] for test in found["tests"]]
    item, test = FAILED.items[1], found["tests"][1]
    assert all(line in test["message"] for line in (str(item.message), *advice(item)))


def test_whole_points_are_whole_numbers() -> None:
    """The form asks for them."""
    found = reported(result(a_report(an_item())))

    assert isinstance(found["max_score"], int)
    assert isinstance(found["tests"][0]["score"], int)


@pytest.mark.parametrize(("report", "status"), [(PASSED, "pass"), (REVIEW, "error"), (ERROR, "error")])
def test_what_waits_for_a_person_is_an_error(report: Report, status: str) -> None:
    """The form knows nothing else."""
    assert status == reported(result(report))["status"]


@pytest.mark.parametrize(
    ("status", "is_open", "shown"),
    [
        ("not_checked", False, "pass"),
        ("skipped", False, "fail"),
        ("skipped", True, "error"),
        ("review", True, "error"),
    ],
)
def test_an_item_that_earned_its_points_passed(status: Status, is_open: bool, shown: str) -> None:
    """What waits for a person is an error; what is lost has failed."""
    report = a_report(an_item(status=status, is_open=is_open))

    assert shown == reported(result(report))["tests"][0]["status"]


@pytest.mark.parametrize(
    ("report", "levels", "title"),
    [
        (PASSED, ["notice"], "Graded"),
        (FAILED, ["error", "notice"], "Graded"),
        (REVIEW, ["warning", "notice"], "Graded"),
        (ERROR, ["warning", "warning", "warning", "notice"], "Not graded"),
    ],
)
def test_what_did_not_pass_is_shown_beside_the_run(report: Report, levels: list[str], title: str) -> None:
    """An error for what failed, a notice with the verdict; what passed says nothing."""
    commands = spoken(annotations(report))

    assert (levels, title) == ([level for level, *_ in commands], commands[-1][1])
    due = [item for item in report.items if item.status != "passed"]
    assert all(str(item.message) in told for item, (_, _, told) in zip(due, commands, strict=False))


def test_a_text_is_no_command() -> None:
    """What looks like one is its text."""
    item = an_item(status="failed", title="a::b,c%0A", message="x\n::add-mask::y\r::stop-commands::z")

    assert [
        ("error", "a::b,c%0A", "x ::add-mask::y ::stop-commands::z"),
        ("notice", "Graded", "Passed: 2 of 2 points; 1 item did not pass."),
    ] == spoken(annotations(a_report(item)))


@given(st.sampled_from(ALL) | REPORTS)
def test_any_report_is_read(report) -> None:
    """Whatever text and numbers it has; as many commands as items that did not pass, and one."""
    assert [] == reported(result(report))["problems"]
    told = sum(item.status in {"failed", "review", "error"} for item in report.items)
    assert told + 1 == len(spoken(annotations(report)))


@pytest.mark.usefixtures("workers")
def test_without_a_runner_it_only_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a teacher's machine there is no file to write."""
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    code = hook(Options(DEFAULT), tmp_path)

    assert 0 == code
    assert "::error title=" in capsys.readouterr().out
    assert [] == list(tmp_path.iterdir())


@pytest.mark.usefixtures("workers")
def test_a_file_of_the_runner_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said before anything is graded."""
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path))

    with pytest.raises(UsageError) as caught:
        hook(Options(DEFAULT), tmp_path)

    assert f"`{tmp_path}` cannot be read (IsADirectoryError)." == caught.value.message
    assert "Run this in a GitHub workflow." == caught.value.hint

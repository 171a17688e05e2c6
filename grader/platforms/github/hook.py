"""GitHub: a step of a workflow, with its result for Classroom, its summary, and messages in the run's log.

Classroom's reporter adds up `score` and `max_score`. Its form knows no item that waits for a person:
such a test has the status `error`, no points so far, and says who looks at it.
"""

import base64
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from grader.errors import UsageError
from grader.files import write_whole
from grader.grading.exit_codes import of_class
from grader.messages.languages import Language, translated
from grader.messages.message import say
from grader.messages.wording import quoted
from grader.platforms.hooks import Options
from grader.report import (
    ItemResult,
    Report,
    Status,
    Verdict,
    Whose,
    decided,
    earns,
    for_student,
    number,
    so_far,
)
from grader.reports import markdown, sentences
from grader.submissions.submission import open_submission

# Every other status and verdict is an error.
_STATUS: Mapping[Verdict, str] = {"passed": "pass", "failed": "fail"}
_LEVEL: Mapping[Status, str] = {"failed": "error", "review": "warning", "error": "warning"}


def hook(
    options: Options,
    folder: Annotated[
        Path, typer.Argument(metavar="SUBMISSION", help="The folder of the repository.")
    ] = Path(),
) -> int:
    """Grade a repository in a GitHub workflow.

    Writes the result for GitHub Classroom, a summary of the run, and its annotations.
    """
    submission = open_submission(folder)
    # `student-login/homework` or the like; what a student calls a folder is not who the student is.
    whose = Whose(os.environ.get("GITHUB_REPOSITORY") or submission.id, os.environ.get("GITHUB_ACTOR", ""))
    # Other lines of the same step stay.
    wanted = [name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY") if os.environ.get(name)]
    before = {name: _content(os.environ[name]) for name in wanted}
    for stage in options.grade(submission, whose):
        summary = markdown.page(stage.report, finished=stage.finished)
        texts = {"GITHUB_OUTPUT": f"result={result(stage.report)}\n", "GITHUB_STEP_SUMMARY": summary}
        for name, content in before.items():
            write_whole(Path(os.environ[name]), content + texts[name])
    sys.stdout.write(annotations(stage.report))
    return of_class([stage.report.verdict])


def result(report: Report) -> str:
    """The value of the step's output `result`: JSON in base64, on one line."""
    report = for_student(report)
    tests = [_test_of(item, report.language) for item in report.items]
    # The reporter adds up the tests, so what the items do not explain needs one: a decision about all of
    # them, or that no score is below 0.
    rest = number((so_far(report) or 0) - sum((test["score"] for test in tests), 0.0)) or 0
    if report.decision or rest:
        name = translated(say("The whole submission"), report.language)
        tests.append(_test(name, _STATUS.get(report.verdict, "error"), rest, _of_the_whole(report)))
    content = {
        "version": 1,
        "status": _STATUS.get(report.verdict, "error"),
        "max_score": number(report.max_score) or 0,
        "tests": tests,
    }
    return base64.b64encode(json.dumps(content, allow_nan=False).encode("ascii")).decode("ascii")


def _test_of(item: ItemResult, language: Language) -> dict[str, Any]:
    lines = (*sentences.found(item, language), *sentences.advice(item, language))
    points = decided(item)
    status = "pass" if earns(item) else "error" if points is None else "fail"
    return _test(sentences.sentence(item.title, language), status, points or 0, "\n".join(lines))


def _test(name: str, status: str, score: float, message: str) -> dict[str, Any]:
    empty = {"test_code": "", "filename": "", "line_no": 0, "duration": 0}
    return {"name": name, "status": status, "score": score, "message": message, **empty}


def _of_the_whole(report: Report) -> str:
    """The verdict, and who decided it if a person did."""
    return " ".join((sentences.verdict(report), *([sentences.reason(report)] if report.decision else [])))


def annotations(report: Report) -> str:
    """Workflow commands, one a line, that show what did not pass where people look at a run."""
    report, lines = for_student(report), []
    language = report.language
    for item in report.items:
        if level := _LEVEL.get(item.status):
            told = " ".join((*sentences.found(item, language), *sentences.advice(item, language)))
            lines.append(
                f"::{level} title={_property(sentences.sentence(item.title, language))}::{_data(told)}"
            )
    title = say("Not graded") if so_far(report) is None else say("Graded")
    lines.append(f"::notice title={_property(translated(title, language))}::{_data(_of_the_whole(report))}")
    return "\n".join(lines) + "\n"


def _data(text: str) -> str:
    """Text after the second `::`, where a line break would begin the next command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _content(path: str) -> str:
    try:
        content = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{quoted(Path(path))} cannot be read ({type(error).__name__}).", "Run this in a GitHub workflow."
        ) from None
    return content if not content or content.endswith("\n") else f"{content}\n"

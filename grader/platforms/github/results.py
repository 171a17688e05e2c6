"""The report for GitHub: Classroom's result of an autograding step, and messages in a workflow's log.

Classroom's reporter adds up `score` and `max_score`. Its form knows no item that waits for a person:
such a test has the status `error`, no points so far, and says who looks at it.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from grader.messages.languages import Language, translated
from grader.messages.message import say
from grader.report import ItemResult, Report, Status, Verdict, decided, number, so_far
from grader.reports import sentences

_STATUS: Mapping[Status | Verdict, str] = {
    "passed": "pass",
    "failed": "fail",
    "review": "error",
    "error": "error",
    "skipped": "error",
}
_LEVEL: Mapping[Status, str] = {"failed": "error", "review": "warning", "error": "warning"}


def result(report: Report) -> str:
    """The value of the step's output `result`: JSON in base64, on one line."""
    content = {
        "version": 1,
        "status": _STATUS[report.verdict],
        "max_score": number(report.max_score) or 0,
        "tests": [_test(item, report.language) for item in report.items],
    }
    return base64.b64encode(json.dumps(content, allow_nan=False).encode("ascii")).decode("ascii")


def _test(item: ItemResult, language: Language) -> dict[str, Any]:
    lines = (
        sentences.sentence(item.message, language),
        sentences.who_looks(item, language),
        *sentences.advice(item, language),
    )
    return {
        "name": sentences.sentence(item.title),
        "status": _STATUS[item.status],
        "score": decided(item) or 0,
        "message": "\n".join(line for line in lines if line),
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": 0,
    }


def annotations(report: Report) -> str:
    """Workflow commands, one a line, that show what did not pass where people look at a run."""
    lines = []
    language = report.language
    for item in report.items:
        if level := _LEVEL.get(item.status):
            told = " ".join((sentences.sentence(item.message, language), *sentences.advice(item, language)))
            lines.append(f"::{level} title={_property(sentences.sentence(item.title))}::{_data(told)}")
    earned = so_far(report)
    words = sentences.verdict(report)
    title = say("Not graded") if earned is None else say("Graded")
    lines.append(f"::notice title={_property(translated(title, language))}::{_data(words)}")
    return "\n".join(lines) + "\n"


def _data(text: str) -> str:
    """Text after the second `::`, where a line break would begin the next command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

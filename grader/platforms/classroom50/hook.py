"""Classroom 50: an autograder of an assignment, with `result.json` by its schema `classroom50/result/v1`.

Its points are whole numbers, so a point of the rubric is as many of them as the teacher says, by default 100,
and parts of one are cut off: only who has all points of the rubric has all of the result's.
An item that waits for a person is a test of 0 out of 0 points, whose name says so.
Where the grader could not do its work there is no result: the runner shows an error, and no grade.
"""

import math
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from grader.errors import UsageError
from grader.messages.languages import Language
from grader.messages.message import say
from grader.messages.safe_text import json_text
from grader.platforms.github.hook import annotations
from grader.platforms.hooks import folder_hook, once_graded
from grader.report import ItemResult, Report, Whose, decided, earns, for_student, number, so_far
from grader.reports import html, markdown, sentences

if TYPE_CHECKING:
    from grader.grading.stages import Stage

# By the name of each in the result; the runner checks them, and sets the others itself.
_IDENTITY = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
    "owner": "OWNER",
    "assignment_type": "ASSIGNMENT_TYPE",
}
# GitHub refuses a release with more than 125,000 characters of text.
_LONGEST = 100_000
_LONGEST_SUMMARY = 140
Whole = Annotated[
    int, typer.Option(min=1, max=100, metavar="NUMBER", help="What 1 point of the rubric is in whole points.")
]


def owner(_: Path) -> Whose:
    """Whose repository it is; raises `UsageError` outside of Classroom 50's runner."""
    if missing := [name for name in _IDENTITY.values() if not os.environ.get(name)]:
        raise UsageError(
            f"The environment has no `{missing[0]}`.", "Run this as the autograder of Classroom 50's runner."
        )
    return Whose(os.environ["OWNER"])


@once_graded
def result(
    report: Report,
    *,
    per_point: Whole = 100,
    environment: Mapping[str, str] = os.environ,
) -> str:
    """The text of `result.json`."""
    report = for_student(report)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    score, at_most = _whole(so_far(report) or 0, number(report.max_score), per_point)
    return json_text(
        {
            "schema": "classroom50/result/v1",
            **{field: environment[name] for field, name in _IDENTITY.items()},
            "datetime": now,
            "graded_at": now,
            "score": score,
            "max-score": at_most,
            "tests": [_test(item, per_point, report.language) for item in report.items],
        }
    )


def _whole(points: float | None, at_most: float | None, per_point: int) -> tuple[int, int]:
    """Points in whole numbers: fewer than all are never shown as all, nor more, nor less than none."""
    if points is None or at_most is None or at_most <= 0:
        return 0, 0
    most = math.ceil(round(at_most * per_point, 6))
    if points >= at_most:
        return most, most
    return max(min(math.floor(round(points * per_point, 6)), most - 1), 0), most


def _test(item: ItemResult, per_point: int, language: Language) -> dict[str, Any]:
    points = decided(item)
    title = sentences.sentence(item.title, language)
    if points is None:
        title = sentences.sentence(say("{title} (not decided yet)", title=title), language)
    score, at_most = _whole(points, number(item.max_points), per_point)
    lines = (*sentences.found(item, language), *sentences.advice(item, language))
    return {
        "test-name": title or "-",
        "passed": earns(item),
        "score": score,
        "max-score": at_most,
        "message": "\n".join(lines),
    }


@once_graded
def status(report: Report) -> str:
    """What the step puts out, as the runner reads it: GitHub's state of the commit, and a line about it.

    Without it, the runner would say `failure` of a submission that passed without all items, or waits.
    """
    state = {"passed": "success", "failed": "failure", "review": "pending"}[report.verdict]
    return f"status={state}\nsummary={sentences.verdict(for_student(report))[:_LONGEST_SUMMARY]}\n"


@once_graded
def body(report: Report) -> str | None:
    """The text of the release; without one, the runner writes a table of the tests."""
    text = markdown.page(report)
    return text if len(text) <= _LONGEST else None


@once_graded
def page(report: Report) -> str:
    """The page that an assignment can attach to the release."""
    return html.page(report)


def shown(stage: "Stage") -> str:
    """What a student reads in the log of the run."""
    return annotations(stage.report).rstrip("\n") if stage.finished else ""


hook = folder_hook(
    "Classroom 50",
    root=".",
    submission=".",
    results={
        "result.json": result,
        "release-body.md": body,
        "report.html": page,
        "step-output.txt": status,
    },
    whose=owner,
    printed=shown,
)

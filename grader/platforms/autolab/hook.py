"""Autolab: what a student reads on stdout, and in its last line the points, by the guide for lab authors.

There is one problem, because late work, bonus points and what a person decides may be about the whole
submission. Its score is `null` while a person still decides, and where the grader could not do its work:
Autolab shows such a problem as not graded. Without the last line it would give a zero, and release it.
The line before it is Autolab's semantic feedback: a table of the items that are decided.
"""

import json
from typing import TYPE_CHECKING

from grader.platforms.hooks import folder_hook
from grader.report import Report, decided, earns, for_student, so_far
from grader.reports import plain_text, sentences

if TYPE_CHECKING:
    from grader.grading.stages import Stage

PROBLEM = "Total"


def printed(stage: "Stage") -> str:
    """What stdout has at the end; before it, Autolab would show a student every step."""
    if not stage.finished:
        return ""
    return "\n".join((plain_text.page(stage.report), feedback(stage.report), scores(stage.report)))


def scores(report: Report) -> str:
    """The last line; in it no word stands before a colon, or Autolab would put it into quotes once more."""
    waits = report.verdict in {"review", "error"}
    return json.dumps({"scores": {PROBLEM: None if waits else so_far(report)}})


def feedback(report: Report) -> str:
    """The line before the last: whether each item that is decided passed, and what to do."""
    report = for_student(report)
    tests = {}
    for position, item in enumerate(report.items, start=1):
        if decided(item) is not None:
            lines = (*sentences.found(item, report.language), *sentences.advice(item, report.language))
            name = f"{position}. {sentences.heading(item, report.language)}"
            tests[name] = {"passed": earns(item), "hint": " ".join(lines)}
    stage = sentences.verdict(report)
    return json.dumps({"_presentation": "semantic", "stages": [stage], stage: tests})


hook = folder_hook("Autolab", root=".", submission="submission", results={}, printed=printed)

"""Submitty: from the folder of a test case to `validation_results.json`, as a custom validator hands it on.

The score is a share in [0, 1], and there is a message for each item. Submitty knows no grade that waits for a
person: the share is what has been earned so far, and an item that waits is a warning that says so.
Where the grader could not do its work there is no result, and Submitty says that the validation failed.
"""

from typing import Any

from grader.messages.safe_text import json_text
from grader.platforms.hooks import folder_hook, for_students, once_graded
from grader.report import ItemResult, Report, decided, earns, for_student, share
from grader.reports import sentences


@once_graded
def page(report: Report) -> str:
    """The text of `validation_results.json`."""
    report = for_student(report)
    verdict = f"{sentences.verdict(report)} {sentences.next_step(report)}"
    messages = [_message("information", verdict), *(_of_item(item, report) for item in report.items)]
    lines = (line for section in sentences.sections(report) for line in section.lines)
    messages += [_message("information", line) for line in lines]
    return json_text({"status": "success", "data": {"score": share(report) or 0, "message": messages}})


def _of_item(item: ItemResult, report: Report) -> dict[str, Any]:
    status = "warning" if decided(item) is None else "success" if earns(item) else "failure"
    found, advice = (tell(item, report.language) for tell in (sentences.found, sentences.advice))
    return _message(status, " ".join((f"{sentences.heading(item, report.language)}:", *found, *advice)))


def _message(status: str, text: str) -> dict[str, Any]:
    return {"message": text, "status": status}


# Of the files that students hand in, the packed configuration lets none into a folder.
hook = folder_hook(
    "Submitty",
    root=".",
    submission=".",
    results={"results/validation_results.json": page},
    printed=for_students,
)

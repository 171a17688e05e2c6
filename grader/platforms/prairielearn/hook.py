"""PrairieLearn's external grader: from `student/` to `results/results.json`, by its rules.

The score is a share in [0, 1], always a JSON number. As soon as one test lacked its points, PrairieLearn
would show the points of none, so every test has both: an item that is not decided has 0 of 0,
which is shown as neither right nor wrong.
Where nothing is decided, and in a page that is not finished, the submission is not gradable:
it costs no attempt.
"""

from typing import Any

from grader.messages.languages import Language
from grader.messages.safe_text import json_text
from grader.platforms.hooks import folder_hook
from grader.report import ItemResult, Report, decided, for_student, number, share
from grader.reports import sentences

# PrairieLearn refuses more than 1 MB; less than that is read by nobody either.
LARGEST = 1_000_000
_LENGTHS = (1000, 200, 40, 4)


def page(report: Report, *, finished: bool = True) -> str:
    """The text of `results.json`, at most `LARGEST` bytes of UTF-8."""
    report = for_student(report)
    for longest in _LENGTHS:
        text = json_text(_results(report, finished, longest))
        if len(text.encode()) <= LARGEST:
            return text
    # Thousands of items; the score is what counts.
    return json_text({**_results(report, finished, _LENGTHS[-1]), "tests": [], "output": ""})


def _results(report: Report, finished: bool, longest: int) -> dict[str, Any]:
    earned = share(report)
    gradable = finished and report.verdict != "error" and earned is not None
    verdict = f"{sentences.verdict(report)} {sentences.next_step(report)}"
    message = verdict if finished else sentences.unfinished(report)
    lines = [line for section in sentences.sections(report) for line in section.lines]
    return {
        "gradable": gradable,
        **({"score": earned} if gradable else {"format_errors": [message]}),
        "message": message,
        "output": "\n".join(_cut(line, longest) for line in lines),
        "tests": [_test(item, longest, report.language) for item in report.items],
    }


def _test(item: ItemResult, longest: int, language: Language) -> dict[str, Any]:
    earned, at_most = decided(item), number(item.max_points)
    known = earned is not None and at_most is not None
    lines = (sentences.who_looks(item, language), *sentences.advice(item, language))
    return {
        "name": _cut(sentences.sentence(item.title, language), longest),
        "points": earned if known else 0,
        "max_points": at_most if known else 0,
        "message": _cut(sentences.sentence(item.message, language), longest),
        "output": "\n".join(_cut(line, longest) for line in lines if line),
    }


def _cut(line: str, longest: int) -> str:
    return line if len(line) <= longest else f"{line[: longest - 3]}..."


hook = folder_hook(
    "PrairieLearn",
    root="/grade",
    submission="student",
    results={"results/results.json": page},
)

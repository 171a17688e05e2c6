"""The report as the reply of an external grader of Open edX: `correct`, `score` and `msg`.

The learning platform shows `msg` only if it is well-formed XML with one root, so it is made as that.
"""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from grader.errors import SubmissionError
from grader.messages.languages import Language
from grader.messages.safe_text import json_text
from grader.report import Report, share
from grader.reports import sentences
from grader.reports.sentences import earned_of


def page(report: Report) -> str:
    """The JSON of `xqueue_body`; the score is a share in [0, 1]."""
    return json_text(
        {"correct": report.verdict == "passed", "score": share(report) or 0, "msg": _told(report)}
    )


def refusal(error: SubmissionError, language: Language) -> str:
    """The JSON of `xqueue_body` for files that cannot be graded: what is wrong, and what to do about it."""
    root = ET.Element("div")
    _paragraphs(root, (sentences.sentence(error.message, language), sentences.sentence(error.hint, language)))
    return json_text({"correct": False, "score": 0, "msg": ET.tostring(root, encoding="unicode")})


def _told(report: Report) -> str:
    root = ET.Element("div")
    _paragraphs(root, (sentences.verdict(report), sentences.next_step(report)))
    language = report.language
    for item in report.items:
        status = sentences.status(item, language).capitalize()
        title = f"{status}: {sentences.sentence(item.title)} ({earned_of(item, language)})"
        ET.SubElement(root, "h4").text = title
        _paragraphs(
            root,
            (
                sentences.sentence(item.message, language),
                sentences.who_looks(item, language),
                *sentences.advice(item, language),
            ),
        )
    for title, lines in (
        (sentences.sentence(sentences.ALIKE, report.language), sentences.pairs(report)),
        (
            sentences.sentence(sentences.MEASURED, report.language),
            tuple(sentences.fact(measured, language) for measured in report.facts),
        ),
        (sentences.sentence(sentences.NOTES, report.language), sentences.notes(report)),
    ):
        if lines:
            ET.SubElement(root, "h4").text = title
            _paragraphs(root, lines)
    return ET.tostring(root, encoding="unicode")


def _paragraphs(root: ET.Element, lines: Iterable[str]) -> None:
    for line in lines:
        if line:
            ET.SubElement(root, "p").text = line

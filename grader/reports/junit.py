"""A class as JUnit XML, which every service for continuous integration shows: a suite for each submission.

An item is a test case. JUnit has nothing between passed and failed, so an item that waits for a person is
an error there: a failure would be a zero.
"""

import math
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from grader.messages.safe_text import plain
from grader.report import ItemResult, Report, Status, for_student
from grader.reports import sentences

FILE = "junit.xml"

_ELEMENT: Mapping[Status, str] = {
    "failed": "failure",
    "review": "error",
    "error": "error",
    "skipped": "skipped",
}


def page(reports: Sequence[Report]) -> str:
    """The whole file; hidden characters, which XML cannot hold, are shown as escapes."""
    reports = tuple(map(for_student, reports))
    items = [item for report in reports for item in report.items]
    root = ET.Element("testsuites", _counts(items, sum(map(_seconds, reports))))
    for report in reports:
        about = {"name": sentences.who(report), **_counts(report.items, _seconds(report))}
        suite = ET.SubElement(root, "testsuite", about)
        for item in report.items:
            _add(suite, report, item)
        below = (line for section in sentences.sections(report) for line in section.lines)
        output = (sentences.verdict(report), sentences.next_step(report), *below)
        ET.SubElement(suite, "system-out").text = "\n".join(output)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _counts(items: Sequence[ItemResult], seconds: float) -> dict[str, str]:
    elements = [_ELEMENT.get(item.status) for item in items]
    return {
        "tests": str(len(items)),
        "failures": str(elements.count("failure")),
        "errors": str(elements.count("error")),
        "skipped": str(elements.count("skipped")),
        "time": f"{seconds:.3f}",
    }


def _seconds(report: Report) -> float:
    return max(report.seconds, 0.0) if math.isfinite(report.seconds) else 0.0


def _add(suite: ET.Element, report: Report, item: ItemResult) -> None:
    # Services group by the whole class name and compare by it from run to run.
    about = {"classname": f"{plain(report.rubric, 100)}.{plain(report.id, 100)}", "time": "0.000"}
    language = report.language
    case = ET.SubElement(suite, "testcase", {"name": sentences.sentence(item.title, language), **about})
    if kind := _ELEMENT.get(item.status):
        message = sentences.sentence(item.message, language)
        detail = ET.SubElement(case, kind, {"message": message, "type": plain(item.kind)})
        lines = (*sentences.found(item, language), *sentences.advice(item, language))
        detail.text = "\n".join(lines)

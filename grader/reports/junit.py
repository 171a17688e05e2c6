"""A class as JUnit XML, which every service for continuous integration shows: a suite for each submission.

An item is a test case. JUnit has nothing between passed and failed, so an item that waits for a person is
an error there: a failure would be a zero.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
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


def page(reports: Iterable[Report]) -> str:
    """The whole file; hidden characters, which XML cannot hold, are shown as escapes.

    The reports are gone through once, because there may be too many for the memory.
    """
    elements, seconds, suites = Counter[str](), 0.0, list[str]()
    for report in map(for_student, reports):
        own = Counter(_ELEMENT.get(item.status, "passed") for item in report.items)
        suite = ET.Element("testsuite", {"name": sentences.who(report), **_counts(own, _seconds(report))})
        for item in report.items:
            _add(suite, report, item)
        below = (line for section in sentences.sections(report) for line in section.lines)
        output = (sentences.verdict(report), sentences.next_step(report), *below)
        ET.SubElement(suite, "system-out").text = "\n".join(output)
        ET.indent(suite, level=1)
        suites.append(f"  {ET.tostring(suite, encoding='unicode')}\n")
        elements += own
        seconds += _seconds(report)
    root = ET.Element("testsuites", _counts(elements, seconds))
    root.text = "\n"
    start, _, end = ET.tostring(root, encoding="unicode").partition("\n")
    return "".join(('<?xml version="1.0" encoding="UTF-8"?>\n', f"{start}\n", *suites, f"{end}\n"))


def _counts(elements: Counter[str], seconds: float) -> dict[str, str]:
    return {
        "tests": str(elements.total()),
        "failures": str(elements["failure"]),
        "errors": str(elements["error"]),
        "skipped": str(elements["skipped"]),
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

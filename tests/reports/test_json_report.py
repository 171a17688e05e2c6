"""The public format is read back as it was written."""

import json
import math
from pathlib import Path

import jsonschema
import pytest
from builders_reports import ALL, HOSTILE, LIKE, REPORTS, a_report, an_item
from hypothesis import given, settings

from grader.report import Report
from grader.reports import json_report


@pytest.mark.parametrize("report", [LIKE, *(report for report in ALL if report is not HOSTILE)])
def test_a_report_is_read_back_equal(report: Report) -> None:
    """Nothing is lost or changed on the way."""
    assert report == Report.model_validate_json(json_report.page(report))


def test_the_page_is_for_people_too() -> None:
    """It is indented, keeps the order of the fields, writes letters as letters, and ends its last line."""
    page = json_report.page(a_report(name="Ana García", seconds=1.5))

    assert (
        '{\n  "version": 2,\n  "program": "grader 0.1.0",\n  "id": "garcia",\n  "name": "Ana García",\n'
        '  "id_from": "folder",\n  "name_is_declared": false,\n'
        '  "rubric": "gradient_clipping",\n  "verdict": "passed",\n  "score": 0.0,\n  "max_score": 0.0,\n'
        '  "summary": {\n    "text": ""\n  },\n  "items": [],\n  "facts": [],\n  "numbers": {},\n'
        '  "files": [],\n'
        '  "declaration": {\n    "name": "",\n    "id": "",\n    "norm_column": "",\n'
        '    "norm_scope": null,\n    "norm_stage": null\n  },\n  "notes": [],\n  "pairs": [],\n'
        '  "seconds": 1.5,\n  "isolation": null,\n  "limits": [],\n  "language": "en"\n}\n'
    ) == page


@pytest.mark.hostile_row(71)
def test_hidden_characters_are_escaped_and_come_back() -> None:
    """A name that could act on a screen is safe to print from the file, and the same when it is read."""
    page = json_report.page(HOSTILE)

    assert page.replace("\n", "").isprintable()
    assert HOSTILE.name == Report.model_validate_json(page).name
    assert r"\ud800" + "\t=1" == Report.model_validate_json(page).id


@pytest.mark.hostile_row(71)
@pytest.mark.parametrize("points", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_null(points: float) -> None:
    """JSON has no NaN, and a parser that meets one refuses the whole file."""
    assert json.loads(json_report.page(a_report(an_item(points=points))))["items"][0]["points"] is None


@pytest.mark.hostile_row(71)
@settings(max_examples=60, deadline=None)
@given(REPORTS)
def test_any_report_is_json(report) -> None:
    """Whatever text and numbers it has, a strict parser reads it and its text can be encoded."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    page = json_report.page(report)

    assert list(Report.model_fields) == list(json.loads(page.encode(), parse_constant=refuse))


SCHEMA = Path(__file__).with_name("report.schema.json")


def test_the_schema_is_the_one_that_is_published() -> None:
    """Who changes the public format sees it here: write `grader report schema` into the golden file."""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_report.schema()


@pytest.mark.parametrize("report", [LIKE, *(report for report in ALL if report is not HOSTILE)])
def test_a_report_holds_to_its_schema(report: Report) -> None:
    """Every field that is written is described, with its type."""
    jsonschema.validate(json.loads(json_report.page(report)), json_report.schema())

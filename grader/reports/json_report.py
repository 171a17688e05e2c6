"""The report as JSON: the product's public format, read back with `Report.model_validate_json`."""

from typing import Any

from grader.messages.safe_text import json_text
from grader.report import Report

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def page(report: Report) -> str:
    """The whole report; a lone surrogate becomes its escape, and a number that is not finite `null`."""
    return json_text(report.model_dump(mode="json"))


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the report, for programs that read it."""
    return {"$schema": _DIALECT, **Report.model_json_schema(mode="serialization")}

"""The report as JSON: the product's public format, read back with `Report.model_validate_json`."""

from grader.report import Report
from grader.safe_text import json_text


def page(report: Report) -> str:
    """The whole report, nothing left out.

    It is read back equal to what it was made from, with two exceptions that JSON has no form for:
    a lone surrogate comes back as its visible escape, a number that is not finite as `null`,
    which a report does not accept in the place of a number.
    """
    return json_text(report.model_dump(mode="json"))

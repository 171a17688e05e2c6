"""A folder as `grader grade` leaves it."""

from pathlib import Path

from grader.messages.safe_text import file_names
from grader.report import Report
from grader.reports import json_report


def a_graded_folder(folder: Path, *reports: Report) -> Path:
    """The folder, with a report for each."""
    for name, report in zip(file_names(report.id for report in reports), reports, strict=True):
        (folder / name).mkdir(parents=True)
        (folder / name / "report.json").write_text(json_report.page(report), encoding="utf-8")
    return folder

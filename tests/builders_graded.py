"""A folder as `grader grade` leaves it."""

from pathlib import Path
from typing import Any

from grader.analysis.targets import Targets
from grader.grading.graded_folder import GradedSubmission, Run, write_class
from grader.messages.safe_text import file_names
from grader.report import Report
from grader.rubric import Plan


def a_graded_folder(folder: Path, *reports: Report, **fields: Any) -> Path:
    """The folder, with a report for each, and the list of a run that has graded them and nobody else.

    Args:
        folder: The folder.
        reports: The reports; the key of the evidence of each is its id.
        fields: Fields of the run.
    """
    graded = [
        (GradedSubmission(id=report.id, name=report.name, folder=name, key=report.id), report)
        for name, report in zip(file_names(report.id for report in reports), reports, strict=True)
    ]
    listed = tuple(submission for submission, _ in graded)
    run = {"plan": Plan(), "data": "images", "targets": Targets(), "submissions": listed, **fields}
    write_class(folder, Run(**run), graded)
    return folder

"""Coursera's custom grader: from `/shared/submission` to `/shared/feedback.json`.

The score is a share in [0, 1], and JSON's `true` is none. Coursera knows no grade that waits for a person:
the share is what has been earned so far, and the feedback begins with who still decides what.
Where the grader could not do its work there is no feedback, which Coursera shows as a failure of the grader.
"""

from grader.messages.safe_text import json_text
from grader.platforms.hooks import folder_hook, for_students, once_graded
from grader.report import Report, share
from grader.reports import plain_text


@once_graded
def page(report: Report) -> str:
    """The text of `feedback.json`."""
    return json_text({"fractionalScore": share(report) or 0, "feedback": plain_text.page(report)})


hook = folder_hook(
    "Coursera",
    root="/shared",
    submission="submission",
    results={"feedback.json": page},
    printed=for_students,
)

"""Codabench's scoring program: from `/app/input/res` to `scores.json` and `detailed_results.html`.

A column of the leaderboard takes a number or stays empty. `points` is empty while a person still decides, so
that no rank hangs on it; the accuracy is there once it is measured, if the student may see it.
Where the grader could not do its work there are no scores, and Codabench calls the submission failed.
"""

from grader.messages.safe_text import json_text
from grader.platforms.hooks import folder_hook, for_students, once_graded
from grader.report import Report, for_student, number, so_far
from grader.reports import html

# The keys of the leaderboard's columns, as the packed `competition.yaml` has them.
POINTS, ACCURACY = "points", "accuracy"


@once_graded
def scores(report: Report) -> str:
    """The text of `scores.json`."""
    report = for_student(report)
    points = None if report.verdict == "review" else so_far(report)
    accuracy = number(report.numbers[ACCURACY]) if ACCURACY in report.numbers else None
    found = {POINTS: points, ACCURACY: accuracy}
    return json_text({name: value for name, value in found.items() if value is not None})


@once_graded
def page(report: Report) -> str:
    """The page beside the scores."""
    return html.page(report)


hook = folder_hook(
    "Codabench",
    root="/app",
    submission="input/res",
    results={"output/scores.json": scores, "output/detailed_results.html": page},
    printed=for_students,
)

"""What a hook prints for whoever runs it: a line for each stage."""

from rich.text import Text

from grader.grading.stages import Stage
from grader.messages.safe_text import plain
from grader.reports.console import console
from grader.reports.points import in_words


def tell(stage: Stage) -> None:
    """Print how far the grading of one submission is."""
    report = stage.report
    known = report.verdict if stage.finished else "partial results"
    points = f"{in_words(report.score)} of {in_words(report.max_score)} points"
    console().print(Text(f"{plain(report.id)}: {known}, {points}"))

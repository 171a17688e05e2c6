"""What a hook prints for whoever runs it: a line for each stage, and our own mistakes."""

from rich.console import Console
from rich.text import Text

from grader.grading.stages import Stage
from grader.messages.safe_text import plain
from grader.reports.points import in_words


def tell(stage: Stage) -> None:
    """Print how far the grading of one submission is, and at its end the tracebacks."""
    report = stage.report
    known = report.verdict if stage.finished else "partial results"
    points = f"{in_words(report.score)} of {in_words(report.max_score)} points"
    console = Console()
    console.print(Text(f"{plain(report.id)}: {known}, {points}"), soft_wrap=True)
    for traceback in stage.tracebacks:
        console.print(Text(traceback), soft_wrap=True)

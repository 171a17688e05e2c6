"""What the hooks of all platforms share.

A module `hook` in a platform's folder has a function `hook(options, ...)`, which is a command of
`grader hook` with the name of the platform; the parameters after `options` are its own options.
It grades what the platform has laid out, writes the results for it, and returns 0 once they have a verdict,
or 3 if a person must look.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.errors import UsageError
from grader.files import prepare_folder, write_whole
from grader.grading.exit_codes import of_class
from grader.messages.languages import Language
from grader.messages.message import together
from grader.messages.safe_text import plain
from grader.report import Level, Whose
from grader.reports.sentences import footer, in_words, sentence
from grader.submissions.submission import Submission, open_submission

if TYPE_CHECKING:
    from grader.grading.stages import Stage


@dataclass(frozen=True)
class Options:
    """What every hook can be told; a platform with a `budget` stops the grader after so many seconds."""

    rubric: str
    isolation: Level = "basic"
    budget: float | None = None
    language: Language | None = None
    decided: Path | None = None

    def grade(self, submission: Submission, whose: Whose) -> "Iterator[Stage]":
        """Grade a submission, stage by stage, with what a teacher decided about these files; see `stages`."""
        # The help of a hook does without what this imports.
        from grader.grading.decisions import Decisions
        from grader.grading.graded_folder import read_run
        from grader.grading.stages import stages

        decisions, names = Decisions(), {}
        if self.decided is not None:
            names = {one.id: one.name for one in read_run(self.decided).submissions}
            decisions = Decisions.read(self.decided)
        for stage in stages(submission, whose, self.rubric, self.isolation, self.budget, self.language):
            yield replace(stage, report=decisions.about_the_files_of(stage.report, whose.name, names))


def open_inside(root: Path, name: str) -> Submission:
    """Open a subfolder and make `results` beside it; raises `UsageError` where one of them cannot be used."""
    if not (root / name).is_dir():
        raise UsageError(f"There is no folder `{root / name}`.", f"Set `--root` to the folder with `{name}`.")
    submission = open_submission(root / name)
    # Not every platform makes it.
    prepare_folder(root / "results")
    return submission


def write_results(root: Path, stages: "Iterable[Stage]", page: Callable[..., str]) -> int:
    """Write each stage's `page(report, finished=...)` over the last, print it, and give the exit code."""
    for stage in stages:
        write_whole(root / "results" / "results.json", page(stage.report, finished=stage.finished))
        # What is printed is for teachers alone.
        tell(stage)
    return of_class([stage.report.verdict])


def tell(stage: "Stage") -> None:
    """Print how far the grading of one submission is, and at the end what waits for a person, and why."""
    report = stage.report
    known = report.verdict if stage.finished else "partial results"
    points = f"{in_words(report.score)} of {in_words(report.max_score)} points"
    typer.echo(f"{plain(report.id)}: {known}, {points}")
    if stage.finished:
        for item in report.items:
            if item.status in {"review", "error"}:
                typer.echo(f"  {sentence(item.title)}: {sentence(together(item.message, item.hint))}")
        for line in footer(report):
            typer.echo(f"  {line}")

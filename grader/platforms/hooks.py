"""What the hooks of all platforms share: the platform's folder, and a line on the screen for each stage."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from grader.errors import UsageError
from grader.files import prepare_folder, write_whole
from grader.grading.exit_codes import of_hook
from grader.grading.stages import Stage, stages
from grader.messages.languages import Language
from grader.messages.safe_text import plain
from grader.report import Level, Report, Whose
from grader.reports.sentences import in_words
from grader.reports.terminal import console
from grader.submissions.submission import Submission, open_submission


@dataclass(frozen=True)
class Options:
    """What every hook can be told.

    Attributes:
        rubric: The file of a rubric, or the name of one that ships.
        isolation: The lowest acceptable level of the sandbox.
        budget: Seconds until the platform ends the grading; None for no limit but the rubric's.
        language: The language of the reports; None for the rubric's, or the machine's.
    """

    rubric: str
    isolation: Level = "basic"
    budget: float | None = None
    language: Language | None = None

    def grade(self, submission: Submission, whose: Whose) -> Iterator[Stage]:
        """Grade a submission, stage by stage; see `stages`."""
        return stages(submission, whose, self.rubric, self.isolation, self.budget, self.language)


def open_inside(root: Path, name: str, platform: str, usual: str) -> Submission:
    """The submission in a platform's folder, in which `results` can be written to from now on.

    Args:
        root: The platform's folder.
        name: The name of the subfolder with the submission.
        platform: The platform's name, for a sentence.
        usual: Where the folder is on the platform.

    Raises:
        UsageError: The submission's folder is not there, or the results' folder cannot be written.
    """
    if not (root / name).is_dir():
        raise UsageError(
            f"There is no folder `{root / name}`.",
            f"Name {platform}'s folder with `--root`; it is `{usual}` there.",
        )
    submission = open_submission(root / name)
    # Not every platform makes it.
    prepare_folder(root / "results")
    return submission


def write_results(root: Path, stages: Iterable[Stage], page: Callable[[Stage], str]) -> int:
    """Write each stage's page over the one before, tell whoever runs the hook, and give the exit code.

    Args:
        root: The platform's folder.
        stages: The stages of the grading, which goes on as they are taken.
        page: Makes the platform's page of a stage.
    """
    last: Report | None = None
    for stage in stages:
        write_whole(root / "results" / "results.json", page(stage))
        # What is printed is for teachers alone.
        tell(stage)
        last = stage.report
    return of_hook(last)


def tell(stage: Stage) -> None:
    """Print how far the grading of one submission is."""
    report = stage.report
    known = report.verdict if stage.finished else "partial results"
    points = f"{in_words(report.score)} of {in_words(report.max_score)} points"
    console().print(Text(f"{plain(report.id)}: {known}, {points}"))

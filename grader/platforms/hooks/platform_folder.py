"""The folder that a platform shares with a hook: a submission comes in it, and `results.json` goes back."""

from collections.abc import Callable, Iterable
from pathlib import Path

from grader.errors import UsageError
from grader.files.output import prepare_folder, write_whole
from grader.grading.exit_codes import of_hook
from grader.grading.stages import Stage
from grader.platforms.hooks.console import tell
from grader.report import Report
from grader.submissions.submission import Submission, open_submission


def open_inside(root: Path, name: str, platform: str, usual: str) -> Submission:
    """The submission in a platform's folder, in which `results` can be written to from now on.

    Args:
        root: the platform's folder.
        name: of the subfolder with the submission.
        platform: its name, for a sentence.
        usual: where the folder is on the platform.

    Raises:
        UsageError: the submission's folder is not there, or the results' folder cannot be written.
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
        root: the platform's folder.
        stages: of the grading, which goes on as they are taken.
        page: the platform's, of a stage.
    """
    last: Report | None = None
    for stage in stages:
        write_whole(root / "results" / "results.json", page(stage))
        # What is printed is for teachers alone.
        tell(stage)
        last = stage.report
    return of_hook(last)

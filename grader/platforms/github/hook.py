"""`grader hook github`: a step of a GitHub workflow: its output, its summary, and messages beside the run."""

import sys
from collections.abc import Mapping
from pathlib import Path

from grader.errors import UsageError
from grader.files import write_whole
from grader.grading.exit_codes import of_hook
from grader.grading.stages import Stage
from grader.messages.safe_text import plain
from grader.platforms.github import results
from grader.platforms.hooks import Options
from grader.report import Whose
from grader.reports import markdown
from grader.submissions.submission import open_submission


def hook(folder: Path, options: Options, environment: Mapping[str, str]) -> int:
    """Grade one submission in a workflow.

    Args:
        folder: The folder of the submission.
        options: What every hook can be told.
        environment: The environment with GitHub's variables; each is used where it is set.

    Returns:
        0 once the results have a verdict, 3 if a person must look.

    Raises:
        GraderError: The rubric, the folder or one of GitHub's files cannot be used, or the walls are lower
            than `isolation`.
    """
    submission = open_submission(folder)
    # `student-login/homework` or the like; what a student calls a folder is not who the student is.
    whose = Whose(environment.get("GITHUB_REPOSITORY") or submission.id, environment.get("GITHUB_ACTOR", ""))
    # Other lines of the same step stay.
    before = {name: _content(environment[name]) for name in _PAGES if environment.get(name)}
    last: Stage | None = None
    for stage in options.grade(submission, whose):
        for name, content in before.items():
            write_whole(Path(environment[name]), content + _PAGES[name](stage))
        last = stage
    if last is None:
        return of_hook(None)
    sys.stdout.write(results.annotations(last.report))
    return of_hook(last.report)


def _output(stage: Stage) -> str:
    return f"result={results.result(stage.report)}\n"


def _summary(stage: Stage) -> str:
    return markdown.page(stage.report, finished=stage.finished)


_PAGES = {"GITHUB_OUTPUT": _output, "GITHUB_STEP_SUMMARY": _summary}


def _content(path: str) -> str:
    try:
        content = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"`{plain(path)}` cannot be read ({type(error).__name__}).", "Run this in a GitHub workflow."
        ) from None
    return content if not content or content.endswith("\n") else f"{content}\n"

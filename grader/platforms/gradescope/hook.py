"""`grader hook gradescope`: Gradescope's autograder, from `submission/` to `results/results.json`."""

import json
from pathlib import Path

from grader.errors import UsageError
from grader.grading.stages import Stage
from grader.platforms.gradescope import results
from grader.platforms.gradescope.results import Visibility
from grader.platforms.hooks import Options, open_inside, write_results
from grader.report import Whose
from grader.rubric.lookup import find_rubric


def hook(
    root: Path,
    options: Options,
    *,
    visibility: Visibility = "visible",
    leaderboard: bool = False,
) -> int:
    """Grade the one submission below `root` and write `results/results.json`, partial ones before the last.

    Args:
        root: Gradescope's folder.
        options: What every hook can be told.
        visibility: When a student sees the results.
        leaderboard: Whether the class sees accuracy and points.

    Returns:
        0 once the results have a verdict, 3 if a person must look.

    Raises:
        GraderError: The rubric, the submission's folder or the results' folder cannot be used, or the walls
            are lower than `isolation`.
    """
    find_rubric(options.rubric)
    submission = open_inside(root, "submission", "Gradescope", "/autograder")
    whose = _submitter(root / "submission_metadata.json")

    def page(stage: Stage) -> str:
        return results.page(
            stage.report, finished=stage.finished, visibility=visibility, leaderboard=leaderboard
        )

    return write_results(root, options.grade(submission, whose), page)


def _submitter(metadata: Path) -> Whose:
    """The submission's id and its users' names; the file is Gradescope's own, and missing in a trial."""
    try:
        content = json.loads(metadata.read_text(encoding="utf-8"))
        names = ", ".join(str(user.get("name", "")) for user in content.get("users", []))
        return Whose(str(content.get("id", "submission")), names)
    except FileNotFoundError:
        return Whose("submission")
    except (OSError, ValueError, AttributeError, TypeError, RecursionError) as error:
        raise UsageError(
            f"`{metadata}` must be the JSON that Gradescope writes; it cannot be read so "
            f"({type(error).__name__})."
        ) from None

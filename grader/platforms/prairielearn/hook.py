"""`grader hook prairielearn`: PrairieLearn's external grader, from `student/` to `results/results.json`."""

from pathlib import Path

from grader.grading.stages import Stage
from grader.platforms.hooks import Options, open_inside, write_results
from grader.platforms.prairielearn import results
from grader.report import Whose
from grader.rubric.lookup import find_rubric


def hook(
    root: Path,
    options: Options,
) -> int:
    """Grade the one submission below `root` and write `results/results.json`, partial ones before the last.

    Args:
        root: PrairieLearn's folder.
        options: What every hook can be told.

    Returns:
        0 once the results have a verdict, 3 if a person must look.

    Raises:
        GraderError: The rubric, the submission's folder or the results' folder cannot be used, or the walls
            are lower than `isolation`.
    """
    find_rubric(options.rubric)
    submission = open_inside(root, "student", "PrairieLearn", "/grade")

    def page(stage: Stage) -> str:
        return results.page(stage.report, finished=stage.finished)

    return write_results(root, options.grade(submission, Whose("submission")), page)

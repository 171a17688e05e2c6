"""`grader hook prairielearn`: PrairieLearn's external grader, from `student/` to `results/results.json`."""

from pathlib import Path

from grader.grading.stages import Stage, stages
from grader.messages.languages import Language
from grader.platforms.hooks import open_inside, write_results
from grader.platforms.prairielearn import results
from grader.report import Level, Whose
from grader.rubric.shelf import find_rubric


def hook(
    root: Path,
    rubric_name: str,
    isolation: Level = "basic",
    *,
    budget: float | None = None,
    language: Language | None = None,
) -> int:
    """Grade the one submission below `root` and write `results/results.json`, partial ones before the last.

    Args:
        root: PrairieLearn's folder.
        rubric_name: a file, or a rubric that ships.
        isolation: The lowest acceptable level of the sandbox.
        budget: seconds until PrairieLearn ends the grader.
        language: of the reports; None for the rubric's, or the machine's.

    Returns:
        0 once the results have a verdict, 3 if a person must look.

    Raises:
        GraderError: the rubric, the submission's folder or the results' folder cannot be used, or the walls
            are lower than `isolation`.
    """
    find_rubric(rubric_name)
    submission = open_inside(root, "student", "PrairieLearn", "/grade")

    def page(stage: Stage) -> str:
        return results.page(stage.report, finished=stage.finished)

    every = stages(submission, Whose("submission"), rubric_name, isolation, budget, language)
    return write_results(root, every, page)

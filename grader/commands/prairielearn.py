"""`grader hook prairielearn`: PrairieLearn's external grader, from `student/` to `results/results.json`."""

from pathlib import Path

from grader.commands.exit_codes import DONE, PERSON
from grader.commands.operator import tell
from grader.commands.stages import stages
from grader.errors import UsageError
from grader.formats import prairielearn
from grader.languages import Language
from grader.output import prepare_folder, write_whole
from grader.report import Level, Whose
from grader.rubric.shelf import find_rubric
from grader.submission import open_submission


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
        isolation: the least level of the walls around a worker.
        budget: seconds until PrairieLearn ends the grader.
        language: of the reports; None for the rubric's, or the machine's.

    Returns:
        0 once the results have a verdict, 3 if a person must look.

    Raises:
        GraderError: the rubric, the submission's folder or the results' folder cannot be used, or the walls
            are lower than `isolation`.
    """
    find_rubric(rubric_name)
    if not (root / "student").is_dir():
        raise UsageError(
            f"There is no folder `{root / 'student'}`.",
            "Name PrairieLearn's folder with `--root`; it is `/grade` there.",
        )
    submission = open_submission(root / "student")
    # PrairieLearn does not make it.
    prepare_folder(root / "results")
    verdict = "error"
    for stage in stages(submission, Whose("submission"), rubric_name, isolation, budget, language):
        page = prairielearn.page(stage.report, finished=stage.finished)
        write_whole(root / "results" / "results.json", page)
        verdict = stage.report.verdict
        tell(stage)
    return DONE if verdict in {"passed", "failed"} else PERSON

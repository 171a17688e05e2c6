"""`grader hook gradescope`: Gradescope's autograder, from `submission/` to `results/results.json`."""

import json
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.batch import measure
from grader.commands.exit_codes import DONE, PERSON
from grader.datasets import load_dataset
from grader.errors import UsageError
from grader.formats import gradescope
from grader.judge import judge
from grader.output import prepare_folder, write_whole
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import find_rubric
from grader.safe_text import plain
from grader.submission import open_submission


def hook(root: Path, rubric_name: str) -> int:
    """Grade the one submission below `root` and write `results/results.json`, first a partial one.

    Returns:
        0 once the results have a verdict, 3 if a person must look.

    Raises:
        GraderError: the rubric, the submission's folder or the results' folder cannot be used.
    """
    rubric_path = find_rubric(rubric_name)
    rubric = load_rubric(rubric_path)
    if not (root / "submission").is_dir():
        raise UsageError(
            f"There is no folder `{root / 'submission'}`.",
            "Name Gradescope's folder with `--root`; it is `/autograder` there.",
        )
    submission = open_submission(root / "submission")
    prepare_folder(root / "results")
    results = root / "results" / "results.json"
    who, name = _submitter(root / "submission_metadata.json")
    dataset = load_dataset(rubric.plan.data, rubric_path.parent)
    verdict = "error"
    for event in measure([submission], rubric.plan, dataset, jobs=1):
        if event.evidence is None:
            continue
        report = judge(rubric, event.evidence, id=who, name=name, seconds=event.seconds)
        finished = event.kind == "measured"
        write_whole(results, gradescope.page(report, finished=finished))
        verdict = report.verdict
        # What is printed here goes to results/stdout, which only teachers see.
        console = Console()
        console.print(
            Text(
                f"{plain(who)}: {verdict if finished else 'partial results'}, {report.score:g} of "
                f"{report.max_score:g} points"
            )
        )
        for traceback in event.tracebacks if finished else ():
            console.print(Text(traceback))
    return DONE if verdict in {"passed", "failed"} else PERSON


def _submitter(metadata: Path) -> tuple[str, str]:
    """The submission's id and its users' names; the file is Gradescope's own, and missing in a trial."""
    try:
        content = json.loads(metadata.read_text(encoding="utf-8"))
        names = ", ".join(str(user.get("name", "")) for user in content.get("users", []))
        return str(content.get("id", "submission")), names
    except FileNotFoundError:
        return "submission", ""
    except (OSError, ValueError, AttributeError, TypeError, RecursionError) as error:
        raise UsageError(
            f"`{metadata}` must be the JSON that Gradescope writes; it cannot be read so "
            f"({type(error).__name__})."
        ) from None

"""`grader history`: what was found, decided and exported of one submission, in order."""

from typing import Annotated

import typer

from grader.cli.options import Graded
from grader.cli.running import tell


def history(
    folder: Graded,
    submission: Annotated[str, typer.Argument(metavar="ID", help="The submission's id.")],
) -> None:
    """Show what was found, decided and exported of one submission, in order."""
    from grader.errors import require_known
    from grader.grading.graded_folder import read_run
    from grader.grading.history import history as told

    lines, damaged = told(folder, submission)
    if damaged:
        tell("\n".join(damaged))
    if not lines:
        require_known(submission, [one.id for one in read_run(folder).submissions], "submission")
        lines = ["Nothing is on record."]
    typer.echo("\n".join(lines))

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
    from grader.grading.graded_folder import named, read_run
    from grader.grading.history import history as told

    lines, damaged = told(folder, submission)
    if damaged:
        tell("\n".join(damaged))
    if not lines:
        named(read_run(folder), submission)
        lines = ["Nothing is on record."]
    typer.echo("\n".join(lines))

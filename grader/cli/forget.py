"""`grader forget`: removes one student's data from a graded folder, as privacy law asks."""

from typing import Annotated

import typer

from grader.cli.options import DryRun, Graded
from grader.cli.running import tell, warm_up_judges


def forget(
    folder: Graded,
    submission: Annotated[str, typer.Argument(metavar="ID", help="The submission's id.")],
    dry_run: DryRun = False,
) -> None:
    """Remove one student's data everywhere in a graded folder, and say what was removed."""
    from grader.grading.cache import Cache
    from grader.grading.forgetting import Forgetting
    from grader.grading.graded_folder import locked, read_run
    from grader.grading.judging import Drawers

    read_run(folder)
    warm_up_judges()
    with Cache(folder, tell, read_only=dry_run) as cache, Drawers(1) as drawers, locked(folder):
        forgetting = Forgetting(folder, submission)
        lines = list(forgetting.described(cache))
        if not dry_run:
            forgetting.carry_out(cache, drawers)
    typer.echo("\n".join(f"{'Would remove' if dry_run else 'Removed'}: {line}." for line in lines))
    if dry_run:
        typer.echo("Nothing was written.")
    else:
        typer.echo(
            "The student's own files and what was exported are elsewhere. Take the files away before you "
            "grade the class again."
        )

"""`grader pack student`: what a teacher gives to students."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import RubricFile


def student(
    rubric: RubricFile,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="The folder to write, which is new or empty.")],
) -> None:
    """Make what you give to students: a file that logs, a starter notebook, and how to check."""
    from grader.datasets import load_dataset
    from grader.errors import UsageError
    from grader.files import prepare_folder, write_whole
    from grader.handout import for_everyone, for_one, kept_back
    from grader.platforms.packing import wheel
    from grader.rubric.loading import load_rubric
    from grader.rubric.lookup import find_rubric

    loaded = load_rubric(find_rubric(rubric))
    data = load_dataset(loaded.plan.data)
    files = for_everyone(loaded, rubric, data, wheel()) | for_one(loaded, data)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"`{out}` has something in it. It was not changed.", "Name a new folder.")
    prepare_folder(out)
    for name, content in files.items():
        write_whole(out / name, content)
    typer.echo(f"Written: {out}, with {', '.join(files)}.")
    if reason := kept_back(loaded):
        typer.echo(f"The rubric is not in it, so students cannot check at home. {reason}")

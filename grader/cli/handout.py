"""`grader pack student`: what a teacher gives to students."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import RubricFile
from grader.errors import UsageError


def student(
    rubric: RubricFile,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="The folder to write, which is new or empty.")],
    student: Annotated[
        str, typer.Option(metavar="ID", help="The student whose seed it has, where each has another one.")
    ] = "",
    roster: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv", help="The class: a folder for each student, by the id in this list."
        ),
    ] = None,
) -> None:
    """Make what you give to students: a file that logs, a starter notebook, and how to check."""
    from grader.files import prepare_folder, write_whole
    from grader.handout import differs, for_everyone, for_one, kept_back
    from grader.measure.data import dataset_for
    from grader.messages.safe_text import file_names
    from grader.platforms.packing import wheel
    from grader.rubric.loading import load_rubric
    from grader.rubric.lookup import find_rubric
    from grader.submissions.roster import read_roster

    loaded = load_rubric(find_rubric(rubric))
    if differs(loaded) and not student and roster is None:
        raise UsageError(
            "The rubric has something else for each student.",
            "Name a student with `--student`, or give the list of the class with `--roster`.",
        )
    data = dataset_for(loaded.plan)
    files = for_everyone(loaded, rubric, data, wheel())
    folders: Mapping[str, str] = {".": student}
    if roster is not None and differs(loaded):
        ids = [one.id for one in read_roster(roster)]
        folders = dict(zip(file_names(ids), ids, strict=True))
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"`{out}` has something in it. It was not changed.", "Name a new folder.")
    prepare_folder(out)
    for name, content in files.items():
        write_whole(out / name, content)
    for folder, its in folders.items():
        prepare_folder(out / folder)
        own = for_one(loaded, data, its)
        for name, content in own.items():
            write_whole(out / folder / name, content)
    if "." in folders:
        typer.echo(f"Written: {out}, with {', '.join([*files, *own])}.")
    else:
        typer.echo(f"Written: {out}, with {', '.join(files)}.")
        typer.echo(f"For each of {len(folders)} students there is a folder with {', '.join(own)}.")
    if reason := kept_back(loaded):
        typer.echo(f"The rubric is not in it, so students cannot check at home. {reason}")

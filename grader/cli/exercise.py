"""`grader exercise make`: the numbers that students compute with, for one student or for a class."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import Lang, RubricFile


def make(
    source: RubricFile,
    out: Annotated[
        Path, typer.Option(metavar="FILE|DIR", help="The .npz file to write; with --all, a folder.")
    ],
    student: Annotated[str, typer.Option(metavar="ID", help="The student's id.")] = "",
    every: Annotated[
        Path | None, typer.Option("--all", metavar="ROSTER.csv", help="Write a folder for each student.")
    ] = None,
    lang: Lang = None,
) -> None:
    """Write the numbers that a student computes with, and what is asked for.

    They follow from the rubric's `course_key` and the student's id, so each student has other ones, and
    the same each time. The id is the one that grades are given by: that of the roster, or the one that the
    student writes into submission.yaml.
    """
    from grader.errors import UsageError
    from grader.exercises.handed_out import GIVEN, PAGE, HandedOut
    from grader.files import prepare_folder, write_whole
    from grader.messages.languages import ENGLISH
    from grader.messages.safe_text import file_names
    from grader.rubric.loading import rubric_for
    from grader.submissions.roster import read_roster

    if bool(student.strip()) == (every is not None):
        raise UsageError(
            "Name one student with `--student`, or a class with `--all`.", "Give one of the two."
        )
    rubric = rubric_for(source, lang)
    if not rubric.exercises:
        raise UsageError(f"The rubric `{source}` has no `exercises`.", "Name another rubric.")
    language = rubric.language or ENGLISH

    def handed_out(own_id: str) -> HandedOut:
        return HandedOut(rubric.exercises, rubric.plan.course_key, own_id)

    if every is None:
        own = handed_out(student)
        write_whole(out, own.file())
        typer.echo(own.page(language))
        typer.echo(f"Written: {out}.")
        return
    ids = [one.id for one in read_roster(every)]
    prepare_folder(out)
    for own_id, folder in zip(ids, file_names(ids), strict=True):
        own = handed_out(own_id)
        write_whole(out / folder / GIVEN, own.file())
        write_whole(out / folder / PAGE, own.page(language))
    typer.echo(f"Written: {out}, with {GIVEN} and {PAGE} in a folder for each of {len(ids):,} students.")

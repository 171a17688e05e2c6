"""`grader grade`: measures and judges every submission in a folder."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import DEFAULT_RUBRIC, Jobs, Lang, Pages, RequiredLevel, RubricName, jobs_of
from grader.cli.running import warm_up_for_a_folder


def grade(
    folder: Annotated[Path, typer.Argument(help="The folder with a folder or .zip file per student.")],
    rubric: RubricName = DEFAULT_RUBRIC,
    out: Annotated[Path, typer.Option(help="The folder for the reports and grades.csv.")] = Path("graded"),
    jobs: Jobs = "auto",
    layout: Annotated[
        str,
        typer.Option(help="auto, folders, or the platform of the download. Any other word lists them all."),
    ] = "auto",
    roster: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A CSV file of the class. It gives names and shows who is missing."
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Measure on the workers of this Dask scheduler. local: start one on this machine.",
        ),
    ] = None,
    pages: Pages = True,
    require_isolation: RequiredLevel = "basic",
    lang: Lang = None,
) -> int:
    """Grade every submission in a folder."""
    asked = jobs_of(jobs)
    if cluster is None and folder.is_dir() and not out.exists():
        # Nothing is known of these submissions, so TensorFlow will be needed.
        warm_up_for_a_folder()
    from grader.cli.commands.grade import grade

    return grade(
        folder,
        rubric,
        out,
        asked,
        require_isolation,
        layout=layout,
        roster=roster,
        cluster=cluster,
        language=lang,
        pages=pages,
    )

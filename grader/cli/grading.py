"""The commands that grade on this machine: a folder, a graded one once more, one's own submission."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import (
    DEFAULT_RUBRIC,
    DryRun,
    Graded,
    Jobs,
    Lang,
    Pages,
    RequiredLevel,
    RubricName,
    jobs_of,
)
from grader.cli.running import warm_up_for_a_folder


def grade(
    folder: Annotated[
        Path, typer.Argument(help="The folder with one folder, or one .zip, for each student.")
    ],
    rubric: RubricName = DEFAULT_RUBRIC,
    out: Annotated[Path, typer.Option(help="Where the reports and grades.csv are written.")] = Path("graded"),
    jobs: Jobs = "auto",
    layout: Annotated[
        str, typer.Option(help="auto, folders, or the platform it comes from; any other word lists them.")
    ] = "auto",
    roster: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A CSV file of the class: names, and who is missing.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="A Dask scheduler whose workers measure; local starts one here."
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


def regrade(
    folder: Graded, rubric: RubricName, dry_run: DryRun = False, pages: Pages = True, lang: Lang = None
) -> int:
    """Judge a graded class by another rubric, and say what changes."""
    from grader.cli.commands.regrade import regrade

    return regrade(folder, rubric, dry_run=dry_run, pages=pages, language=lang)


def report(
    folder: Graded,
    form: Annotated[str, typer.Option("--format", metavar="NAME", help="Such as `html` or `markdown`.")],
    out: Annotated[Path | None, typer.Option(help="Where to; beside the reports if not given.")] = None,
    lang: Lang = None,
) -> None:
    """Write stored reports in another format."""
    from grader.cli.commands.report import report

    report(folder, form, out, lang)

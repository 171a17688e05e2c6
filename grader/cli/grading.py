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
    WallsLevel,
    jobs_of,
    language_of,
)
from grader.cli.running import exit_with, warm_up_for_a_folder, warm_up_workers


def grade(  # noqa: PLR0913, PLR0917  (each is an option)
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
    require_isolation: RequiredLevel = WallsLevel.basic,
    lang: Lang = None,
) -> None:
    """Grade every submission in a folder."""

    def run() -> int:
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
            require_isolation.value,
            layout=layout,
            roster=roster,
            cluster=cluster,
            language=language_of(lang),
            pages=pages,
        )

    exit_with(run)


def regrade(
    folder: Graded, rubric: RubricName, dry_run: DryRun = False, pages: Pages = True, lang: Lang = None
) -> None:
    """Judge a graded folder by a changed rubric, without measuring; says whose grade changes, and why."""

    def run() -> int:
        from grader.cli.commands.regrade import regrade

        return regrade(folder, rubric, dry_run=dry_run, pages=pages, language=language_of(lang))

    exit_with(run)


def check(
    submission: Annotated[
        Path, typer.Argument(help="The folder, or the .zip, that you will hand in.")
    ] = Path(),
    rubric: RubricName = DEFAULT_RUBRIC,
    require_isolation: RequiredLevel = WallsLevel.basic,
    lang: Lang = None,
) -> None:
    """Check your own submission before you hand it in."""

    def run() -> int:
        warm_up_workers()
        from grader.cli.commands.check import check

        return check(submission, rubric, require_isolation.value, language_of(lang))

    exit_with(run)


def report(
    folder: Graded,
    form: Annotated[str, typer.Option("--format", metavar="NAME", help="Such as `html` or `markdown`.")],
    out: Annotated[Path | None, typer.Option(help="Where to; beside the reports if not given.")] = None,
    lang: Lang = None,
) -> None:
    """Write stored reports in another format, without measuring anything."""

    def run() -> int:
        from grader.cli.commands.report import report

        report(folder, form, out, language_of(lang))
        return 0

    exit_with(run)


def doctor() -> None:
    """Show how good the walls around a worker are on this machine, and what is missing."""

    def run() -> int:
        warm_up_workers()
        from grader.cli.commands.doctor import doctor

        doctor()
        return 0

    exit_with(run)

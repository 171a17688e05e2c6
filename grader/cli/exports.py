"""The commands that put grades into a file of a learning platform."""

from typing import Annotated

import typer

from grader.cli.options import DryRun, Gradebook, Graded, NewFile, ScaleTo, TrustDeclared, Worksheet
from grader.cli.running import exit_with

export_app = typer.Typer(
    help="Put grades into the file that you exported from a learning platform.", no_args_is_help=True
)


@export_app.command("canvas")
def canvas(  # noqa: PLR0913, PLR0917  (each is an option)
    folder: Graded,
    gradebook: Gradebook,
    column: Annotated[str, typer.Option(help="The assignment: its column's title, or the number in it.")],
    out: NewFile = None,
    dry_run: DryRun = False,
    scale_to: ScaleTo = None,
    trust_declared: TrustDeclared = False,
) -> None:
    """Fill one column of Canvas' exported gradebook."""

    def run() -> int:
        from grader.cli.commands.export import export_canvas, target
        from grader.platforms.gradebooks.filling import Choice

        export_canvas(folder, gradebook, column, Choice(scale_to, trust_declared), target(out, dry_run))
        return 0

    exit_with(run)


@export_app.command("moodle")
def moodle(  # noqa: PLR0913, PLR0917  (each is an option)
    folder: Graded,
    gradebook: Gradebook,
    column: Annotated[str, typer.Option(help="The title of the grades' column.")],
    identify_by: Annotated[
        str | None, typer.Option(help="The title of the column with ids; e-mail addresses if not given.")
    ] = None,
    out: NewFile = None,
    dry_run: DryRun = False,
    scale_to: ScaleTo = None,
    trust_declared: TrustDeclared = False,
) -> None:
    """Write the grades that change, for the import into Moodle's gradebook."""

    def run() -> int:
        from grader.cli.commands.export import export_moodle, target
        from grader.platforms.gradebooks.filling import Choice

        choice = Choice(scale_to, trust_declared)
        export_moodle(folder, gradebook, column, identify_by, choice, target(out, dry_run))
        return 0

    exit_with(run)


@export_app.command("moodle-worksheet")
def moodle_worksheet(  # noqa: PLR0913, PLR0917  (each is an option)
    folder: Graded,
    worksheet: Worksheet,
    column: Annotated[str, typer.Option(help="The title of the grades' column.")] = "Grade",
    out: NewFile = None,
    dry_run: DryRun = False,
    scale_to: ScaleTo = None,
    trust_declared: TrustDeclared = False,
) -> None:
    """Fill the grading worksheet of a Moodle assignment."""

    def run() -> int:
        from grader.cli.commands.export import export_moodle_worksheet, target
        from grader.platforms.gradebooks.filling import Choice

        choice = Choice(scale_to, trust_declared)
        export_moodle_worksheet(folder, worksheet, column, choice, target(out, dry_run))
        return 0

    exit_with(run)


@export_app.command("moodle-feedback")
def moodle_feedback(  # noqa: PLR0913, PLR0917  (each is an option)
    folder: Graded,
    worksheet: Worksheet,
    form: Annotated[str, typer.Option("--format", metavar="NAME", help="Of the pages.")] = "plain_text",
    out: NewFile = None,
    dry_run: DryRun = False,
    trust_declared: TrustDeclared = False,
) -> None:
    """Write a zip of feedback files for a Moodle assignment, a page for each student."""

    def run() -> int:
        from grader.cli.commands.export import export_moodle_feedback, target
        from grader.platforms.gradebooks.filling import Choice

        choice = Choice(trust_declared=trust_declared)
        export_moodle_feedback(folder, worksheet, form, choice, target(out, dry_run))
        return 0

    exit_with(run)

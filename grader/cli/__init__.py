"""Arguments in, exit code out; what a command does stands in `grader.cli.commands`.

Every import of the work itself is inside the command, so that `--help` and completion are quick.
"""

from typing import Annotated

import typer

from grader import __version__
from grader.cli.exports import export_app
from grader.cli.grading import check, doctor, grade, regrade, report
from grader.cli.platforms import hook_app, pack
from grader.cli.rubrics import checks, rubric_app

app = typer.Typer(
    help="Grade deep-learning homework: a Keras model, a training log, and a rubric in YAML.",
    no_args_is_help=True,
    # Rich's help costs more to import than the whole rest of the program's start.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
# In this order they stand in the help.
for _command in (grade, regrade, check, report, pack, checks, doctor):
    app.command()(_command)
app.add_typer(hook_app, name="hook")
app.add_typer(export_app, name="export")
app.add_typer(rubric_app, name="rubric")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"grader {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Grade deep-learning homework: a Keras model, a training log, and a rubric in YAML."""


def run() -> None:
    """Run the command line."""
    app()

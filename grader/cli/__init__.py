"""The command line: a file for each command or family of commands, with its options and its help.

Every import of the work itself is inside the command, so that `--help` and completion are quick.
"""

from collections.abc import Callable
from typing import Annotated

import typer
from typer.core import TyperGroup

from grader import __version__
from grader.cli import (
    check,
    checks,
    decide,
    desk,
    doctor,
    exercise,
    forget,
    grade,
    handout,
    history,
    platforms,
    regrade,
    report,
    rubric,
)
from grader.cli.running import command


def _group(
    help_text: str, *commands: Callable[..., int | None], cls: type[TyperGroup] = TyperGroup
) -> typer.Typer:
    """Commands in the order in which the help lists them; each has the name of its function."""
    group = typer.Typer(
        cls=cls,
        help=help_text,
        no_args_is_help=True,
        # Rich's help costs more to import than the whole rest of the program's start.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    for function in commands:
        group.command(function.__name__.rstrip("_"))(command(function))
    return group


app = _group(
    "Grade deep-learning homework: a Keras model, a training log, and a rubric in YAML.",
    grade.grade,
    regrade.regrade,
    decide.decide,
    desk.desk,
    history.history,
    forget.forget,
    check.check,
    report.report,
    checks.checks,
    doctor.doctor,
)
_hooks, _exports = platforms.group_of(platforms.hooks), platforms.group_of(platforms.exports)
app.add_typer(_group("Grade one submission for a learning platform.", cls=_hooks), name="hook")
app.add_typer(_group("Write grades and feedback for a platform to import.", cls=_exports), name="export")
_packs = platforms.group_of(lambda: {**platforms.packs(), "student": handout.student})
app.add_typer(_group("Make what you upload to a platform, or give to students.", cls=_packs), name="pack")
app.add_typer(_group("Give students the numbers of a rubric's exercises.", exercise.make), name="exercise")
_for_rubrics = (rubric.list_, rubric.new, rubric.lint, rubric.calibrate, rubric.schema)
app.add_typer(_group("Find, write, check and calibrate a rubric.", *_for_rubrics), name="rubric")


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
    """Show the version where it is asked for."""

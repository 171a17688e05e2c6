"""The command line: a file for each command, with its options, its help, and what it does.

Every import of the work itself is inside the command, so that `--help` and completion are quick.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from grader import __version__
from grader.cli import check, checks, doctor, export, grade, hook, pack, regrade, report, rubric
from grader.cli.running import command

_HELP = "Grade deep-learning homework: a Keras model, a training log, and a rubric in YAML."


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
        group.command()(command(function))
    return group


def _of_platforms(
    help_text: str, found: Callable[[], Mapping[str, Callable[..., int | None]]]
) -> typer.Typer:
    """The commands that platforms add; their folders are imported when one of the commands is asked for."""
    known = cache(found)

    class Commands(TyperGroup):
        def list_commands(self, _: Any) -> list[str]:
            return list(known())

        def get_command(self, _: Any, cmd_name: str) -> Any:
            function = known().get(cmd_name)
            if function is None:
                return None
            alone = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
            alone.command()(command(function))
            return typer.main.get_command(alone)

    return _group(help_text, cls=Commands)


app = _group(
    _HELP,
    grade.grade,
    regrade.regrade,
    check.check,
    report.report,
    pack.pack,
    checks.checks,
    doctor.doctor,
)
app.add_typer(_of_platforms("Grade one submission for a learning platform.", hook.hooks), name="hook")
app.add_typer(
    _of_platforms("Write grades and feedback for a platform to import.", export.exports), name="export"
)
_for_rubrics = (rubric.new, rubric.lint, rubric.calibrate, rubric.schema)
app.add_typer(_group("Write, check and calibrate a rubric.", *_for_rubrics), name="rubric")


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

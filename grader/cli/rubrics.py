"""The commands for whoever writes a rubric."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.running import exit_with

rubric_app = typer.Typer(
    help="Start a rubric, look for mistakes in one, or print its JSON Schema.", no_args_is_help=True
)


@rubric_app.command("new")
def rubric_new(
    target: Annotated[Path, typer.Argument(help="The file to write.")] = Path("rubric.yaml"),
) -> None:
    """Write a commented copy of the homework's rubric to start from."""

    def run() -> int:
        from grader.cli.commands.rubrics import new_rubric

        new_rubric(target)
        return 0

    exit_with(run)


@rubric_app.command("lint")
def rubric_lint(source: Annotated[str, typer.Argument(metavar="FILE", help="The rubric.")]) -> None:
    """Look for mistakes in a rubric; each is named with its line."""

    def run() -> int:
        from grader.cli.commands.rubrics import lint_rubric

        lint_rubric(source)
        return 0

    exit_with(run)


@rubric_app.command("calibrate")
def rubric_calibrate(
    source: Annotated[str, typer.Argument(metavar="FILE", help="The rubric.")],
    runs: Annotated[int, typer.Option(min=2, help="Trainings at each batch size.")] = 8,
) -> None:
    """Measure how much honest trainings differ, and write it beside the rubric; it takes some minutes."""

    def run() -> int:
        from grader.cli.commands.calibrate import calibrate

        calibrate(source, runs)
        return 0

    exit_with(run)


@rubric_app.command("schema")
def rubric_schema() -> None:
    """Print the JSON Schema that lets an editor complete and check a rubric."""

    def run() -> int:
        from grader.cli.commands.rubrics import schema

        typer.echo(schema())
        return 0

    exit_with(run)


def checks(kind: Annotated[str | None, typer.Argument(help="The kind to read about.")] = None) -> None:
    """List the kinds of checks, or show the manual page of one."""

    def run() -> int:
        from grader.cli.commands.rubrics import list_kinds, manual_page

        if kind is None:
            list_kinds()
        else:
            typer.echo(manual_page(kind))
        return 0

    exit_with(run)

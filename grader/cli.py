"""Arguments in, exit code out; what a command does stands in `grader.commands`.

Every import of the work itself is inside the command, so that `--help` and completion are quick.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from grader import __version__
from grader.errors import GraderError

app = typer.Typer(
    help="Grade deep-learning homework: a Keras model, a training log, and a rubric in YAML.",
    no_args_is_help=True,
    # Rich's help costs more to import than the whole rest of the program's start.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
hook_app = typer.Typer(help="Grade one submission as a learning platform asks for it.", no_args_is_help=True)
rubric_app = typer.Typer(
    help="Start a rubric, look for mistakes in one, or print its JSON Schema.", no_args_is_help=True
)
app.add_typer(hook_app, name="hook")
app.add_typer(rubric_app, name="rubric")

RubricName = Annotated[
    str,
    typer.Option("--rubric", metavar="FILE_OR_NAME", help="A YAML file, or the name of a rubric that ships."),
]
DEFAULT_RUBRIC = "gradient_clipping"


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


@app.command()
def grade(
    folder: Annotated[
        Path, typer.Argument(help="The folder with one folder, or one .zip, for each student.")
    ],
    rubric: RubricName = DEFAULT_RUBRIC,
    out: Annotated[Path, typer.Option(help="Where the reports and grades.csv are written.")] = Path("graded"),
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Submissions at a time; one a core if not given.")
    ] = None,
) -> None:
    """Grade every submission in a folder."""

    def run() -> int:
        from grader.commands.grade import grade

        return grade(folder, rubric, out, jobs)

    _exit_with(run)


@app.command()
def check(
    submission: Annotated[
        Path, typer.Argument(help="The folder, or the .zip, that you will hand in.")
    ] = Path(),
    rubric: RubricName = DEFAULT_RUBRIC,
) -> None:
    """Check your own submission before you hand it in."""

    def run() -> int:
        _warm_up()
        from grader.commands.check import check

        return check(submission, rubric)

    _exit_with(run)


@hook_app.command("gradescope")
def gradescope(
    root: Annotated[Path, typer.Option(help="Gradescope's folder.")] = Path("/autograder"),
    rubric: RubricName = DEFAULT_RUBRIC,
) -> None:
    """Grade ROOT/submission and write ROOT/results/results.json."""

    def run() -> int:
        _warm_up()
        from grader.commands.gradescope import hook

        return hook(root, rubric)

    _exit_with(run)


@rubric_app.command("new")
def rubric_new(
    target: Annotated[Path, typer.Argument(help="The file to write.")] = Path("rubric.yaml"),
) -> None:
    """Write a commented copy of the homework's rubric to start from."""

    def run() -> int:
        from grader.commands.rubrics import new_rubric

        new_rubric(target)
        return 0

    _exit_with(run)


@rubric_app.command("lint")
def rubric_lint(source: Annotated[str, typer.Argument(metavar="FILE", help="The rubric.")]) -> None:
    """Look for mistakes in a rubric; each is named with its line."""

    def run() -> int:
        from grader.commands.rubrics import lint_rubric

        lint_rubric(source)
        return 0

    _exit_with(run)


@rubric_app.command("calibrate")
def rubric_calibrate(
    source: Annotated[str, typer.Argument(metavar="FILE", help="The rubric.")],
    runs: Annotated[int, typer.Option(min=2, help="Trainings at each batch size.")] = 8,
) -> None:
    """Measure how much honest trainings differ, and write it beside the rubric; it takes some minutes."""

    def run() -> int:
        from grader.commands.calibrate import calibrate

        calibrate(source, runs)
        return 0

    _exit_with(run)


@rubric_app.command("schema")
def rubric_schema() -> None:
    """Print the JSON Schema that lets an editor complete and check a rubric."""

    def run() -> int:
        from grader.commands.rubrics import schema

        typer.echo(schema())
        return 0

    _exit_with(run)


@app.command()
def checks(kind: Annotated[str | None, typer.Argument(help="The kind to read about.")] = None) -> None:
    """List the kinds of checks, or show the manual page of one."""

    def run() -> int:
        from grader.commands.rubrics import list_kinds, manual_page

        if kind is None:
            list_kinds()
        else:
            typer.echo(manual_page(kind))
        return 0

    _exit_with(run)


def _warm_up() -> None:
    """Let the worker's process import what it reads files with, while this one imports the rest."""
    from grader.isolation.worker import warm_up

    warm_up(["grader.measure.worker"])


def _exit_with(run: Callable[[], int]) -> NoReturn:
    """Run a command and leave with its exit code: the one place that catches."""
    try:
        code = run()
    except GraderError as error:
        typer.echo(error.message, err=True)
        if error.hint:
            typer.echo(error.hint, err=True)
        code = 2
    except KeyboardInterrupt:
        typer.echo("Interrupted; what was graded so far is kept.", err=True)
        code = 130
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has gone.
        sys.stderr.close()
        code = 0
    except Exception as error:  # noqa: BLE001  (whatever it is, it is ours: one sentence, no traceback)
        typer.echo(f"The program failed by a mistake of its own ({type(error).__name__}: {error}).", err=True)
        typer.echo("Please report it, with the command that you ran.", err=True)
        code = 3
    raise typer.Exit(code)


def run() -> None:
    """Run the command line."""
    app()

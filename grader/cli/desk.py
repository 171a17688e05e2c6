"""`grader desk`: a page in the teacher's browser, on which a person decides who waits."""

from typing import Annotated

import typer

from grader.cli.options import Graded
from grader.cli.running import record_errors_in, warm_up_judges
from grader.errors import UsageError


def desk(
    folder: Graded,
    by: Annotated[
        str, typer.Option(metavar="NAME", help="Who decides, as the student reads it. [default: your login]")
    ] = "",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 is any that is free.")] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Whether to open it in your browser.")
    ] = True,
) -> None:
    """Decide in your browser about everyone who waits, one after the other."""
    from getpass import getuser

    from grader.grading.graded_folder import ERRORS, read_run

    read_run(folder)
    try:
        from grader.desk.server import serve
    except ModuleNotFoundError as error:
        raise UsageError(
            f"The desk needs the package `{error.name}`, which is not installed.",
            "Install it: pip install 'keras-homework-grader[desk]'",
        ) from None
    record_errors_in(folder / ERRORS)
    warm_up_judges()

    def opened(address: str) -> None:
        typer.echo(f"The desk is at {address}")
        typer.echo("Only this machine can open it, and only with that address. Ctrl-C closes it.")
        if browser:
            import webbrowser

            webbrowser.open(address)

    serve(folder, by or getuser(), port, opened)
    typer.echo("The desk is closed.")

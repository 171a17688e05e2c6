"""`grader report`: writes stored reports in another format."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import Graded, Lang


def report(
    folder: Graded,
    form: Annotated[str, typer.Option("--format", metavar="NAME", help="For example html or markdown.")],
    out: Annotated[
        Path | None, typer.Option(help="The folder to write to. [default: beside the reports]")
    ] = None,
    lang: Lang = None,
) -> None:
    """Write stored reports in another format or language."""
    from grader.cli.commands.report import report

    report(folder, form, out, lang)

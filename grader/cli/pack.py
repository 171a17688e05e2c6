"""`grader pack`: what a teacher uploads to a platform, as one zip."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import RubricFile


def pack(
    platform: Annotated[str, typer.Argument(help="gradescope, prairielearn or github.")],
    rubric: RubricFile,
    out: Annotated[Path, typer.Option(help="The .zip file to write.")],
) -> None:
    """Pack grader and a rubric into a .zip file for a platform."""
    from rich.filesize import decimal

    from grader.errors import UsageError
    from grader.files.output import write_whole
    from grader.files.zipped import zipped
    from grader.platforms.packing import bundle, load, names, wheel
    from grader.rubric.wording import nearest

    if platform not in names():
        raise UsageError(
            f"There is no platform `{platform}`.", nearest(platform, names(), "The platforms are")
        )
    archive = load(platform)(wheel(), bundle(rubric))
    content = zipped(archive.files, archive.programs)
    write_whole(out, content)
    typer.echo(f"Written: {out}, {decimal(len(content))}.")
    for sentence in archive.advice:
        typer.echo(sentence)

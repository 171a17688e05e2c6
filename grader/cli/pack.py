"""`grader pack`: what a teacher uploads to a platform, as one zip."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import RubricFile, require_known


def pack(
    platform: Annotated[str, typer.Argument(help="gradescope, prairielearn or github.")],
    rubric: RubricFile,
    out: Annotated[Path, typer.Option(help="The .zip file to write.")],
) -> None:
    """Pack grader and a rubric into a .zip file for a platform."""
    from rich.filesize import decimal

    from grader.files import write_whole
    from grader.files.zipped import zipped
    from grader.platforms.packing import bundle, load, names, wheel

    require_known(platform, names(), "platform")
    archive = load(platform)(wheel(), bundle(rubric))
    content = zipped(archive.files, archive.programs)
    write_whole(out, content)
    typer.echo(f"Written: {out}, {decimal(len(content))}.")
    for sentence in archive.advice:
        typer.echo(sentence)

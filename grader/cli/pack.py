"""`grader pack`: what a teacher uploads to a platform, as one zip."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import RubricFile
from grader.errors import require_known
from grader.platforms import modules, names


def pack(
    platform: Annotated[str, typer.Argument(metavar="PLATFORM", help=f"One of {', '.join(names('pack'))}.")],
    rubric: RubricFile,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The .zip file to write.")],
) -> None:
    """Pack grader and a rubric into a .zip file for a platform."""
    from rich.filesize import decimal

    from grader.files import write_whole
    from grader.platforms.packing import bundle, packed, wheel

    require_known(platform, names("pack"), "platform")
    content = packed(platform, wheel(), bundle(rubric))
    write_whole(out, content)
    typer.echo(f"Written: {out}, {decimal(len(content))}.")
    for sentence in modules("pack")[platform].ADVICE:
        typer.echo(sentence)

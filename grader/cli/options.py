"""The arguments and options that several commands share, each with its help."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from grader.errors import UsageError
from grader.messages.languages import Language

# Typer needs it for `--help`, which would be slow if it imported the module that has it, too.
Level = Literal["full", "limited", "basic"]

DEFAULT_RUBRIC = "gradient_clipping"
_RUBRIC = "A YAML file, or the name of a rubric that comes with grader."
RubricName = Annotated[str, typer.Option("--rubric", metavar="FILE_OR_NAME", help=_RUBRIC)]
RubricFile = Annotated[str, typer.Argument(metavar="RUBRIC", help=_RUBRIC)]
RequiredLevel = Annotated[
    Level,
    typer.Option(
        "--require-isolation",
        help="Do not grade with weaker isolation than this. `grader doctor` shows what this machine has.",
    ),
]
Lang = Annotated[
    Language | None,
    typer.Option("--lang", help="The language of the reports. [default: the rubric's, or this machine's]"),
]
Graded = Annotated[Path, typer.Argument(metavar="GRADED", help="The folder that `grader grade` wrote.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and write nothing.")]
Pages = Annotated[bool, typer.Option("--pages/--no-pages", help="Whether to write the HTML pages.")]
Jobs = Annotated[
    str,
    typer.Option(
        metavar="NUMBER|auto",
        help="How many submissions to measure at a time; auto is one per core, if there is enough memory.",
    ),
]


def jobs_of(asked: str) -> int | None:
    """How many submissions are measured at a time; None, for `auto`, leaves it to the machine."""
    if asked == "auto":
        return None
    # Not every character that is a digit is one of a number.
    if asked.isascii() and asked.isdigit() and int(asked) >= 1:
        return int(asked)
    raise UsageError(
        f"`--jobs` must be `auto` or a whole number of at least 1. Received: {asked!r}.",
        "Leave it out to use one worker per core.",
    )

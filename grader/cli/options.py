"""The arguments and options that several commands share, each with its help."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Literal

import typer

from grader.errors import UsageError

# Typer needs these for `--help`, which would be slow if it imported the modules that have them, too.
Level = Literal["full", "limited", "basic"]
Language = Literal["en", "es", "ko"]
Visibility = Literal["visible", "after_due_date", "after_published"]

DEFAULT_RUBRIC = "gradient_clipping"
RubricName = Annotated[
    str,
    typer.Option(
        "--rubric",
        metavar="FILE_OR_NAME",
        help="A YAML file, or the name of a rubric that comes with grader.",
    ),
]
RubricFile = Annotated[
    str,
    typer.Argument(metavar="RUBRIC", help="A YAML file, or the name of a rubric that comes with grader."),
]
RequiredLevel = Annotated[
    Level,
    typer.Option(
        "--require-isolation",
        help="Grade only if submissions are isolated at least this well. `grader doctor` shows this machine.",
    ),
]
Lang = Annotated[
    Language | None,
    typer.Option("--lang", help="The language of the reports. [default: the rubric's, or this machine's]"),
]
Budget = Annotated[
    float | None,
    typer.Option(
        min=10,
        metavar="SECONDS",
        help="When the platform stops the grader, which ends before that, with a shorter rerun if needed.",
    ),
]
Graded = Annotated[Path, typer.Argument(help="The folder that `grader grade` wrote.")]
Gradebook = Annotated[Path, typer.Option(help="The file you exported. It is not changed.")]
Worksheet = Annotated[Path, typer.Option(help="The grading worksheet you downloaded. It is not changed.")]
NewFile = Annotated[Path | None, typer.Option("--out", help="The file to write.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and write nothing.")]
Pages = Annotated[bool, typer.Option("--pages/--no-pages", help="Write the HTML pages as well.")]
ScaleTo = Annotated[
    float | None,
    typer.Option(min=0.01, metavar="POINTS", help="Scale the points so that this is the maximum."),
]
TrustDeclared = Annotated[
    bool,
    typer.Option(
        "--trust-declared",
        help="Also match students by what they wrote in submission.yaml. It may name somebody else.",
    ),
]
Jobs = Annotated[
    str,
    typer.Option(
        metavar="NUMBER|auto",
        help="How many submissions to measure at a time. auto: one per core, if the memory allows.",
    ),
]


def jobs_of(asked: str) -> int | None:
    """How many submissions are measured at a time; None for as many as the machine can.

    Raises:
        UsageError: It is neither `auto` nor a whole number of at least 1.
    """
    if asked == "auto":
        return None
    # Not every character that is a digit is one of a number.
    if asked.isascii() and asked.isdigit() and int(asked) >= 1:
        return int(asked)
    raise UsageError(
        f"`--jobs` must be `auto` or a whole number of at least 1. Received: {asked!r}.",
        "Leave it out to use one worker per core.",
    )


def require_known(name: str, known: Collection[str], noun: str) -> None:
    """Refuse a name that does not exist, and name the one that was meant.

    Args:
        name: What was typed.
        known: The names that exist.
        noun: What they are names of.

    Raises:
        UsageError: The name is not among them.
    """
    from grader.messages.english import nearest

    if name not in known:
        hint = nearest(name, known, "choose from")
        raise UsageError(f"There is no {noun} `{name}`.", hint[0].upper() + hint[1:])

"""What can be said to a command: the types of its arguments and options, with their help."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from grader.errors import UsageError

RubricName = Annotated[
    str,
    typer.Option("--rubric", metavar="FILE_OR_NAME", help="A YAML file, or the name of a rubric that ships."),
]
DEFAULT_RUBRIC = "gradient_clipping"


class WallsLevel(StrEnum):
    """How good the walls around a worker are; `grader.report.Level` as Typer takes it."""

    full = "full"
    limited = "limited"
    basic = "basic"


RequiredLevel = Annotated[
    WallsLevel,
    typer.Option(
        "--require-isolation",
        help="Grade nothing if the walls around a worker are lower; `grader doctor` shows them.",
    ),
]


class Spoken(StrEnum):
    """The languages of reports; `grader.messages.languages.Language` as Typer takes it."""

    en = "en"
    es = "es"
    ko = "ko"


Lang = Annotated[
    Spoken | None,
    typer.Option(
        "--lang", help="The language of what students read; the rubric's, or this machine's, if not given."
    ),
]

Budget = Annotated[
    float | None,
    typer.Option(
        min=10,
        metavar="SECONDS",
        help="When the platform ends the grader; it keeps within that, with a shorter training if need be.",
    ),
]


class ShownWhen(StrEnum):
    """When a student sees Gradescope's results, as Typer takes it."""

    visible = "visible"
    after_due_date = "after_due_date"
    after_published = "after_published"


Graded = Annotated[Path, typer.Argument(help="The folder that `grader grade` has written to.")]
Gradebook = Annotated[Path, typer.Option(help="The file that you exported; it stays as it is.")]
Worksheet = Annotated[
    Path, typer.Option(help="The assignment's grading worksheet as downloaded; it stays as it is.")
]
NewFile = Annotated[Path | None, typer.Option("--out", help="The file to write.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")]
Pages = Annotated[bool, typer.Option("--pages/--no-pages", help="Write the pages for a browser, too.")]
ScaleTo = Annotated[
    float | None,
    typer.Option(min=0.01, metavar="POINTS", help="Scale the reports' points to so many."),
]
TrustDeclared = Annotated[
    bool,
    typer.Option(
        "--trust-declared",
        help="Match by what students declare in submission.yaml, too; it could name somebody else.",
    ),
]


def language_of(lang: Spoken | None) -> Literal["en", "es", "ko"] | None:
    """The language that was asked for, as the commands take it."""
    return lang.value if lang else None


Jobs = Annotated[
    str,
    typer.Option(
        metavar="NUMBER|auto", help="Submissions at a time; auto is one a core, as far as the memory allows."
    ),
]


def jobs_of(asked: str) -> int | None:
    """How many submissions are measured at a time; None for as many as the machine can.

    Raises:
        UsageError: it is neither `auto` nor a whole number from 1 on.
    """
    if asked == "auto":
        return None
    # Not every character that is a digit is one of a number.
    if asked.isascii() and asked.isdigit() and int(asked) >= 1:
        return int(asked)
    raise UsageError(
        f"`--jobs` must be `auto` or a whole number, at least 1. Received: {asked!r}.",
        "Leave it away for one submission a core.",
    )

"""`grader export`: writes grades into a copy of the file that a teacher exported from a learning platform."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.options import (
    DryRun,
    Gradebook,
    Graded,
    NewFile,
    ScaleTo,
    TrustDeclared,
    Worksheet,
    require_known,
)

if TYPE_CHECKING:
    from grader.report import Report


def canvas(
    folder: Graded,
    gradebook: Gradebook,
    column: Annotated[str, typer.Option(help="The assignment: the title of its column, or its number.")],
    out: NewFile = None,
    dry_run: DryRun = False,
    scale_to: ScaleTo = None,
    trust_declared: TrustDeclared = False,
) -> None:
    """Fill one column of a gradebook from Canvas."""
    from grader.platforms.canvas.gradebook import grades
    from grader.platforms.gradebooks import Choice, fill
    from grader.submissions.table import read_table

    _require_target(out, dry_run)
    table = read_table(gradebook, "gradebook")
    filled = fill(table, grades(table, column), _reports(folder), Choice(scale_to, trust_declared))
    _write(filled.text, filled.lines(), gradebook, None if dry_run else out)


def moodle(
    folder: Graded,
    gradebook: Gradebook,
    column: Annotated[str, typer.Option(help="The title of the column with the grades.")],
    identify_by: Annotated[
        str | None,
        typer.Option(help="The title of the column that identifies students. [default: the e-mail address]"),
    ] = None,
    out: NewFile = None,
    dry_run: DryRun = False,
    scale_to: ScaleTo = None,
    trust_declared: TrustDeclared = False,
) -> None:
    """Write a file of changed grades to import into Moodle."""
    from grader.platforms.gradebooks import Choice
    from grader.platforms.moodle.gradebook import grade_file
    from grader.submissions.table import read_table

    _require_target(out, dry_run)
    choice = Choice(scale_to, trust_declared)
    filled = grade_file(read_table(gradebook, "gradebook"), _reports(folder), choice, column, identify_by)
    _write(filled.text, filled.lines(), gradebook, None if dry_run else out)


def moodle_worksheet(
    folder: Graded,
    worksheet: Worksheet,
    column: Annotated[str, typer.Option(help="The title of the column with the grades.")] = "Grade",
    out: NewFile = None,
    dry_run: DryRun = False,
    scale_to: ScaleTo = None,
    trust_declared: TrustDeclared = False,
) -> None:
    """Fill the grading worksheet of a Moodle assignment."""
    from grader.platforms.gradebooks import Choice, fill
    from grader.platforms.moodle.gradebook import worksheet as worksheet_grades
    from grader.submissions.table import read_table

    _require_target(out, dry_run)
    # Moodle reads no other delimiter here.
    table = read_table(worksheet, "worksheet", delimiters=",")
    filled = fill(table, worksheet_grades(table, column), _reports(folder), Choice(scale_to, trust_declared))
    _write(filled.text, filled.lines(), worksheet, None if dry_run else out)


def moodle_feedback(
    folder: Graded,
    worksheet: Worksheet,
    form: Annotated[
        str, typer.Option("--format", metavar="NAME", help="The format of the feedback files.")
    ] = "plain_text",
    out: NewFile = None,
    dry_run: DryRun = False,
    trust_declared: TrustDeclared = False,
) -> None:
    """Write a zip of feedback files for a Moodle assignment."""
    from grader.errors import UsageError
    from grader.files.zipped import zipped
    from grader.messages.wording import counted
    from grader.platforms.gradebooks import Choice
    from grader.platforms.moodle.gradebook import feedback_files
    from grader.reports import load, names
    from grader.submissions.table import read_table

    _require_target(out, dry_run)
    require_known(form, names(), "format")
    chosen = load(form)
    if chosen.of_class:
        raise UsageError(
            f"The format `{chosen.name}` puts a whole class into one file.",
            "Name a format with a file for each student, such as `plain_text`.",
        )
    table = read_table(worksheet, "worksheet", delimiters=",")
    choice = Choice(trust_declared=trust_declared)
    files, left_out = feedback_files(table, _reports(folder), chosen.page, chosen.file, choice)
    students, reports = counted(len(files), "student"), counted(len(left_out), "report")
    _write(
        zipped(files),
        (f"Feedback for {students}; {reports} left out.", *left_out),
        worksheet,
        None if dry_run else out,
    )


def _reports(folder: Path) -> "tuple[Report, ...]":
    from grader.grading.graded_folder import read_reports, read_run

    return tuple(read_reports(folder, read_run(folder)).values())


def _require_target(out: Path | None, dry_run: bool) -> None:
    from grader.errors import UsageError

    if out is None and not dry_run:
        raise UsageError("No output file was named.", "Name one with `--out`, or preview with `--dry-run`.")


def _write(content: str | bytes, lines: tuple[str, ...], source: Path, out: Path | None) -> None:
    """Say what changes, and write the file unless this is a dry run."""
    from grader.errors import UsageError
    from grader.files import write_whole

    for line in lines:
        typer.echo(line)
    if out is None:
        typer.echo("Nothing was written.")
        return
    if out.resolve() == source.resolve():
        raise UsageError(
            f"The output `{out}` is the file you exported. It was not changed.",
            "Name another file with `--out`.",
        )
    write_whole(out, content)
    typer.echo(f"Written: {out}")

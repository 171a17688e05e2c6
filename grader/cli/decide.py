"""`grader decide`: a person decides about an item, or about a whole submission, and it is on record."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.options import DryRun, Graded, Pages
from grader.cli.running import tell, warm_up_judges
from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.grading.decisions import Recorded, Wish
    from grader.grading.graded_folder import Run
    from grader.report import Report


def decide(
    folder: Graded,
    submission: Annotated[str, typer.Argument(metavar="ID", help="The submission's id.")] = "",
    item: Annotated[
        str, typer.Option(metavar="ID", help="An item of the rubric. [default: the whole submission]")
    ] = "",
    passes: Annotated[bool, typer.Option("--pass", help="It passes.")] = False,
    fails: Annotated[bool, typer.Option("--fail", help="It fails.")] = False,
    points: Annotated[float | None, typer.Option(metavar="N", help="It earns so many points.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back what was decided about it.")] = False,
    comment: Annotated[str, typer.Option(metavar="TEXT", help="What the student reads beside it.")] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the record alone.")] = "",
    by: Annotated[
        str, typer.Option(metavar="NAME", help="Who decides, as the student reads it. [default: your login]")
    ] = "",
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="A CSV file with the columns id, item, decision (pass, fail or undo), points, comment, "
            "reason and by.",
        ),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show the record, and decide nothing.")] = False,
    dry_run: DryRun = False,
    pages: Pages = True,
) -> None:
    """Decide about graded submissions, and record who did, when and why."""
    from getpass import getuser

    from grader.grading.decisions import Decisions, Wish, wishes_in
    from grader.grading.graded_folder import locked, named, read_run
    from grader.grading.history import decision_line
    from grader.grading.regrading import changes
    from grader.messages.wording import counted

    run, decisions = read_run(folder), Decisions.read(folder)
    if decisions.mistakes:
        tell("\n".join(decisions.mistakes))
    if submission:
        named(run, submission)
    if listed:
        typer.echo("\n".join(map(decision_line, decisions.about(submission))))
        return
    verbs = [verb for verb, asked in (("pass", passes), ("fail", fails), ("undo", undo)) if asked]
    given = len(verbs) + (points is not None) + bool(submission)
    if given != (2 if source is None else 0) or (source is None and not submission):
        raise UsageError(
            "A decision must name a submission and one of `--pass`, `--fail`, `--points` and `--undo`, or a "
            "file with `--from`.",
            "For example: `grader decide graded ana --item norm_within_cap --pass`.",
        )
    alone = Wish(submission, item, "".join(verbs), points, comment, reason)
    with locked(folder):
        known: dict[str, Report] = {}
        made = [
            replace(wish, by=wish.by or by or getuser()).of(_report(folder, run, known, wish))
            for wish in ([alone] if source is None else wishes_in(source))
        ]
        if dry_run:
            applied = Decisions((*decisions.every, *made)).applied
            settled = [(report, applied(report)) for report in known.values()]
        else:
            settled = _decide(folder, run, made, pages=pages)
    for before, after in settled:
        for line in changes(before, after):
            typer.echo(line)
    typer.echo(f"{counted(len(made), 'decision')}{' would be' if dry_run else ''} recorded.")
    if dry_run:
        typer.echo("Nothing was written.")


def _report(folder: Path, run: "Run", known: "dict[str, Report]", wish: "Wish") -> "Report":
    """The report that somebody wants to decide about, which is read once."""
    from grader.grading.graded_folder import REPORT, named, read_report

    if wish.submission not in known:
        try:
            one = named(run, wish.submission)
        except UsageError as error:
            raise wish.refusal(error) from None
        known[one.id] = read_report(folder / one.folder / REPORT)
    return known[wish.submission]


def _decide(
    folder: Path, run: "Run", made: "Sequence[Recorded]", *, pages: bool
) -> "list[tuple[Report, Report]]":
    """Record decisions, write all that shows them, and give each report before and after."""
    from grader.grading.deciding import decide, has_pages, write_index
    from grader.grading.judging import Drawers

    if not (pages and has_pages(folder)):
        settled = decide(folder, run, made, None)
    else:
        warm_up_judges()
        with Drawers() as drawers:
            settled = decide(folder, run, made, drawers)
        write_index(folder, run)
    return [(one.before, one.after) for one in settled]

"""`grader grade`: measures and judges every submission in a folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.options import DEFAULT_RUBRIC, Jobs, Lang, Level, Pages, RequiredLevel, RubricName, jobs_of
from grader.cli.running import record_errors_in, tell, warm_up_for_a_folder, warm_up_judges
from grader.platforms import names

if TYPE_CHECKING:
    from grader.datasets import DataFile
    from grader.grading.classes import ClassGrading
    from grader.reports.rows import Row
    from grader.rubric import Rubric
    from grader.submissions.matching import ClassList


def grade(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="A folder or archive for each student in a folder, or a platform's download, packed or not.",
        ),
    ],
    rubric: RubricName = DEFAULT_RUBRIC,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where to write the reports and grades.csv.")
    ] = Path("graded"),
    jobs: Jobs = "auto",
    layout: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help=f"How the folder is laid out: folders, {', '.join(names('download'))}, or auto to find out.",
        ),
    ] = "auto",
    assignment: Annotated[
        str,
        typer.Option(metavar="NAME", help="Which assignment to grade, of a folder with several."),
    ] = "",
    roster: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A CSV file with the students of the class."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Measure on the workers of this Dask scheduler; local starts one on this machine.",
        ),
    ] = None,
    pages: Pages = True,
    everyone: Annotated[
        bool, typer.Option("--all", help="List those who passed or have not submitted, too.")
    ] = False,
    require_isolation: RequiredLevel = "basic",
    lang: Lang = None,
) -> int:
    """Grade every submission in a folder, or of a lesson in a folder for each rubric."""
    options = _Options(
        jobs=jobs_of(jobs),
        layout=layout,
        assignment=assignment,
        roster=roster,
        cluster=cluster,
        pages=pages,
        everyone=everyone,
        isolation=require_isolation,
    )
    if cluster is None and folder.exists() and not out.exists():
        # Nothing is known of these submissions, so TensorFlow will be needed.
        warm_up_for_a_folder()
    from grader.errors import UsageError
    from grader.grading.exit_codes import of_class
    from grader.rubric.loading import rubric_for
    from grader.rubric.lookup import rubrics_of

    lesson = rubrics_of(folder, rubric)
    # A mistake in any of them is said before anything is graded.
    loaded = {name: rubric_for(str(file), lang) for name, file in lesson.items()}
    loaded = loaded or {"": rubric_for(rubric, lang)}
    if out.resolve().is_relative_to(folder.resolve()):
        raise UsageError(
            f"The output folder `{out}` must not be inside the folder of submissions `{folder}`.",
            "Name another folder with `--out`.",
        )
    rows: list[Row] = []
    account = ""
    for name, own in loaded.items():
        if lesson:
            typer.secho(f"{name}, by {lesson[name].name}", bold=True)
        more, account = _grade(folder / name, own, out / name, options)
        rows += more
        if lesson:
            typer.echo(f"{account}\n")
    if not everyone and any(row.verdict == "passed" for row in rows):
        typer.echo("Those who passed are not listed; `--all` lists everyone.")
    written = out / "<rubric>" if lesson else out
    if pages:
        typer.echo(f"Pages: {written}/index.html, {written}/<id>/report.html and teacher.html.")
    typer.echo(f"Reports: {written}/<id>/report.json. Grades: {written}/grades.csv.")
    if not lesson:
        typer.echo(account)
    return of_class(row.verdict for row in rows)


@dataclass(frozen=True)
class _Options:
    """What the command line asks for, whichever class is graded."""

    jobs: int | None
    layout: str
    assignment: str
    roster: Path | None
    cluster: str | None
    pages: bool
    everyone: bool
    isolation: Level


def _grade(folder: Path, rubric: "Rubric", out: Path, options: _Options) -> "tuple[list[Row], str]":
    """Grade every submission of one class; the text accounts for what was in its folder."""
    from grader.datasets import read_data
    from grader.files import prepare_folder
    from grader.grading.cache import Cache
    from grader.grading.classes import ClassGrading
    from grader.grading.decisions import Decisions
    from grader.grading.graded_folder import ERRORS, read_reports
    from grader.grading.judged_class import JudgedClass
    from grader.grading.judging import Judges
    from grader.grading.keys import circumstances
    from grader.messages.safe_text import plain
    from grader.platforms.downloads import open_class

    with open_class(folder, options.layout, options.roster, options.assignment) as members:
        prepare_folder(out)
        record_errors_in(out / ERRORS)
        for sentence in (*members.sentences, *Decisions.read(out).mistakes):
            typer.echo(plain(sentence))
        with Cache(out, tell) as cache, Judges(rubric) as judges, JudgedClass(rubric, out) as judged:
            data = read_data(rubric.plan.data)
            grading = ClassGrading(
                out,
                members.submissions,
                rubric,
                cache,
                circumstances(rubric.plan, data.sha256),
                judges,
                judged,
            )
            # The first process that is needed starts the one that all are forked from; a cluster has its own.
            warm_up_judges() if options.cluster or grading.is_cached else warm_up_for_a_folder()
            grading.judge_cached()
            waiting = grading.waiting
            try:
                if waiting:
                    _measure(grading, rubric, data, options)
            except KeyboardInterrupt:
                raise KeyboardInterrupt(
                    "What was graded is kept, and the same command resumes there."
                ) from None
            finally:
                # An interrupt loses nothing: what was graded is compared and stands in the table.
                run, rows = grading.write(members.absent)
            cache.end_run()
            if options.pages:
                # Without pages, neither templates nor charts are loaded.
                from grader.cli.pages import write_pages

                write_pages(out, run, read_reports(out, run), cache, judges)
        if options.pages:
            from grader.cli.pages import write_later_decisions

            write_later_decisions(out)
    _show(rows, members, len(members.submissions) - len(waiting), everyone=options.everyone)
    return rows, plain(members.account)


def _measure(
    grading: "ClassGrading",
    rubric: "Rubric",
    data: "DataFile",
    options: _Options,
) -> None:
    """Measure the submissions that wait, and write each report as it comes."""
    import logging

    from grader.cli.progress import progress
    from grader.grading.batch import measure_on
    from grader.grading.budget import measured_now, sandbox_limits_of
    from grader.grading.engines.local import opened, usable_jobs
    from grader.measure.data import dataset_for
    from grader.messages.safe_text import plain

    plan, waiting, dataset = rubric.plan, grading.waiting, dataset_for(rubric.plan, data)
    limits = sandbox_limits_of(plan)
    most = min(options.jobs or usable_jobs(), len(waiting))
    with (
        progress(len(waiting)) as shown,
        opened(dataset, limits, most, options.isolation, options.cluster) as (engine, tested),
    ):
        origin = measured_now(plan, tested.described())
        for event in measure_on(engine, waiting, plan, dataset.y_test.tolist(), grading):
            if event.kind == "started":
                shown.started(event.submission)
            if event.kind != "measured" or event.evidence is None:
                continue
            for traceback in event.tracebacks:
                logging.getLogger(__name__).error("%s\n%s", plain(event.submission.id), traceback)
            measured = origin.model_copy(update={"seconds": event.seconds})
            grading.take(event.submission, event.evidence, measured)
            for submission, report in grading.judged():
                shown.done(submission, report)
        for submission, report in grading.judged(wait=True):
            shown.done(submission, report)


def _show(rows: Sequence["Row"], members: "ClassList", known: int, *, everyone: bool) -> None:
    """Print the table of the class, and how many submissions were not measured now."""
    from grader.reports import terminal
    from grader.reports.terminal import console

    screen = console()
    listed = [row for row in rows if everyone or row.verdict != "passed"]
    absent, most = (members.absent, len(listed)) if everyone else ((), terminal.MOST_ROWS)
    if listed or absent:
        table = terminal.class_table(listed, absent, most)
        if not screen.is_terminal:
            table.columns[0].max_width = None
        screen.print(table)
        screen.print()
    screen.print(terminal.similar_page(rows), end="")
    screen.print(terminal.class_summary(rows, members.absent))
    if known:
        verb = "was" if known == 1 else "were"
        typer.echo(f"{known} of {len(members.submissions)} {verb} measured before and judged again.")

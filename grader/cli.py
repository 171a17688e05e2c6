"""Arguments in, exit code out; what a command does stands in `grader.commands`.

Every import of the work itself is inside the command, so that `--help` and completion are quick.
"""

import os
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from grader import __version__
from grader.errors import GraderError, IsolationError

app = typer.Typer(
    help="Grade deep-learning homework: a Keras model, a training log, and a rubric in YAML.",
    no_args_is_help=True,
    # Rich's help costs more to import than the whole rest of the program's start.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
hook_app = typer.Typer(help="Grade one submission as a learning platform asks for it.", no_args_is_help=True)
rubric_app = typer.Typer(
    help="Start a rubric, look for mistakes in one, or print its JSON Schema.", no_args_is_help=True
)
export_app = typer.Typer(
    help="Put grades into the file that you exported from a learning platform.", no_args_is_help=True
)
app.add_typer(hook_app, name="hook")
app.add_typer(export_app, name="export")
app.add_typer(rubric_app, name="rubric")

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
    """The languages of reports; `grader.languages.Language` as Typer takes it."""

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
    """When a student sees Gradescope's results; `grader.formats.gradescope.Visibility` as Typer takes it."""

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


def _language(lang: Spoken | None) -> Literal["en", "es", "ko"] | None:
    return lang.value if lang else None


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"grader {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Grade deep-learning homework: a Keras model, a training log, and a rubric in YAML."""


@app.command()
def grade(  # noqa: PLR0913, PLR0917  (each is an option)
    folder: Annotated[
        Path, typer.Argument(help="The folder with one folder, or one .zip, for each student.")
    ],
    rubric: RubricName = DEFAULT_RUBRIC,
    out: Annotated[Path, typer.Option(help="Where the reports and grades.csv are written.")] = Path("graded"),
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Submissions at a time; one a core if not given.")
    ] = None,
    layout: Annotated[
        str, typer.Option(help="auto, folders, or a platform: canvas, github, gradescope, moodle.")
    ] = "auto",
    roster: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A CSV file of the class: names, and who is missing.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="A Dask scheduler whose workers measure; local starts one here."
        ),
    ] = None,
    pages: Pages = True,
    require_isolation: RequiredLevel = WallsLevel.basic,
    lang: Lang = None,
) -> None:
    """Grade every submission in a folder."""

    def run() -> int:
        from grader.commands.grade import grade

        return grade(
            folder,
            rubric,
            out,
            jobs,
            require_isolation.value,
            layout=layout,
            roster=roster,
            cluster=cluster,
            language=_language(lang),
            pages=pages,
        )

    _exit_with(run)


@app.command()
def regrade(
    folder: Graded, rubric: RubricName, dry_run: DryRun = False, pages: Pages = True, lang: Lang = None
) -> None:
    """Judge a graded folder by a changed rubric, without measuring; says whose grade changes, and why."""

    def run() -> int:
        from grader.commands.regrade import regrade

        return regrade(folder, rubric, dry_run=dry_run, pages=pages, language=_language(lang))

    _exit_with(run)


@app.command()
def check(
    submission: Annotated[
        Path, typer.Argument(help="The folder, or the .zip, that you will hand in.")
    ] = Path(),
    rubric: RubricName = DEFAULT_RUBRIC,
    require_isolation: RequiredLevel = WallsLevel.basic,
    lang: Lang = None,
) -> None:
    """Check your own submission before you hand it in."""

    def run() -> int:
        _warm_up()
        from grader.commands.check import check

        return check(submission, rubric, require_isolation.value, _language(lang))

    _exit_with(run)


@hook_app.command("gradescope")
def gradescope(  # noqa: PLR0913, PLR0917  (each is an option)
    root: Annotated[Path, typer.Option(help="Gradescope's folder.")] = Path("/autograder"),
    rubric: RubricName = DEFAULT_RUBRIC,
    budget: Budget = None,
    visibility: Annotated[ShownWhen, typer.Option(help="When students see the results.")] = ShownWhen.visible,
    leaderboard: Annotated[
        bool, typer.Option("--leaderboard", help="Show accuracy and points to the class.")
    ] = False,
    require_isolation: RequiredLevel = WallsLevel.basic,
    lang: Lang = None,
) -> None:
    """Grade ROOT/submission and write ROOT/results/results.json."""

    def run() -> int:
        _warm_up()
        from grader.commands.gradescope import hook

        return hook(
            root,
            rubric,
            require_isolation.value,
            budget=budget,
            language=_language(lang),
            visibility=visibility.value,
            leaderboard=leaderboard,
        )

    _exit_with(run)


@hook_app.command("prairielearn")
def prairielearn(
    root: Annotated[Path, typer.Option(help="PrairieLearn's folder.")] = Path("/grade"),
    rubric: RubricName = DEFAULT_RUBRIC,
    budget: Budget = None,
    require_isolation: RequiredLevel = WallsLevel.basic,
    lang: Lang = None,
) -> None:
    """Grade ROOT/student and write ROOT/results/results.json."""

    def run() -> int:
        _warm_up()
        from grader.commands.prairielearn import hook

        return hook(root, rubric, require_isolation.value, budget=budget, language=_language(lang))

    _exit_with(run)


@hook_app.command("github")
def github(
    submission: Annotated[Path, typer.Argument(help="The folder of the repository.")] = Path(),
    rubric: RubricName = DEFAULT_RUBRIC,
    budget: Budget = None,
    require_isolation: RequiredLevel = WallsLevel.basic,
    lang: Lang = None,
) -> None:
    """Grade a repository in a workflow: the result for Classroom, a summary, and messages beside the run."""

    def run() -> int:
        _warm_up()
        from grader.commands.github import hook

        return hook(
            submission, rubric, os.environ, require_isolation.value, budget=budget, language=_language(lang)
        )

    _exit_with(run)


@hook_app.command("openedx")
def openedx(  # noqa: PLR0913, PLR0917  (each is an option)
    url: Annotated[str, typer.Option(help="The address of the queue's service.")],
    queue: Annotated[str, typer.Option(help="The name of the queue.")],
    rubric: RubricName = DEFAULT_RUBRIC,
    budget: Budget = None,
    interval: Annotated[float, typer.Option(min=0.1, help="Seconds between two questions.")] = 5.0,
    until_empty: Annotated[
        bool, typer.Option("--until-empty", help="End when nothing waits in the queue.")
    ] = False,
    require_isolation: RequiredLevel = WallsLevel.basic,
    lang: Lang = None,
) -> None:
    """Grade what comes from a queue of Open edX, as the user in XQUEUE_USER and XQUEUE_PASSWORD."""

    def run() -> int:
        _warm_up()
        from grader.commands.openedx import hook
        from grader.xqueue import XQueue

        return hook(
            XQueue(url, queue),
            rubric,
            os.environ,
            require_isolation.value,
            budget=budget,
            language=_language(lang),
            interval=interval,
            until_empty=until_empty,
        )

    _exit_with(run)


@app.command()
def report(
    folder: Graded,
    form: Annotated[str, typer.Option("--format", metavar="NAME", help="Such as `html` or `markdown`.")],
    out: Annotated[Path | None, typer.Option(help="Where to; beside the reports if not given.")] = None,
    lang: Lang = None,
) -> None:
    """Write stored reports in another format, without measuring anything."""

    def run() -> int:
        from grader.commands.report import report

        report(folder, form, out, _language(lang))
        return 0

    _exit_with(run)


@app.command()
def pack(
    platform: Annotated[str, typer.Argument(help="gradescope, prairielearn or github.")],
    rubric: Annotated[
        str, typer.Argument(metavar="RUBRIC", help="A YAML file, or the name of a rubric that ships.")
    ],
    out: Annotated[Path, typer.Option(help="The .zip to write.")],
) -> None:
    """Pack the program and a rubric into what a platform is given."""

    def run() -> int:
        from grader.commands.pack import pack

        pack(platform, rubric, out)
        return 0

    _exit_with(run)


@export_app.command("canvas")
def canvas(  # noqa: PLR0913, PLR0917  (each is an option)
    folder: Graded,
    gradebook: Gradebook,
    column: Annotated[str, typer.Option(help="The assignment: its column's title, or the number in it.")],
    out: NewFile = None,
    dry_run: DryRun = False,
    scale_to: ScaleTo = None,
    trust_declared: TrustDeclared = False,
) -> None:
    """Fill one column of Canvas' exported gradebook."""

    def run() -> int:
        from grader.commands.export import export_canvas, target
        from grader.gradebooks.filling import Choice

        export_canvas(folder, gradebook, column, Choice(scale_to, trust_declared), target(out, dry_run))
        return 0

    _exit_with(run)


@export_app.command("moodle")
def moodle(  # noqa: PLR0913, PLR0917  (each is an option)
    folder: Graded,
    gradebook: Gradebook,
    column: Annotated[str, typer.Option(help="The title of the grades' column.")],
    identify_by: Annotated[
        str | None, typer.Option(help="The title of the column with ids; e-mail addresses if not given.")
    ] = None,
    out: NewFile = None,
    dry_run: DryRun = False,
    scale_to: ScaleTo = None,
    trust_declared: TrustDeclared = False,
) -> None:
    """Write the grades that change, for the import into Moodle's gradebook."""

    def run() -> int:
        from grader.commands.export import export_moodle, target
        from grader.gradebooks.filling import Choice

        choice = Choice(scale_to, trust_declared)
        export_moodle(folder, gradebook, column, identify_by, choice, target(out, dry_run))
        return 0

    _exit_with(run)


@export_app.command("moodle-worksheet")
def moodle_worksheet(  # noqa: PLR0913, PLR0917  (each is an option)
    folder: Graded,
    worksheet: Worksheet,
    column: Annotated[str, typer.Option(help="The title of the grades' column.")] = "Grade",
    out: NewFile = None,
    dry_run: DryRun = False,
    scale_to: ScaleTo = None,
    trust_declared: TrustDeclared = False,
) -> None:
    """Fill the grading worksheet of a Moodle assignment."""

    def run() -> int:
        from grader.commands.export import export_moodle_worksheet, target
        from grader.gradebooks.filling import Choice

        choice = Choice(scale_to, trust_declared)
        export_moodle_worksheet(folder, worksheet, column, choice, target(out, dry_run))
        return 0

    _exit_with(run)


@export_app.command("moodle-feedback")
def moodle_feedback(  # noqa: PLR0913, PLR0917  (each is an option)
    folder: Graded,
    worksheet: Worksheet,
    form: Annotated[str, typer.Option("--format", metavar="NAME", help="Of the pages.")] = "plain_text",
    out: NewFile = None,
    dry_run: DryRun = False,
    trust_declared: TrustDeclared = False,
) -> None:
    """Write a zip of feedback files for a Moodle assignment, a page for each student."""

    def run() -> int:
        from grader.commands.export import export_moodle_feedback, target
        from grader.gradebooks.filling import Choice

        choice = Choice(trust_declared=trust_declared)
        export_moodle_feedback(folder, worksheet, form, choice, target(out, dry_run))
        return 0

    _exit_with(run)


@rubric_app.command("new")
def rubric_new(
    target: Annotated[Path, typer.Argument(help="The file to write.")] = Path("rubric.yaml"),
) -> None:
    """Write a commented copy of the homework's rubric to start from."""

    def run() -> int:
        from grader.commands.rubrics import new_rubric

        new_rubric(target)
        return 0

    _exit_with(run)


@rubric_app.command("lint")
def rubric_lint(source: Annotated[str, typer.Argument(metavar="FILE", help="The rubric.")]) -> None:
    """Look for mistakes in a rubric; each is named with its line."""

    def run() -> int:
        from grader.commands.rubrics import lint_rubric

        lint_rubric(source)
        return 0

    _exit_with(run)


@rubric_app.command("calibrate")
def rubric_calibrate(
    source: Annotated[str, typer.Argument(metavar="FILE", help="The rubric.")],
    runs: Annotated[int, typer.Option(min=2, help="Trainings at each batch size.")] = 8,
) -> None:
    """Measure how much honest trainings differ, and write it beside the rubric; it takes some minutes."""

    def run() -> int:
        from grader.commands.calibrate import calibrate

        calibrate(source, runs)
        return 0

    _exit_with(run)


@rubric_app.command("schema")
def rubric_schema() -> None:
    """Print the JSON Schema that lets an editor complete and check a rubric."""

    def run() -> int:
        from grader.commands.rubrics import schema

        typer.echo(schema())
        return 0

    _exit_with(run)


@app.command()
def checks(kind: Annotated[str | None, typer.Argument(help="The kind to read about.")] = None) -> None:
    """List the kinds of checks, or show the manual page of one."""

    def run() -> int:
        from grader.commands.rubrics import list_kinds, manual_page

        if kind is None:
            list_kinds()
        else:
            typer.echo(manual_page(kind))
        return 0

    _exit_with(run)


@app.command()
def doctor() -> None:
    """Show how good the walls around a worker are on this machine, and what is missing."""

    def run() -> int:
        _warm_up()
        from grader.commands.doctor import doctor

        doctor()
        return 0

    _exit_with(run)


def _warm_up() -> None:
    """Let the worker's process import what it reads files with, while this one imports the rest."""
    from grader.isolation.bytecode import is_compiled
    from grader.isolation.worker import warm_up

    # A worker cannot keep byte code. Where there is none yet, TensorFlow is imported outside the walls, once.
    compiling = [] if is_compiled("tensorflow") else ["grader.measure.training.session"]
    warm_up(["grader.measure.worker", *compiling])


def _exit_with(run: Callable[[], int]) -> NoReturn:
    """Run a command and leave with its exit code: the one place that catches."""
    try:
        code = run()
    except GraderError as error:
        typer.echo(error.message, err=True)
        if error.hint:
            typer.echo(error.hint, err=True)
        code = 3 if isinstance(error, IsolationError) else 2
    except KeyboardInterrupt:
        typer.echo("Interrupted; what was graded so far is kept.", err=True)
        code = 130
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has gone.
        sys.stderr.close()
        code = 0
    except Exception as error:  # noqa: BLE001  (whatever it is, it is ours: one sentence, no traceback)
        typer.echo(f"The program failed by a mistake of its own ({type(error).__name__}: {error}).", err=True)
        typer.echo("Please report it, with the command that you ran.", err=True)
        code = 3
    raise typer.Exit(code)


def run() -> None:
    """Run the command line."""
    app()

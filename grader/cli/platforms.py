"""The commands for a learning platform that grades: what it calls, and what it is given."""

import os
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import (
    DEFAULT_RUBRIC,
    Budget,
    Lang,
    RequiredLevel,
    RubricName,
    ShownWhen,
    WallsLevel,
    language_of,
)
from grader.cli.running import exit_with, warm_up_workers

hook_app = typer.Typer(help="Grade one submission as a learning platform asks for it.", no_args_is_help=True)


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
        warm_up_workers()
        from grader.platforms.gradescope.hook import hook

        return hook(
            root,
            rubric,
            require_isolation.value,
            budget=budget,
            language=language_of(lang),
            visibility=visibility.value,
            leaderboard=leaderboard,
        )

    exit_with(run)


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
        warm_up_workers()
        from grader.platforms.prairielearn.hook import hook

        return hook(root, rubric, require_isolation.value, budget=budget, language=language_of(lang))

    exit_with(run)


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
        warm_up_workers()
        from grader.platforms.github.hook import hook

        return hook(
            submission, rubric, os.environ, require_isolation.value, budget=budget, language=language_of(lang)
        )

    exit_with(run)


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
        warm_up_workers()
        from grader.platforms.openedx.hook import hook
        from grader.platforms.openedx.xqueue import XQueue

        return hook(
            XQueue(url, queue),
            rubric,
            os.environ,
            require_isolation.value,
            budget=budget,
            language=language_of(lang),
            interval=interval,
            until_empty=until_empty,
        )

    exit_with(run)


def pack(
    platform: Annotated[str, typer.Argument(help="gradescope, prairielearn or github.")],
    rubric: Annotated[
        str, typer.Argument(metavar="RUBRIC", help="A YAML file, or the name of a rubric that ships.")
    ],
    out: Annotated[Path, typer.Option(help="The .zip to write.")],
) -> None:
    """Pack the program and a rubric into what a platform is given."""

    def run() -> int:
        from grader.cli.commands.pack import pack

        pack(platform, rubric, out)
        return 0

    exit_with(run)

"""`grader hook`: what a learning platform calls to have one submission graded."""

import os
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import DEFAULT_RUBRIC, Budget, Lang, RequiredLevel, RubricName, Visibility
from grader.cli.running import warm_up_workers


def gradescope(
    root: Annotated[Path, typer.Option(help="Gradescope's folder.")] = Path("/autograder"),
    rubric: RubricName = DEFAULT_RUBRIC,
    budget: Budget = None,
    visibility: Annotated[Visibility, typer.Option(help="When students see the results.")] = "visible",
    leaderboard: Annotated[
        bool, typer.Option("--leaderboard", help="Show accuracy and points to the class.")
    ] = False,
    require_isolation: RequiredLevel = "basic",
    lang: Lang = None,
) -> int:
    """Grade a submission in Gradescope.

    Reads ROOT/submission and writes ROOT/results/results.json.
    """
    _begin()
    from grader.platforms.gradescope.hook import hook
    from grader.platforms.hooks import Options

    options = Options(rubric, require_isolation, budget, lang)
    return hook(root, options, visibility=visibility, leaderboard=leaderboard)


def prairielearn(
    root: Annotated[Path, typer.Option(help="PrairieLearn's folder.")] = Path("/grade"),
    rubric: RubricName = DEFAULT_RUBRIC,
    budget: Budget = None,
    require_isolation: RequiredLevel = "basic",
    lang: Lang = None,
) -> int:
    """Grade a submission in PrairieLearn.

    Reads ROOT/student and writes ROOT/results/results.json.
    """
    _begin()
    from grader.platforms.hooks import Options
    from grader.platforms.prairielearn.hook import hook

    return hook(root, Options(rubric, require_isolation, budget, lang))


def github(
    submission: Annotated[Path, typer.Argument(help="The folder of the repository.")] = Path(),
    rubric: RubricName = DEFAULT_RUBRIC,
    budget: Budget = None,
    require_isolation: RequiredLevel = "basic",
    lang: Lang = None,
) -> int:
    """Grade a repository in a GitHub workflow.

    Writes the result for GitHub Classroom, a summary of the run, and its annotations.
    """
    _begin()
    from grader.platforms.github.hook import hook
    from grader.platforms.hooks import Options

    return hook(submission, Options(rubric, require_isolation, budget, lang), os.environ)


def openedx(
    url: Annotated[str, typer.Option(help="The address of the queue.")],
    queue: Annotated[str, typer.Option(help="The name of the queue.")],
    rubric: RubricName = DEFAULT_RUBRIC,
    budget: Budget = None,
    interval: Annotated[float, typer.Option(min=0.1, help="Seconds between two requests.")] = 5.0,
    until_empty: Annotated[bool, typer.Option("--until-empty", help="Exit when the queue is empty.")] = False,
    require_isolation: RequiredLevel = "basic",
    lang: Lang = None,
) -> int:
    """Grade submissions from an Open edX queue.

    Reads the user and the password from XQUEUE_USER and XQUEUE_PASSWORD.
    """
    _begin()
    from grader.platforms.hooks import Options
    from grader.platforms.openedx.hook import hook
    from grader.platforms.openedx.xqueue import XQueue

    return hook(
        XQueue(url, queue),
        Options(rubric, require_isolation, budget, lang),
        os.environ,
        interval=interval,
        until_empty=until_empty,
    )


def _begin() -> None:
    from grader.cli.error_log import record_errors_on_stderr

    record_errors_on_stderr()
    warm_up_workers()

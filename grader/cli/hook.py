"""`grader hook PLATFORM`: what a learning platform calls to have one submission graded."""

from collections.abc import Callable
from typing import Any

from grader.cli.options import DEFAULT_RUBRIC, Budget, Lang, RequiredLevel, RubricName, with_options_of
from grader.cli.running import record_errors_in, warm_up_workers


def hooks() -> dict[str, Callable[..., int]]:
    """The hook of each platform, with its own options and those that all share."""
    from grader.platforms import modules

    return {platform: _command(module.hook) for platform, module in modules("hook").items()}


def _command(hook: Callable[..., int]) -> Callable[..., int]:
    def run(
        rubric: RubricName = DEFAULT_RUBRIC,
        budget: Budget = None,
        require_isolation: RequiredLevel = "basic",
        lang: Lang = None,
        **own: Any,
    ) -> int:
        record_errors_in(None)
        warm_up_workers()
        from grader.platforms.hooks import Options

        return hook(Options(rubric, require_isolation, budget, lang), **own)

    return with_options_of(hook, run, given=["options"])

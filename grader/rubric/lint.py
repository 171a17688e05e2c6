"""What a rubric may say but a careful teacher would not."""

import re
from collections import defaultdict
from collections.abc import Iterator

from grader.checks import Setting
from grader.messages.english import names
from grader.messages.wording import quoted
from grader.rubric import Rubric

# What a log is compared with; there is one value of each for all items.
_SHARED = ("cap", "tolerance", "scope", "stage", "training_images")
_DECIMAL = re.compile(r"(?<![\w.])[0-9]+\.[0-9]+(?![\w.])")


def lint(rubric: Rubric) -> tuple[str, ...]:
    """Warnings, one sentence each; an empty tuple where there is nothing to say."""
    return (*_points(rubric), *_items(rubric), *_titles(rubric), *_differences(rubric))


def _points(rubric: Rubric) -> Iterator[str]:
    if rubric.points == 0:
        yield "The points of all items sum to 0, so no submission can earn any."
    if rubric.pass_at == 0:
        yield "`pass_at` is 0, so every submission passes."


def _items(rubric: Rubric) -> Iterator[str]:
    """What each check has to say of the rubric that it stands in."""
    setting = Setting(
        checks=tuple(item.check for item in rubric.items),
        optimizer=rubric.plan.rerun.optimizer.model_dump(),
        calibrated=rubric.calibration is not None,
    )
    for item in rubric.items:
        for warning in item.check.warnings(setting):
            yield f"Item {quoted(item.id)} {warning}"


def _titles(rubric: Rubric) -> Iterator[str]:
    """Decimals in a title that no parameter has: students read the title, the check has the parameters."""
    for item in rubric.items:
        parameters = {value for value in item.check.model_dump().values() if isinstance(value, float)}
        for written in _DECIMAL.findall(item.title):
            if parameters and float(written) not in parameters:
                yield f"Item {quoted(item.id)} has {written} in its title, but not as a parameter."


def _differences(rubric: Rubric) -> Iterator[str]:
    """Items that ask for different things of one log; the first one decides."""
    for target in _SHARED:
        asked: dict[object, list[str]] = defaultdict(list)
        for item in rubric.items:
            targets = item.check.targets()
            if target in targets.given():
                asked[getattr(targets, target)].append(item.id)
        if len(asked) > 1:
            values = "; ".join(f"{_shown(value)} in {names(items)}" for value, items in asked.items())
            yield f"Items have different values of {quoted(target)}: {values}."


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)

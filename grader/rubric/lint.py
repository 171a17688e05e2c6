"""What a rubric may say but a careful teacher would not."""

from collections.abc import Iterator

from grader.checks import Setting
from grader.rubric import Rubric
from grader.rubric.wording import name, names

# What a log is compared with; there is one value of each for all items.
_SHARED = ("cap", "tolerance", "scope", "stage", "training_images")


def lint(rubric: Rubric) -> tuple[str, ...]:
    """Warnings, one sentence each; an empty tuple where there is nothing to say."""
    return (*_points(rubric), *_items(rubric), *_differences(rubric))


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
            yield f"Item {name(item.id)} {warning}"


def _differences(rubric: Rubric) -> Iterator[str]:
    """Items that ask for different things of one log; the first one decides."""
    asked = {item.id: item.check.targets() for item in rubric.items}
    for target in _SHARED:
        found = {own: getattr(one, target) for own, one in asked.items() if target in one.given()}
        if len(set(found.values())) > 1:
            values = ", ".join(
                f"{each:g}" if isinstance(each, float) else str(each) for each in found.values()
            )
            yield f"The items {names(found)} have different values of {name(target)}: {values}."

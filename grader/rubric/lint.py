"""What a rubric may say but a careful teacher would not."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain

from grader.checks import Setting
from grader.messages.english import names
from grader.messages.wording import quoted
from grader.rubric import Rubric

# What a log is compared with; there is one value of each for all items.
_SHARED = ("cap", "tolerance", "scope", "stage", "training_images")
# A number before a colon or a bracket counts something else: `Part 2: layers`.
_NUMBER = re.compile(r"(?<![\w.,-])([0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)( ?%)?(?![\w:)]|[.,][0-9])")


def lint(rubric: Rubric) -> tuple[str, ...]:
    """Warnings, one sentence each; an empty tuple where there is nothing to say."""
    return (
        *_points(rubric),
        *_runs(rubric),
        *_items(rubric),
        *_titles(rubric),
        *_differences(rubric),
        *_exercises(rubric),
        *_replay(rubric),
    )


def _runs(rubric: Rubric) -> Iterator[str]:
    """Runs that no item is about."""
    asked = {item.run for item in rubric.items} | {getattr(item.check, "than", "") for item in rubric.items}
    for run in rubric.runs:
        if run not in asked:
            yield f"The run {quoted(run)} has no item, so its files are asked for and not graded."


def _points(rubric: Rubric) -> Iterator[str]:
    if rubric.points == 0 and any(item.points for item in rubric.items):
        yield "Every item with points is a bonus, so the maximum is 0 and every submission passes."
    elif rubric.points == 0:
        yield "The points of all items sum to 0, so no submission can earn any."
    if rubric.late and rubric.late.per_day * (rubric.late.at_most_days or 1) > 1:
        yield "`late` takes off more than all points, so nothing is left before `at_most_days`."
    if rubric.late and rubric.due is None:
        yield (
            "`late` needs to know when the work was due, which only Gradescope's hook says; without `due` in "
            "the rubric nothing is taken off elsewhere."
        )
    if rubric.pass_at == 0:
        yield "`pass_at` is 0, so every submission passes."


def _items(rubric: Rubric) -> Iterator[str]:
    """What each check has to say of the rubric that it stands in."""
    settings = {
        run: Setting(
            checks=tuple(item.check for item in rubric.items if item.run == run),
            optimizer=rubric.plan.of(run).rerun.optimizer.model_dump(),
            calibrated=rubric.calibration_of(run) is not None,
        )
        for run in dict.fromkeys(item.run for item in rubric.items)
    }
    for item in rubric.items:
        if item.show == "after_due" and rubric.due is None:
            yield (
                f"Item {quoted(item.id)} is shown after the due date, which only Gradescope says; without "
                "`due` in the rubric it is never shown elsewhere."
            )
        all_needed = rubric.pass_at == 1 and item.points > 0 and not item.bonus
        for warning in item.check.warnings(replace(settings[item.run], all_needed=all_needed)):
            yield f"Item {quoted(item.id)} {warning}"


def _numbers(value: object) -> Iterator[float]:
    """The numbers in a parameter, those in lists and mappings too."""
    if isinstance(value, Mapping | tuple):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _numbers(one)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


def _titles(rubric: Rubric) -> Iterator[str]:
    """Numbers in a title that no parameter has: students read the title, the check has the parameters.

    A whole number may be that of a chapter, so it is wrong only where a whole parameter is missing.
    """
    for item in rubric.items:
        numbers = {name: list(_numbers(value)) for name, value in item.check.model_dump().items()}
        known = set(chain.from_iterable(numbers.values()))
        given = set(chain.from_iterable(numbers[name] for name in item.check.model_fields_set))
        found = [
            (f"{written}{percent}", float(written.replace(",", "")) / (100 if percent else 1))
            for written, percent in _NUMBER.findall(str(item.heading))
        ]
        missing = given - {value for _, value in found}
        for written, value in found:
            is_whole = "." not in written and "%" not in written
            asked = (
                [one for one in missing if one == int(one)]
                if is_whole
                else [one for one in known if isinstance(one, float)]
            )
            if asked and not any(math.isclose(value, one) for one in known):
                yield f"Item {quoted(item.id)} has {written} in its title, but not as a parameter."


def _differences(rubric: Rubric) -> Iterator[str]:
    """Items that ask for different things of one log; the first one decides."""
    for target in _SHARED:
        for run in dict.fromkeys(item.run for item in rubric.items):
            asked: dict[object, list[str]] = defaultdict(list)
            for item in rubric.items:
                targets = item.check.targets()
                if item.run == run and target in targets.given():
                    asked[getattr(targets, target)].append(item.id)
            if len(asked) > 1:
                values = "; ".join(f"{_shown(value)} in {names(items)}" for value, items in asked.items())
                whose = f" of the run {quoted(run)}" if run else ""
                yield f"Items{whose} have different values of {quoted(target)}: {values}."


def _exercises(rubric: Rubric) -> Iterator[str]:
    """Exercises that earn nothing, and numbers that students of another course have, too."""
    checked = {getattr(item.check, "exercise", None) for item in rubric.items}
    for name in (name for name in rubric.exercises if name not in checked):
        yield f"No item checks the exercise {quoted(name)}; `answers_match: {{exercise: {name}}}` does."
    if rubric.exercises and not rubric.plan.course_key:
        yield (
            "Without `course_key`, the numbers of the exercises follow from the id alone, so whoever repeats "
            "the course gets the same ones."
        )


def _replay(rubric: Rubric) -> Iterator[str]:
    """What is measured and not asked for, and seeds that make submissions alike."""
    replay = rubric.plan.replay
    if replay is None:
        return
    if not any("replay" in item.check.needs() for item in rubric.items):
        yield "`replay` is measured, but no item compares it; `log_fits_replay` does."
    if replay.seed != "per_student" and rubric.likeness == "review":
        yield "All students have one seed, so their logs are alike; choose `likeness: note`."
    if replay.seed == "per_student" and not rubric.plan.course_key:
        yield (
            "`replay` has no `course_key`, so a student has one seed in every course; write one, such as "
            "`cs101-2026`."
        )


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)

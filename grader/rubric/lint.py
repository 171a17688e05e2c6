"""What a rubric may say but a careful teacher would not."""

from collections.abc import Iterator

from grader.rubric import Item, OptimizerPlan, Rubric
from grader.rubric.wording import name, names

_BY_CALIBRATION = frozenset({"log_fits_rerun", "log_fits_model"})


def lint(rubric: Rubric) -> tuple[str, ...]:
    """Warnings, one sentence each; an empty tuple where there is nothing to say."""
    return (
        *_points(rubric),
        *_optimizers(rubric),
        *_caps(rubric),
        *_completeness(rubric),
        *_calibration(rubric),
    )


def _points(rubric: Rubric) -> Iterator[str]:
    if rubric.points == 0:
        yield "The points of all items sum to 0, so no submission can earn any."
    if rubric.pass_at == 0:
        yield "`pass_at` is 0, so every submission passes."


def _optimizers(rubric: Rubric) -> Iterator[str]:
    rerun = rubric.plan.rerun.optimizer
    for item in _of_kind(rubric, "optimizer_is"):
        asked = item.check.model_dump()
        for part in OptimizerPlan.model_fields:
            used = getattr(rerun, part)
            if asked.get(part) is not None and str(asked[part]).lower() != str(used).lower():
                yield (
                    f"Item {name(item.id)} asks for {name(part)} {asked[part]}, but the rerun uses {used}; "
                    "the rerun then says little about what was asked."
                )


def _caps(rubric: Rubric) -> Iterator[str]:
    optimizer = rubric.plan.rerun.optimizer
    used = optimizer.clipnorm if optimizer.global_clipnorm is None else optimizer.global_clipnorm
    for item in _of_kind(rubric, "rerun_learns"):
        cap = item.check.model_dump().get("cap")
        if cap is not None and (used is None or used > cap):
            clips = f"clips at {used:g}" if used is not None else "does not clip norms"
            yield f"Item {name(item.id)} may never pass: its `cap` is {cap:g}, but the rerun {clips}."
    caps = {item.id: cap for item in rubric.items if (cap := item.check.model_dump().get("cap")) is not None}
    if len(set(caps.values())) > 1:
        values = ", ".join(f"{cap:g}" for cap in caps.values())
        yield f"The items {names(caps)} have different values of `cap`: {values}."


def _completeness(rubric: Rubric) -> Iterator[str]:
    if not _of_kind(rubric, "log_is_complete"):
        for item in _of_kind(rubric, "norm_within_cap"):
            yield f"Item {name(item.id)} passes on a log of one row, because no item is `log_is_complete`."


def _calibration(rubric: Rubric) -> Iterator[str]:
    needing = [item.id for item in rubric.items if item.check.kind() in _BY_CALIBRATION]
    if needing and rubric.calibration is None:
        who, verb = ("Item", "compares") if len(needing) == 1 else ("The items", "compare")
        yield (
            f"{who} {names(needing)} {verb} nothing, because there is no calibration "
            "for this `data`, `rerun` and `probe`; `grader rubric calibrate` makes one."
        )


def _of_kind(rubric: Rubric, kind: str) -> tuple[Item, ...]:
    return tuple(item for item in rubric.items if item.check.kind() == kind)

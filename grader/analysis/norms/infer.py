"""Tells the four series of gradient norms apart by their numbers, where nothing declares it."""

from dataclasses import replace
from itertools import product

from grader.analysis.norms.columns import EARLY_STEPS, REACHES, Bound, Reading, Series, readings
from grader.analysis.norms.moments import remembered
from grader.analysis.reference.references import Anchors
from grader.evidence.log import Log
from grader.evidence.values import Scope, Stage

SCOPES: tuple[Scope, ...] = ("variable", "global")
STAGES: tuple[Stage, ...] = ("before", "after")
_HELD = 0.1
# -2 times the logarithm of a twentieth: the others must be twenty times less likely.
_FAR_LIKELIER = 6.0


def told(
    log: Log, anchors: Anchors, widest: Bound | None, scope: Scope = "variable", stage: Stage = "after"
) -> tuple[Reading, ...]:
    """The norm columns, each with its scope and stage: declared, told by the numbers, or else assumed.

    What is declared stays. For the rest, a series that predicts the moments of the stored optimizer to
    within a hundredth, as only the norm of all gradients after clipping can, is told. Else one is possible if

    * no norm is over what clipping leaves of such a one (for a series after clipping);
    * it is not held at the cap (for a series before clipping, which nothing holds);
    * the stored optimizer, if there is one, can have seen it (if it can have seen none, this tells nothing);
    * its head fits the rerun, and its tail the probe; if for none both do, one of them.

    If that leaves one, or one that is twenty times as likely as the others, the numbers tell.
    Two series after clipping that never exceed the cap have the same bound, so that what is
    assumed does for both.

    Args:
        log: the log.
        anchors: what the grader measured.
        widest: the largest global norm after clipping; None where it is not known.
        scope: what to assume where neither the log nor its numbers tell.
        stage: likewise.
    """
    return tuple(
        reading if reading.scope_known and reading.stage_known else _by_numbers(log, reading, anchors, widest)
        for reading in readings(log, scope, stage)
    )


def is_held(values: tuple[float, ...], cap: float, tolerance: float = 1e-5) -> bool:
    """Whether no norm is over the cap, and a tenth of the early ones are at it."""
    early = values[:EARLY_STEPS]
    at_cap = sum(value >= cap * (1 - REACHES) for value in early)
    return at_cap >= _HELD * len(early) and max(values) <= cap * (1 + tolerance)


def _by_numbers(log: Log, reading: Reading, anchors: Anchors, widest: Bound | None) -> Reading:
    scopes = (reading.scope,) if reading.scope_known else SCOPES
    stages = (reading.stage,) if reading.stage_known else STAGES
    possible = [pair for pair in product(scopes, stages) if _is_possible(reading, pair, anchors.cap, widest)]
    seen = remembered(log, reading.column, anchors.memory, possible) if anchors.memory else ()
    for fit in seen:
        if fit.tells:
            return reading.by_numbers(fit.scope, fit.stage)
    possible = [(fit.scope, fit.stage) for fit in seen if fit.fits] or possible
    fitting = _fitting(reading, possible, anchors)
    if fitting:
        likeliest, *others = sorted(fitting, key=lambda pair: fitting[pair])
        rivals = [pair for pair in others if _rivals(pair, likeliest, fitting)]
        assumed = (reading.scope, reading.stage)
        if not rivals or (assumed not in fitting and {stage for _, stage in rivals} == {likeliest[1]}):
            return reading.by_numbers(*likeliest)
        return replace(reading, possible=(likeliest, *others))
    # One that is possible but does not fit is not told by the numbers: they may be invented. But over the
    # bound of all that clipping leaves, they are from before clipping.
    if {stage for _, stage in possible} == {"before"}:
        told_stage = reading.by_numbers(reading.scope, "before", scope_too=False)
        return replace(told_stage, possible=tuple(possible))
    return replace(reading, possible=tuple(possible))


def _is_possible(reading: Reading, series: Series, cap: float, widest: Bound | None) -> bool:
    (scope, stage), values = series, reading.column.values
    if stage == "before":
        return reading.stage_known or not is_held(values, cap)
    if reading.stage_known:
        return True
    bound = cap if scope == "variable" else widest.value if widest else float("inf")
    return max(values) <= bound * (1 + REACHES)


def _rivals(pair: Series, likeliest: Series, fitting: dict[Series, tuple[int, float]]) -> bool:
    """Whether another series may be it, too.

    To take norms for unclipped fails a student. So a series after clipping rivals one before it if it fits
    at either end, as the log of a second `fit` does at its tail only.
    """
    if likeliest[1] == "before" and pair[1] == "after":
        return True
    misfits, unlikely = fitting[pair]
    least_misfits, least = fitting[likeliest]
    return misfits == least_misfits and unlikely < least + _FAR_LIKELIER


def _fitting(reading: Reading, possible: list[Series], anchors: Anchors) -> dict[Series, tuple[int, float]]:
    """Those that fit at an end, each with how many ends do not, and how unlikely the others are."""
    column = reading.column
    found = {}
    for pair in possible:
        ends = (anchors.head(column, pair), anchors.tail(column, pair, len(column.values)))
        measured = [fit for fit in ends if fit is not None]
        fits = [fit.unlikely for fit in measured if fit.fits]
        if fits:
            found[pair] = (len(measured) - len(fits), sum(fits))
    return found

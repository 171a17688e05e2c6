"""What each norm column of a log is: declared, told by its numbers, or assumed."""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

from grader.analysis.moments.compare import Fit, fits_in_log
from grader.analysis.norms.columns import REACHES, NormColumn, Series, declared_columns, is_held, over
from grader.analysis.reference.references import References, largest_batch
from grader.analysis.statistics import is_finite
from grader.analysis.targets import Targets
from grader.evidence import Evidence
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.part import UNNAMED
from grader.evidence.problem import Problem
from grader.evidence.training import Accuracy, Probe, Rerun
from grader.evidence.values import Scope, Stage

# There are four series; who logs more norms than this does not log them for a reader.
_MOST_COLUMNS = 8
# -2 times the logarithm of a twentieth: the others must be twenty times less likely.
_FAR_LIKELIER = 6.0
# Moments of another run of the same training differ, but hardly by more than a fifth.
_FAR_BELOW = 0.8
# What an optimizer is given, and sums up exactly.
SEEN: tuple[Series, ...] = (("global", "after"),)


@dataclass(frozen=True)
class ClippedLater:
    """Norms that are larger than those of the gradients that the optimizer was given, by its moments.

    `fit` is what they would have made of the moments. `is_at_cap` where they make exactly what is stored if
    each is held at the cap, as `tf.clip_by_global_norm` holds the norm of all gradients, which proves it.
    Else the log may be of another run, too.
    """

    column: NormColumn
    fit: Fit
    cap: float
    is_at_cap: bool


@dataclass(frozen=True)
class NormColumns:
    """The norm columns of one log that have values, in its order: the same for every check and chart.

    Of more than eight, those after clipping go first; what the `others` hold was not worked out.
    """

    log: Log
    columns: tuple[NormColumn, ...]
    references: References
    others: tuple[NormColumn, ...] = ()

    @cached_property
    def clipped_later(self) -> ClippedLater | None:
        """The norms that were logged before the training loop clipped; None where the optimizer clips."""
        state = self.references.adam_state
        if state is None or state.optimizer.cap or state.optimizer.clipvalue:
            return None
        found, cap = [], self.references.cap
        holding = replace(state, held_at=cap)
        for column in self.columns:
            fits = [fit for fit in fits_in_log(self.log, column.logged, state, SEEN) if fit.stored < fit.low]
            for fit in fits:
                held = fits_in_log(self.log, column.logged, holding, SEEN)
                is_at_cap = any(one.is_conclusive for one in held)
                if is_at_cap or fit.stored < _FAR_BELOW * fit.low:
                    found.append(ClippedLater(column, fit, cap, is_at_cap))
        return max(found, key=lambda one: one.is_at_cap, default=None)


def norms_of(evidence: Evidence, targets: Targets, run: str = UNNAMED) -> NormColumns | Problem:
    """The norm columns of a run's log, or why there is no log."""
    log, asked = evidence.part(Log, run), targets.of_run(run)
    if isinstance(log, Problem):
        return log
    return infer_columns(
        log,
        References(
            asked,
            largest_batch=largest_batch(log, asked.training_images),
            model=evidence.found(Model, run),
            accuracy=evidence.found(Accuracy, run),
            rerun=evidence.found(Rerun, run),
            probe=evidence.found(Probe, run),
        ),
    )


def infer_columns(log: Log, references: References) -> NormColumns:
    """Work out what each norm column of a log is.

    What is declared stays. For the rest, a series that predicts the moments of the stored optimizer to within
    a hundredth, as only the norm of all gradients after clipping can, is taken. Else one is possible if

    * no norm is over what clipping leaves of such a one (for a series after clipping);
    * it is not held at the cap (for a series before clipping, which nothing holds);
    * the stored optimizer, if there is one, can have seen it (if it can have seen none, this tells nothing);
    * its first norms fit the rerun, and its last ones the probe; if for none both do, one of them.

    If that leaves one, or one that is twenty times as likely as the others, the numbers tell; without a cap
    in the rubric, or with norms that are not finite, they tell nothing. Two series after clipping that never
    exceed the cap have the same bound, so what is assumed does for both.
    """
    targets = references.targets
    declared = declared_columns(log, targets.scope, targets.stage)
    places = sorted(range(len(declared)), key=lambda place: declared[place].stage == "before")
    columns = tuple(declared[place] for place in sorted(places[:_MOST_COLUMNS]))
    others = tuple(declared[place] for place in places[_MOST_COLUMNS:])
    if targets.cap is not None and all(is_finite(column.values) for column in columns):
        columns = tuple(_inferred(log, column, references) for column in columns)
    return NormColumns(log, columns, references, others)


def _inferred(log: Log, column: NormColumn, references: References) -> NormColumn:
    if column.scope_known and column.stage_known:
        return column
    scopes: tuple[Scope, ...] = (column.scope,) if column.scope_known else ("variable", "global")
    stages: tuple[Stage, ...] = (column.stage,) if column.stage_known else ("before", "after")
    possible = [series for series in product(scopes, stages) if _is_possible(column, series, references)]
    seen = fits_in_log(log, column.logged, references.adam_state, possible)
    for fit in seen:
        if fit.is_conclusive:
            return column.known_by("moments", fit.scope, fit.stage)
    possible = [(fit.scope, fit.stage) for fit in seen if fit.fits] or possible
    fitting = _fitting(column, possible, references)
    if fitting:
        return _likeliest(column, fitting)
    # One that is possible but does not fit is not told by the numbers: they may be invented. But over the
    # bound of all that clipping leaves, they are from before clipping.
    if not column.stage_known and {stage for _, stage in possible} == {"before"}:
        column = replace(column, stage="before", stage_by="numbers")
    return replace(column, possible=tuple(possible))


def _is_possible(column: NormColumn, series: Series, references: References) -> bool:
    scope, stage = series
    if stage == "before":
        return column.stage_known or not is_held(column.values, references.cap)
    if column.stage_known:
        return True
    bound = references.bound(references.cap, scope)
    return bound is None or not len(over(column.values, bound.value * (1 + REACHES)))


def _fitting(
    column: NormColumn, possible: list[Series], references: References
) -> dict[Series, tuple[int, float]]:
    """The series that fit at one end at least: how many ends they misfit, and chi-square of the others."""
    found = {}
    for series in possible:
        ends = (
            references.first_fit(column, series, references.rerun),
            references.last_fit(column, series, references.probe, len(column.values)),
        )
        measured = [fit for fit in ends if fit is not None]
        fits = [fit.chi2 for fit in measured if fit.fits]
        if fits:
            found[series] = (len(measured) - len(fits), sum(fits))
    return found


def _likeliest(column: NormColumn, fitting: dict[Series, tuple[int, float]]) -> NormColumn:
    """The column as the likeliest of the series that fit, if no other one rivals it."""
    likeliest, *others = sorted(fitting, key=lambda series: fitting[series])
    rivals = [series for series in others if _rivals(series, likeliest, fitting)]
    assumed_fits = (column.scope, column.stage) in fitting
    if not rivals or (not assumed_fits and {stage for _, stage in rivals} == {likeliest[1]}):
        return column.known_by("numbers", *likeliest)
    return replace(column, possible=(likeliest, *others))


def _rivals(series: Series, likeliest: Series, fitting: dict[Series, tuple[int, float]]) -> bool:
    """Whether another series may be it, too.

    To take norms for unclipped fails a student, so one after clipping that fits at either end rivals them.
    """
    if likeliest[1] == "before" and series[1] == "after":
        return True
    misfits, chi2 = fitting[series]
    least_misfits, least = fitting[likeliest]
    return misfits == least_misfits and chi2 < least + _FAR_LIKELIER

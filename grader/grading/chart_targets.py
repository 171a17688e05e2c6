"""What a log is drawn against, from the parameters of a rubric's checks."""

from typing import TypeVar

from grader.checks import Check
from grader.checks.log_fits_rerun import LogFitsRerun
from grader.checks.logged_accuracy import LoggedAccuracy
from grader.checks.model_accuracy import ModelAccuracy
from grader.checks.norm_within_cap import NormWithinCap
from grader.reports.charts.targets import ChartTargets
from grader.rubric import Rubric

Kind = TypeVar("Kind", bound=Check)


def targets_of(rubric: Rubric) -> ChartTargets:
    """The targets of a rubric; where no item asks for a cap, it is that of the grader's own training."""
    within = _first(rubric, NormWithinCap)
    logged, measured = _first(rubric, LoggedAccuracy), _first(rubric, ModelAccuracy)
    head = _first(rubric, LogFitsRerun)
    own = rubric.plan.rerun.optimizer
    asked = within or NormWithinCap()
    return ChartTargets(
        cap=within.cap if within else own.clipnorm or own.global_clipnorm,
        tolerance=asked.tolerance,
        scope=asked.scope,
        stage=asked.stage,
        accuracy=logged.at_least if logged else None,
        test_accuracy=measured.at_least - measured.tolerance if measured else None,
        training_images=head.training_images if head else None,
        calibration=rubric.calibration,
    )


def _first(rubric: Rubric, kind: type[Kind]) -> Kind | None:
    return next((item.check for item in rubric.items if isinstance(item.check, kind)), None)

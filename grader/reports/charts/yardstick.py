"""What a log is drawn against: the parameters of a rubric's checks, and its calibration."""

from typing import TypeVar

from grader.analysis.reference.calibration import Calibration
from grader.checks import Check
from grader.checks.log_fits_rerun import LogFitsRerun
from grader.checks.logged_accuracy import LoggedAccuracy
from grader.checks.model_accuracy import ModelAccuracy
from grader.checks.norm_within_cap import NormWithinCap
from grader.evidence import Scope, Stage
from grader.frozen import Frozen
from grader.rubric import Rubric

Kind = TypeVar("Kind", bound=Check)


class Yardstick(Frozen):
    """What a log is drawn against.

    Attributes:
        cap: the clipping threshold; None where nothing is clipped.
        tolerance: how far a norm may be over its bound, relative to it.
        scope: of a norm that does not say it.
        stage: likewise.
        accuracy: asked for in the log, as a share.
        test_accuracy: asked for on the test images, as a share.
        training_images: in the student's training set, where the rubric says it.
        calibration: the rubric's.
    """

    cap: float | None = None
    tolerance: float = 1e-5
    scope: Scope = "variable"
    stage: Stage = "after"
    accuracy: float | None = None
    test_accuracy: float | None = None
    training_images: int | None = None
    calibration: Calibration | None = None


def yardstick_of(rubric: Rubric) -> Yardstick:
    """The yardstick of a rubric; where no item asks for a cap, it is that of the grader's own training."""
    within = _first(rubric, NormWithinCap)
    logged, measured = _first(rubric, LoggedAccuracy), _first(rubric, ModelAccuracy)
    head = _first(rubric, LogFitsRerun)
    own = rubric.plan.rerun.optimizer
    asked = within or NormWithinCap()
    return Yardstick(
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

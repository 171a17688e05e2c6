"""What a log is drawn against: the parameters of a rubric's checks, and its calibration."""

from grader.analysis.reference.calibration import Calibration
from grader.evidence.values import Scope, Stage
from grader.frozen import Frozen


class ChartTargets(Frozen):
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

"""Evidence to draw: a log of norms that fall, in part cut off at a cap, and the targets for it."""

import math
from typing import Any

from builders_evidence import a_norm, a_rerun, a_step_log, an_accuracy, some_evidence, some_norms

from grader.analysis.targets import Targets
from grader.evidence import Evidence
from grader.evidence.training import Probe

YARDSTICK = Targets(cap=1.0, accuracy=0.87)


def a_wave(steps: int, start: float, end: float) -> list[float]:
    """Values that fall from one number to another, and jump from step to step."""
    falls = (start + (end - start) * step / max(1, steps - 1) for step in range(steps))
    return [value * (1 + 0.3 * math.sin(1.7 * step)) for step, value in enumerate(falls)]


def drawable(steps: int = 60, **parts: Any) -> Evidence:
    """Evidence with the norms of a variable before and after a cap of 1.0, with loss and accuracy."""
    before = a_wave(steps, 2.5, 0.8)
    log = a_step_log(
        a_norm(before, "norm_before", scope="variable", stage="before"),
        a_norm([min(1.0, norm) for norm in before], "norm_after", scope="variable", stage="after"),
        steps=steps,
        loss=a_wave(steps, 2.3, 0.3),
        accuracy=[min(0.9, 0.1 + step / steps) for step in range(steps)],
        val_accuracy=[None] * (steps - 1) + [0.88],
    )
    probe = Probe(norms=some_norms(40, variable_after=a_wave(40, 0.9, 0.7)), batch_size=32)
    return some_evidence(
        **{"log": log, "probe": probe, "rerun": a_rerun(), "accuracy": an_accuracy(0.8734), **parts}
    )

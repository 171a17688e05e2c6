"""Logs of two trainings of one submission, by chance but always the same."""

import random
from typing import Any

from builders_evidence import a_norm, a_step_log
from builders_golden import said

from grader.analysis.norms.infer import infer_columns
from grader.analysis.reference.references import References
from grader.analysis.targets import Targets
from grader.checks import ComparesRuns
from grader.evidence.log import Log
from grader.report import Finding

STEPS = 400


def some_losses(seed: int, spikes: int = 0, height: float = 5.0) -> list[float]:
    """Losses that fall and scatter, with so many spikes in them."""
    generator = random.Random(seed)  # noqa: S311  (test data)
    losses = [2.3 * 0.995**step + generator.uniform(0, 0.2) for step in range(STEPS)]
    for place in generator.sample(range(1, STEPS), spikes):
        losses[place] += height
    return losses


def some_norms_of_steps(seed: int, most: float) -> list[float]:
    """Norms around 1, of which none is above the most."""
    generator = random.Random(seed)  # noqa: S311  (test data)
    return [min(most, generator.lognormvariate(0, 0.6)) for _ in range(STEPS)]


def a_log_of_norms(seed: int, most: float = 100.0, header: str = "grad_norm", **declared: Any) -> Log:
    """A log with a loss and one column of norms."""
    norm = a_norm(some_norms_of_steps(seed, most), header, **declared)
    return a_step_log(norm, steps=STEPS, loss=some_losses(seed))


def compare(check: ComparesRuns, mine: Log, theirs: Log, **parts: Any) -> Finding:
    """What a check says of a run with one log beside one with the other."""
    given: dict[str, Any] = {"log": mine, "other_log": theirs, **parts}
    if "norms" in check.needs():
        given = {
            "norms": infer_columns(mine, References(Targets(cap=1.0))),
            "other_norms": infer_columns(theirs, References(Targets())),
        }
    found = check.find(**{name: given.get(name) for name in check.needs()})
    said(f"{found.status}: {found.message}{f' // {found.hint}' if found.hint else ''}")
    return found

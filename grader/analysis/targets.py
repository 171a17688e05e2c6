"""What a rubric asks of a log, collected from its checks."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from grader.analysis.reference.calibration import Calibration
from grader.evidence.frozen import Frozen
from grader.evidence.values import Scope, Stage, Task


class Targets(Frozen):
    """What a rubric asks of a training and its log, and what is assumed of a log that does not say it.

    `scope` and `stage` are those of a norm column that declares none. A norm may be over its bound by the
    share `tolerance`. `accuracy` is that of the log, `test_accuracy` that on the test images, as shares.
    `epochs` are the least, `optimizer` has the settings asked for, `task` is what is learned. `cells` are
    those of a notebook whose outputs an item is about, by tag and heading. Of a rubric with `runs`, each has
    what its own items ask.
    """

    cap: float | None = None
    tolerance: float = 1e-5
    scope: Scope = "variable"
    stage: Stage = "after"
    accuracy: float | None = None
    test_accuracy: float | None = None
    training_images: int | None = None
    hidden_layers: tuple[int, ...] | None = None
    epochs: int | None = None
    optimizer: Mapping[str, Any] | None = None
    calibration: Calibration | None = None
    cells: tuple[tuple[str, str], ...] = ()
    runs: Mapping[str, "Targets"] = {}
    task: Task = "classification"

    @classmethod
    def of(cls, asked: Iterable["Targets"]) -> Self:
        """One value for all checks, because a log has one cap: where they differ, the first check decides.

        Of cells, all count.
        """
        found: dict[str, object] = {}
        cells: list[tuple[str, str]] = []
        for one in asked:
            cells += one.cells
            for name in one.given():
                found.setdefault(name, getattr(one, name))
        return cls.model_validate(found | ({"cells": tuple(cells)} if cells else {}))

    def of_run(self, run: str) -> "Targets":
        """What is asked of the log of one run."""
        return self.runs.get(run, self)

    def given(self) -> tuple[str, ...]:
        """The names of the targets that a check has set."""
        return tuple(name for name in self.model_fields_set if getattr(self, name) is not None)

"""What a log is drawn against, from the parameters of a rubric's checks."""

from grader.analysis.targets import Targets
from grader.rubric import Rubric


def targets_of(rubric: Rubric) -> Targets:
    """The targets of a rubric."""
    return rubric.targets

"""What a log is drawn against."""

from grader.analysis.targets import Targets as ChartTargets

__all__ = ["ChartTargets"]

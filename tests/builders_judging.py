"""Checks that do harm to the process that judges, beside what it does: it can read no file of tests."""

import contextlib
import os
import time

from grader.checks import Check
from grader.evidence.training import Accuracy
from grader.grading import judging
from grader.report import Finding, passed

serve = judging.serve


class HangsOnPoorModels(Check):
    """Never ends where the accuracy is below a half."""

    def find(self, accuracy: Accuracy) -> Finding:
        """Sleep for an hour, or pass."""
        if accuracy.value < 0.5:
            time.sleep(3600)
        return passed("In time.")


class EndsOnPoorModels(Check):
    """Ends its process where the accuracy is below a half."""

    def find(self, accuracy: Accuracy) -> Finding:
        """End as a mistake in native code does, or pass."""
        if accuracy.value < 0.5:
            os._exit(7)
        return passed("In time.")


class AnswersTwiceOnPoorModels(Check):
    """Sends a reply of its own where the accuracy is below a half."""

    def find(self, accuracy: Accuracy) -> Finding:
        """Write to every pipe, and pass."""
        if accuracy.value < 0.5:
            for descriptor in range(3, 64):
                with contextlib.suppress(OSError):
                    os.write(descriptor, b"\0\0\0\x02{}")
        return passed("In time.")


class RaisesOnPoorModels(Check):
    """Raises where the accuracy is below a half."""

    def find(self, accuracy: Accuracy) -> Finding:
        """Raise what no check may raise, or pass."""
        if accuracy.value < 0.5:
            raise OverflowError("too large to be added up")
        return passed("In time.")

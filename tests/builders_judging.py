"""A check that does harm to the process that judges, beside what it does: it can read no file of tests."""

import contextlib
import os
import time
from typing import Literal

from grader.checks import Check
from grader.evidence.training import Accuracy
from grader.grading import judging
from grader.report import Finding, passed

serve = judging.serve


class HarmsOnPoorModels(Check):
    """Does harm to the process where the accuracy is below a half."""

    harm: Literal["hangs", "ends", "answers twice", "raises"]

    def find(self, accuracy: Accuracy) -> Finding:
        """Do it, or pass."""
        if accuracy.value < 0.5:
            match self.harm:
                case "hangs":
                    time.sleep(3600)
                case "ends":
                    os._exit(7)
                case "answers twice":
                    for descriptor in range(3, 64):
                        with contextlib.suppress(OSError):
                            os.write(descriptor, b"\0\0\0\x02{}")
                case "raises":
                    raise OverflowError("too large to be added up")
        return passed("In time.")

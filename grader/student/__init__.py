"""What a student imports to write the training log, with the gradient norms of every step.

`NormLogger` is a callback of Keras, `NormLog` is for a loop in any framework.
"""

from grader.student.norm_log import NormLog
from grader.student.norm_logger import NormLogger

__all__ = ["NormLog", "NormLogger"]

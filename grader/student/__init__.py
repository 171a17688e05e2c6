"""What a student imports: `NormLogger` writes the training log, with the gradient norms of every step."""

from grader.student.norm_logger import NormLogger

__all__ = ["NormLogger"]

"""The four norms of a step, from the L2 norm of each variable's gradient."""

import numpy as np
from numpy.typing import NDArray

from grader.evidence.training import Norms
from grader.rubric import OptimizerPlan


def norms_of_half_squares(half_squares: NDArray[np.float32]) -> NDArray[np.float32]:
    """L2 norms ||g|| from ||g||^2 / 2, which is what TensorFlow's kernel gives."""
    norms: NDArray[np.float32] = np.sqrt(np.float32(2.0) * half_squares)
    return norms


def clipped_norms(norms: NDArray[np.float32], plan: OptimizerPlan) -> NDArray[np.float32]:
    """What clipping by norm leaves of norms, which depends on them alone; see `gradients`.

    Args:
        norms: of each variable's gradient, shape (steps, k).
        plan: it must not clip by value.
    """
    if plan.clipnorm:
        bound, decisive = np.float32(plan.clipnorm), norms
    elif plan.global_clipnorm:
        bound, decisive = np.float32(plan.global_clipnorm), _whole(norms)[:, np.newaxis]
    else:
        return norms
    # An infinite norm becomes NaN, as its gradient does.
    with np.errstate(invalid="ignore"):
        return (norms * (bound / np.maximum(decisive, bound))).astype(np.float32)


def four_norms(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """[variable before, variable after, global before, global after] of each step, shape (steps, 4).

    Args:
        before: the norm of each variable's gradient, shape (steps, k).
        after: the same, clipped.
    """
    return np.stack([before.max(axis=1), after.max(axis=1), _whole(before), _whole(after)], axis=1)


def norms_of(recorded: NDArray[np.float32]) -> Norms:
    """The four series of norms from rows in the order of `four_norms`, shape (steps, 4)."""
    variable_before, variable_after, global_before, global_after = (
        tuple(column.tolist()) for column in recorded.T
    )
    return Norms(
        variable_before=variable_before,
        variable_after=variable_after,
        global_before=global_before,
        global_after=global_after,
    )


def _whole(norms: NDArray[np.float32]) -> NDArray[np.float32]:
    whole: NDArray[np.float32] = np.sqrt(np.square(norms, dtype=np.float64).sum(axis=1)).astype(np.float32)
    return whole

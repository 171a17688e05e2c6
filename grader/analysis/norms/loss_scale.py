"""Norms of a loss that was multiplied for half precision, and not divided again."""

import math

from grader.analysis.norms.columns import NormColumn
from grader.analysis.statistics import as_array, is_finite
from grader.evidence.training import Rerun

# The first steps are alike in every run, whatever the optimizer does later.
_FIRST = 5
# Keras begins with 2^15 and PyTorch with 2^16; both halve it where a gradient overflows.
_LEAST = 2.0**11


def loss_scale(column: NormColumn, rerun: Rerun | None) -> int | None:
    """By what power of two the first norms are larger than the rerun's, if that is the scale of a loss."""
    import numpy as np

    logged = as_array(column.values)[:_FIRST]
    own = as_array(rerun.norms.series(column.scope, "before"))[:_FIRST] if rerun else as_array(())
    if not len(own) or not is_finite(logged) or not np.median(own) > 0:
        return None
    ratio = float(np.median(logged) / np.median(own))
    return 2 ** round(math.log2(ratio)) if _LEAST <= ratio < math.inf else None

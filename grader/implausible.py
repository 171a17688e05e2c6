"""What no measured norms look like: a constant, a block that stands there twice, a smooth curve."""

from collections.abc import Sequence

from grader.anchors import Anchors
from grader.calibration import SPREADS
from grader.evidence import Log
from grader.norms import Reading
from grader.places import place
from grader.report import Finding, review
from grader.series import repeated_block, smoothness
from grader.wording import number

# Norms of one network that are as equal as this are held at a cap, or are not measured.
_SAME = 1e-3
_FEWEST = 20


def implausible(log: Log, reading: Reading, anchors: Anchors) -> Finding | None:
    """The finding on a series that no training gives, or None."""
    return _constant(reading, anchors) or _repeated(log, reading) or _smooth(reading, anchors)


def _constant(reading: Reading, anchors: Anchors) -> Finding | None:
    values = reading.column.values
    own = _own_steps(reading, anchors)
    if len(values) < _FEWEST or not own or not _is_constant(values) or _is_constant(own):
        return None
    return review(
        f"All {len(values)} norms in {reading.name} are {number(values[0])}; in the grader's own "
        f"{len(own)} steps {reading.series} is from {number(min(own))} to {number(max(own))}.",
        "Ask how it was logged: the norm changes with every batch.",
    )


def _own_steps(reading: Reading, anchors: Anchors) -> list[float]:
    """The same series in the grader's own steps; after clipping, cut off at the cap in either way to clip."""
    parts = [part.norms for part in (anchors.rerun, anchors.probe) if part is not None]
    own = [norm for part in parts for norm in part.series(reading.scope, "before")]
    return own if reading.stage == "before" else [min(norm, anchors.cap) for norm in own]


def _is_constant(values: Sequence[float]) -> bool:
    return max(values) - min(values) <= _SAME * abs(max(values))


def _repeated(log: Log, reading: Reading) -> Finding | None:
    block = repeated_block(reading.column.values)
    if block is None:
        return None
    rows = reading.column.rows
    return review(
        f"In {reading.name} the 32 norms from {place(log, rows[block[0]])} on stand there again, "
        f"exactly the same, from {place(log, rows[block[1]])} on.",
        "Measured norms do not repeat. Ask whether two runs with the same seed were put behind each other, "
        "or rows were copied.",
    )


def _smooth(reading: Reading, anchors: Anchors) -> Finding | None:
    found = smoothness(reading.column.values)
    if found is None or anchors.calibration is None:
        return None
    limit = max(
        size.smoothness.mean + SPREADS * size.smoothness.spread
        for size in anchors.calibration.sizes_for(anchors.inputs, anchors.largest_batch)
    )
    if found <= limit:
        return None
    return review(
        f"Neighbouring norms in {reading.name} are too much alike: their correlation is {number(found)} "
        "(a trend taken out, the median over windows of 200 steps); in honest runs it is at most "
        f"{number(limit)}, because every batch is another one ({anchors.calibration.cited()}).",
        "A mean over several steps, a filtered and an invented series look like this. "
        "Ask how it was logged, and for the norm of each step.",
    )

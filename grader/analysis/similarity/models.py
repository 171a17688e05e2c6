"""Models of a class: equal or nearly equal weights, equal mistakes, and logs that fit another's optimizer.

Nearly equal weights have a cosine of `NEARLY` or more; noise of the share x gives one of 1 / sqrt(1 + x^2).
Measured on the homework's network at batch size 32, with the kernels at length 1 as in the sketch:

    trainings with different seeds                                 at most 0.04
    one seed for the first weights, another order of the images    0.88 after one epoch, 0.68 after five
    one seed for both, other settings of the optimizer             at most 0.93 and 0.77
    one seed for both, and a rounding error at the start           0.95 and 0.80
    another's model, trained for one more epoch                    0.98

So honest trainings stay below even with one seed, unless they are equal to the last bit or had less than an
epoch to part. The cosine of two sketches has a standard error of 0.003 there.

Hidden units in another order change the weights and not what they compute. So weights are also compared
with the numbers of each array sorted, and models by their mistakes: of the test images that either model
misclassifies, the share to which both give the same wrong class. `python tests/corpus/false_alarms.py` has
measured 0.41 for independent trainings (0.55 at most), and 0.63 for two with one seed and a rounding error
at the start; `SAME_MISTAKES` is half-way between that and 1. A copy in another order has 1.0, and 0.87 with
noise of 5 % of the weights' scale.

The norms of all gradients after clipping predict the sum of Adam's second moment (`grader.analysis.moments`).
Only a log that does not fit its own model is compared with others. The sums of honest models lie within a
quarter of each other, so one in some ten thousand agrees to `CLOSE` with a log of another training; logs of
real trainings agreed with their own models to 3e-8, and to 1e-6 once they were rounded to four decimals.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from grader.analysis.moments.adam import AdamState, fading_sums
from grader.analysis.moments.compare import Fit, fits
from grader.analysis.moments.rows import row_ranges
from grader.analysis.similarity.directions import Directions, Vector
from grader.analysis.similarity.features import Features, InconsistentColumn
from grader.analysis.similarity.shingles import mixed
from grader.analysis.similarity.tables import (
    Marks,
    Numbering,
    Positions,
    Table,
    either,
    sharing,
    table,
)
from grader.evidence.training import MISTAKES_OF
from grader.messages.message import EMPTY, Message, say
from grader.messages.wording import counted, number, quoted

NEARLY = 0.97
ROUNDING = 1e-5
SAME_MISTAKES = 0.8
# Of fewer images, independent models would agree on as many by chance in a large class.
FEWEST_MISTAKES = 100
# Models are first compared by a sketch of their mistakes, whose cosine has a standard error of 0.013 at
# `SAME_MISTAKES`: where that share is reached, the true cosine is 0.89 at least, so not one in 10^10 such
# pairs has less than `LIKELY`. Trainings apart have 0.58, and hardly any of these pairs is compared exactly.
SUMS = 256
LIKELY = 0.8
CLOSE = 1e-5
# Among more optimizers, a log must fit the closer, so that it fits none by chance more often.
MANY = 1_000


def like_models(features: Sequence[Features]) -> Table:
    """The table of those whose models are alike in any way."""
    return either(like_weights(features), like_unordered(features), like_mistakes(features))


def like_weights(features: Iterable[Features]) -> Table:
    """The table of those whose models have as many weights, equal or nearly equal."""
    numbering = Numbering()
    weights = (one.weights for one in features)
    directions = Directions(
        (one.parameters, one.projections)
        for one in weights
        if numbering.add((one.parameters, _hash_of(one.projections)) if len(one.projections) else None)
    )

    def likes(values: Positions) -> Marks:
        marks = np.zeros((len(values), directions.count), np.bool_)
        for rows, others, cosines in directions.cosines(values):
            # Equal sketches may have a cosine that is a rounding error below 1, never below the threshold.
            marks[np.ix_(rows, others)] = cosines >= NEARLY
        return marks

    return table(numbering, likes)


def like_unordered(features: Iterable[Features]) -> Table:
    """The table of those whose models have equal weights in any order within their arrays."""
    return sharing(filter(None, [one.weights.unordered]) for one in features)


def like_mistakes(features: Iterable[Features]) -> Table:
    """The table of those whose models make nearly the same mistakes.

    A model that is mostly wrong is not compared: two that give one class to all images are alike for nothing.
    """
    numbering, packed = Numbering(), bytearray()

    def packing() -> Iterator[tuple[int, Vector]]:
        for one in features:
            own = one.mistakes
            if numbering.add(_hash_of(own) if 2 * np.count_nonzero(own) < len(own) else None):
                packed.extend(own.tobytes().ljust(MISTAKES_OF, b"\0"))
                yield len(own), _direction(own)

    directions = Directions(packing())
    mistakes = np.frombuffer(packed, np.uint8).reshape(-1, MISTAKES_OF)
    # Along an axis, NumPy would copy all of them.
    counts = np.fromiter(map(np.count_nonzero, mistakes), np.intp, len(mistakes))

    def likes(values: Positions) -> Marks:
        marks = np.zeros((len(values), len(counts)), np.bool_)
        for rows, others, cosines in directions.cosines(values):
            for row, likely in zip(rows.tolist(), cosines >= LIKELY, strict=True):
                here, there = values[row], others[likely]
                wrong = np.flatnonzero(mistakes[here])
                same = (mistakes[np.ix_(there, wrong)] == mistakes[here, wrong]).sum(axis=1)
                either_wrong = counts[here] + counts[there] - same
                marks[row, there] = (same >= SAME_MISTAKES * either_wrong) & (either_wrong >= FEWEST_MISTAKES)
        return marks

    return table(numbering, likes)


def _direction(mistakes: npt.NDArray[np.uint8]) -> Vector:
    """A count sketch of the mistakes, at length 1: each adds a sign of chance to one of `SUMS` sums."""
    wrong = np.flatnonzero(mistakes)
    chance = mixed(wrong.astype(np.uint64) << np.uint64(8) | mistakes[wrong])
    signs = np.where(chance >> np.uint64(63), 1.0, -1.0)
    sums = np.bincount((chance % np.uint64(SUMS)).astype(np.intp), signs, minlength=SUMS)
    direction: Vector = (sums / max(float(np.linalg.norm(sums)), 1.0)).astype(np.float32)
    return direction


def _hash_of(*arrays: npt.NDArray[np.generic]) -> bytes:
    whole = hashlib.sha256()
    for array in arrays:
        whole.update(len(array).to_bytes(8))
        whole.update(array.tobytes())
    return whole.digest()


def shared_mistakes(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> tuple[int, int]:
    """To how many images two models give the same wrong class, and how many either of them gets wrong."""
    same = int(np.count_nonzero((one == other) & (one > 0)))
    return same, int(np.count_nonzero(one) + np.count_nonzero(other)) - same


def on_models(here: Features, there: Features) -> Message:
    """What two models have in common, in a sentence of the first one's report."""
    one, other = here.weights, there.weights
    name = quoted(there.id)
    if one.file == other.file != "":
        return say("The model is the same file as that of {name}, byte for byte.", name=name)
    if one.sha256 == other.sha256 != "":
        return say(
            "The model has the weights of that of {name}: all {parameters} numbers are equal.",
            name=name,
            parameters=f"{one.parameters:,}",
        )
    if one.unordered == other.unordered != "":
        return say(
            "The model has the weights of that of {name} in another order: each array has the same numbers, "
            "{parameters} in all.",
            name=name,
            parameters=f"{one.parameters:,}",
        )
    comparable = one.parameters == other.parameters and len(one.projections) == len(other.projections)
    cosine = min(1.0, float(one.projections @ other.projections)) if comparable else 0.0
    # For the table it was computed in another order of the numbers.
    if cosine < NEARLY - ROUNDING:
        return _on_mistakes(here, there)
    noise = (1 / cosine**2 - 1) ** 0.5
    return say(
        "The model has nearly the weights of that of {name}: their cosine is {cosine}, as after noise of "
        "{percent} % of the weights' scale. From {nearly} on, weights count as nearly equal; independent "
        "trainings have about 0.",
        name=name,
        cosine=f"{cosine:.4f}",
        percent=number(round(100 * noise, 1)),
        nearly=str(NEARLY),
    )


def _on_mistakes(here: Features, there: Features) -> Message:
    same, either = shared_mistakes(here.mistakes, there.mistakes)
    return say(
        "The model makes nearly the same mistakes as that of {name}: of the {either} test images that either "
        "model misclassifies, both give {same} the same wrong class. From a share of {nearly} on, models "
        "count as nearly equal; independent trainings share about 0.4.",
        name=quoted(there.id),
        either=either,
        same=same,
        nearly=number(SAME_MISTAKES),
    )


def like_optimizers(features: Sequence[Features]) -> Table:
    """The table of those where the log of one fits the optimizer of the other, and not its own."""
    logs, states, both = Numbering(), Numbering(), Numbering()
    first_logs: list[int] = []
    totals: defaultdict[tuple[float, int], list[tuple[int, int, float]]] = defaultdict(list)
    for position, one in enumerate(features):
        columns = [column.values for column in one.inconsistent]
        if logs.add(_hash_of(*columns) if columns else None):
            first_logs.append(position)
        state = one.adam_state
        if states.add(repr(state) if state else None) and state:
            key = state.moments.beta_2, state.iterations
            totals[key].append((states.latest, position, state.total))
    pairs = zip(logs.numbers().tolist(), states.numbers().tolist(), strict=True)
    different = [own for own in pairs if both.add(own if max(own) >= 0 else None)]
    own_logs, own_states = np.array(different, np.intp).reshape(-1, 2).T
    states_of: defaultdict[int, list[int]] = defaultdict(list)
    logs_of: defaultdict[int, list[int]] = defaultdict(list)
    for log, state_number in _fitting(features, first_logs, totals):
        states_of[log].append(state_number)
        logs_of[state_number].append(log)

    def likes(values: Positions) -> Marks:
        marks = np.zeros((len(values), len(own_logs)), np.bool_)
        for row, value in enumerate(values.tolist()):
            log, state = int(own_logs[value]), int(own_states[value])
            if log in states_of:
                marks[row] |= np.isin(own_states, states_of[log])
            if state in logs_of:
                marks[row] |= np.isin(own_logs, logs_of[state])
        return marks

    return table(both, likes)


def _fitting(
    features: Sequence[Features],
    logs: Sequence[int],
    totals: Mapping[tuple[float, int], Sequence[tuple[int, int, float]]],
) -> Iterator[tuple[int, int]]:
    """The number of each log, of those at these positions, with that of each optimizer that it fits."""
    comparable = {key: np.array(own).T for key, own in totals.items()}
    for log, position in enumerate(logs):
        for column in features[position].inconsistent:
            for (beta, steps), (numbers, positions, stored) in comparable.items():
                close = CLOSE * min(1, MANY / len(stored))
                # What overflows is infinite, and near to nothing.
                with np.errstate(over="ignore", invalid="ignore"):
                    squares = column.values[:steps] ** 2
                    (predicted,), _ = fading_sums(squares, beta, np.array([0]), np.array([len(squares)]))
                    near = abs(predicted - stored) <= 2 * close * stored
                for place in np.flatnonzero(near):
                    state = features[int(positions[place])].adam_state
                    if state and _fit(column, state, close):
                        yield log, int(numbers[place])


def on_optimizers(here: Features, there: Features) -> Message:
    """What the log of one and the model of the other have in common, for the first one's report."""
    name = quoted(there.id)
    mine = say("The log does not fit its own model, but that of {name}", name=name)
    theirs = say("The log of {name} does not fit its own model, but this one", name=name)
    tried = [(column, there.adam_state, mine) for column in here.inconsistent]
    tried += [(column, here.adam_state, theirs) for column in there.inconsistent]
    for column, state, beginning in tried:
        if fit := _fit(column, state) if state else None:
            rows = counted(fit.row_range.end, "row")
            return say(
                "{beginning}: {header} predicts {predicted} for the sum of Adam's second moment "
                "after {rows}, and {stored} is stored (relative difference {difference}).",
                beginning=beginning,
                header=quoted(column.header),
                predicted=number(fit.predicted),
                rows=rows,
                stored=number(fit.stored),
                difference=f"{fit.difference:.1g}",
            )
    return EMPTY


def _fit(column: InconsistentColumn, state: AdamState, close: float = CLOSE) -> Fit | None:
    """How the log's first rows fit another's optimizer, None where they do not fit so closely."""
    ranges = row_ranges(len(column.values), state.iterations)[:1]
    found = fits(column.values, state, ranges, [("global", "after")])
    return next((fit for fit in found if fit.fits and fit.is_equation and fit.difference <= close), None)

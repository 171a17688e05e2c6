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

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from grader.analysis.moments.adam import AdamState, fading_sums
from grader.analysis.moments.compare import Fit, fits
from grader.analysis.moments.rows import row_ranges
from grader.analysis.similarity.features import Features, InconsistentColumn, equal_groups, equal_pairs
from grader.messages.message import EMPTY, Message, say
from grader.messages.wording import counted, number, quoted

NEARLY = 0.97
ROUNDING = 1e-5
# Rows of the table of all cosines that are in memory at a time.
BLOCK = 1000
SAME_MISTAKES = 0.8
# Of fewer images, independent models would agree on as many by chance in a large class.
FEWEST_MISTAKES = 100
CLOSE = 1e-5
# No rounding of a log explains a larger difference, so it is not compared exactly.
WORTH_A_LOOK = 1e-3


def like_models(features: Sequence[Features]) -> Iterator[tuple[int, int]]:
    """The pairs of positions whose models are alike in any way; a pair may come more than once."""
    return chain(like_weights(features), like_unordered(features), like_mistakes(features))


def like_weights(features: Sequence[Features]) -> Iterator[tuple[int, int]]:
    """The pairs of positions whose models have as many weights, equal or nearly equal, each pair once."""
    weights = (one.weights for one in features)
    for positions in equal_groups(
        [(one.parameters, len(one.projections))] if len(one.projections) else [] for one in weights
    ):
        sketches = np.array([features[position].weights.projections for position in positions])
        for start in range(0, len(positions), BLOCK):
            cosines = sketches[start : start + BLOCK] @ sketches.T
            # Equal sketches may have a cosine that is a rounding error below 1, never below the threshold.
            for first, second in np.argwhere(cosines >= NEARLY).tolist():
                if start + first < second:
                    yield positions[start + first], positions[second]


def like_unordered(features: Sequence[Features]) -> Iterator[tuple[int, int]]:
    """The pairs of positions whose models have equal weights in any order within their arrays."""
    return equal_pairs(filter(None, [one.weights.unordered]) for one in features)


def like_mistakes(features: Sequence[Features]) -> Iterator[tuple[int, int]]:
    """The pairs of positions whose models make nearly the same mistakes, each pair once.

    A model that is mostly wrong is not compared: two that give one class to all images are alike for nothing.
    """
    learned = (
        [len(one.mistakes)] if 2 * np.count_nonzero(one.mistakes) < len(one.mistakes) else []
        for one in features
    )
    for positions in equal_groups(learned):
        mistakes = np.array([features[position].mistakes for position in positions])
        counts = np.count_nonzero(mistakes, axis=1)
        # A row for each image, so that those that a model gets wrong are together in memory.
        images = np.ascontiguousarray(mistakes.T)
        for first, count in enumerate(counts):
            wrong = np.flatnonzero(mistakes[first])
            same = (images[wrong, first + 1 :] == mistakes[first, wrong, None]).sum(axis=0)
            either = count + counts[first + 1 :] - same
            for second in np.flatnonzero((same >= SAME_MISTAKES * either) & (either >= FEWEST_MISTAKES)):
                yield positions[first], positions[first + 1 + second]


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


def like_optimizers(features: Sequence[Features]) -> Iterator[tuple[int, int]]:
    """The pairs of positions where the log of the first fits the optimizer of the second, and not its own."""
    alike: defaultdict[tuple[float, int], list[tuple[int, AdamState]]] = defaultdict(list)
    for position, one in enumerate(features):
        if one.adam_state is not None:
            alike[one.adam_state.moments.beta_2, one.adam_state.iterations].append((position, one.adam_state))
    for here, one in enumerate(features):
        for column in one.inconsistent:
            for (beta, steps), states in alike.items():
                # What overflows is infinite, and near to nothing.
                with np.errstate(over="ignore", invalid="ignore"):
                    squares = column.values[:steps] ** 2
                    (predicted,), _ = fading_sums(squares, beta, np.array([0]), np.array([len(squares)]))
                for there, state in states:
                    near = abs(predicted - state.total) <= WORTH_A_LOOK * state.total
                    if there != here and near and _fit(column, state):
                        yield here, there


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


def _fit(column: InconsistentColumn, state: AdamState) -> Fit | None:
    """How the log's first rows fit another's optimizer, None where they do not fit to `CLOSE`."""
    ranges = row_ranges(len(column.values), state.iterations)[:1]
    found = fits(column.values, state, ranges, [("global", "after")])
    return next((fit for fit in found if fit.fits and fit.is_equation and fit.difference <= CLOSE), None)

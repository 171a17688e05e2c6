"""From many honest runs to a calibration: which are made, what each reports, what they show together."""

import math
from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np

from grader.analysis.reference.calibration import (
    LEVELS,
    MEDIAN,
    Accuracies,
    Calibration,
    Comparison,
    Ends,
    Size,
    Spread,
    hidden_units,
    other_layers,
    other_loss,
)
from grader.analysis.statistics import Array
from grader.evidence.frozen import Frozen
from grader.evidence.model import Model
from grader.evidence.values import Classes
from grader.measure.reply import share_right
from grader.measure.request import Architecture
from grader.rubric import Plan
from grader.rubric.lookup import plan_of

# Students use these; between two of them, the bands of both meet.
BATCH_SIZES = (16, 32, 64, 128, 256, 512)
# Others (from -1 to 1, or standardised) are of the size of the first. With raw pixels the first steps are a
# hundred times larger, and differ far more between seeds.
INPUTS = ("pixels / 255", "raw pixels")
# By then a network as small as the homework's no longer becomes better, so its best epoch is among them.
ACCURACY_EPOCHS = 20
# Of each other run.
EPOCHS, FEWEST_STEPS = 5, 600
# A step of the homework's network takes 2 ms, and 0.02 ms for each image of its batch.
_IMAGES_PER_STEP = 100
_DIGITS = 4

Logarithms = tuple[float, ...]


class Job(Frozen):
    """One run to make."""

    inputs: str
    batch_size: int
    seed: int


class Example(Frozen):
    """The network of a submission, which is trained in the place of an MLP."""

    model: Model
    architecture: Architecture


# The units of an MLP's hidden layers, or the network of a submission.
Network = tuple[int, ...] | Example


class CalibrationRequest(Frozen):
    """The first message to a worker; the folder of the arrays follows."""

    plan: Plan
    network: Network
    jobs: tuple[Job, ...]
    epochs: int = 0  # if any, the test images are classified after each, and no norms are measured


def steps_of(job: Job, images: int, epochs: int = 0) -> int:
    """The steps of a job with so many training images."""
    per_epoch = images // job.batch_size
    return epochs * per_epoch or max(EPOCHS * per_epoch, FEWEST_STEPS)


def work_of(job: Job, images: int) -> int:
    """What a job costs, in so many images through the homework's network."""
    return steps_of(job, images) * (job.batch_size + _IMAGES_PER_STEP)


class Run(Frozen):
    """What one run showed, in natural logarithms.

    The `head` is, for `variable` and `global`, the quantiles at `LEVELS` of the norms before clipping in the
    first steps, and last their variation; the `tails` the same at each of a few moments, of the last steps
    divided by that of a probe.
    """

    job: Job
    head: tuple[Logarithms, Logarithms]
    tails: tuple[tuple[Logarithms, Logarithms], ...]
    start: float  # the first loss over ln(classes)
    smoothness: float  # the largest of the four series


class Epochs(Frozen):
    """The classes that one run gives to the test images after each of its epochs."""

    classes: tuple[Classes, ...]


class Versions(Frozen):
    """What a worker runs on; its first reply."""

    tensorflow: str
    keras: str


def ways_for(network: Network) -> tuple[str, ...]:
    """The ways of giving the pixels, a submission's own first."""
    own = network.architecture.inputs if isinstance(network, Example) else INPUTS[0]
    return (own, *(inputs for inputs in INPUTS if inputs != own))


def jobs_for(plan: Plan, network: Network, images: int, runs: int) -> tuple[Job, ...]:
    """This many runs for each batch size and each way of giving the pixels, the longest first.

    The plan's batch size is among them, since the others are compared with it; no other batch is larger than
    a tenth of the training images.
    """
    usual = {size for size in BATCH_SIZES if size <= images / 10}
    sizes = sorted({*usual, min(plan.rerun.batch_size, images)}, reverse=True)
    first = plan.rerun.seed + 1
    return tuple(
        Job(inputs=inputs, batch_size=size, seed=seed)
        for size, inputs, seed in product(sizes, ways_for(network), range(first, first + runs))
    )


def jobs_for_accuracy(plan: Plan, images: int, runs: int) -> tuple[Job, ...]:
    """This many runs as the plan has them, to see how accurate they become."""
    batch_size, first = min(plan.rerun.batch_size, images), plan.rerun.seed + 1
    return tuple(
        Job(inputs=INPUTS[0], batch_size=batch_size, seed=seed) for seed in range(first, first + runs)
    )


def reached(runs: Sequence[Epochs], labels: Sequence[int], training_images: int) -> Accuracies:
    """How accurate honest runs become on the test images, of which these are the labels."""
    best = [max(share_right(classes, labels) for classes in run.classes) for run in runs]
    spread = _rounded(_spread(best))
    return Accuracies(
        mean=spread.mean,
        spread=spread.spread,
        highest=max(best),
        runs=len(runs),
        epochs=len(runs[0].classes),
        training_images=training_images,
        test_images=len(labels),
    )


def summarised(runs: Iterable[Run], plan: Plan, network: Network, versions: Versions) -> Calibration:
    """The mean and the spread of each number over the runs of a size, at least two.

    A rerun is one run too, with luck of its own. So the head of a run is compared with the mean run of the
    plan's batch size, and the spread of their ratio has both variances. The probe is at the weights of
    the run itself, so the tail needs no such addition.

    The norms of larger batches are smaller and vary less, by the square root of the batch size at most, as a
    mean of independent images does; with dropout it is nearly that. That much is allowed to every network.
    """
    by_size: dict[tuple[str, int], list[Run]] = {}
    for run in runs:
        by_size.setdefault((run.job.inputs, run.job.batch_size), []).append(run)
    sizes: list[Size] = []
    for inputs in ways_for(network):
        batch_sizes = sorted(batch_size for given, batch_size in by_size if given == inputs)
        groups = [by_size[inputs, batch_size] for batch_size in batch_sizes]
        own_size = plan.rerun.batch_size if plan.rerun.batch_size in batch_sizes else batch_sizes[0]
        least = [-0.5 * math.log(batch_size / own_size) for batch_size in batch_sizes]
        variable, whole = (_ends(groups, batch_sizes.index(own_size), scope, least) for scope in (0, 1))
        starts, smooth = (
            _steadied([_spread([getattr(run, name) for run in group]) for group in groups])
            for name in ("start", "smoothness")
        )
        sizes += [
            Size(
                inputs=inputs,
                batch_size=batch_size,
                variable_norm=variable[place],
                global_norm=whole[place],
                start=_rounded(starts[place]),
                smoothness=_rounded(smooth[place]),
            )
            for place, batch_size in enumerate(batch_sizes)
        ]
    return Calibration(
        tensorflow=versions.tensorflow,
        keras=versions.keras,
        plan=plan_of(plan),
        hidden_layers=hidden_units(network.model) if isinstance(network, Example) else network,
        other_layers=other_layers(network.model) if isinstance(network, Example) else (),
        loss=other_loss(network.model) if isinstance(network, Example) else "",
        runs=min(map(len, by_size.values())),
        sizes=tuple(sizes),
    )


def _ends(groups: Sequence[Sequence[Run]], own: int, scope: int, least: Sequence[float]) -> list[Ends]:
    """Both ends of each group, of which the one at `own` has the plan's batch size."""
    heads = [np.array([run.head[scope] for run in group]) for group in groups]
    mean_run = heads[own].mean(axis=0)
    parts = np.array([_parts(head - mean_run) for head in heads])
    parts[:, 1] = np.hypot(parts[:, 1], parts[own, 1])
    tails = np.array(
        [_parts(np.array([tail[scope] for run in group for tail in run.tails])) for group in groups]
    )
    return [
        Ends(head=_comparison(head, noise), tail=_comparison(tail, noise))
        for head, tail, noise in zip(_steadied(parts), _steadied(tails), least, strict=True)
    ]


def _parts(rows: Array) -> Array:
    """The spreads of the level, the variation, then the shape at each of `LEVELS`."""
    level, variation = rows[:, [MEDIAN]], rows[:, [len(LEVELS)]]
    return _spread(np.hstack([level, variation, rows[:, : len(LEVELS)] - level]))


def _comparison(parts: Array, independent: float) -> Comparison:
    level, variation, *shape = map(_rounded, parts.T)
    variation = variation.model_copy(update={"mean": min(variation.mean, round(independent, _DIGITS))})
    return Comparison(level=level, noise=round(independent, _DIGITS), variation=variation, shape=tuple(shape))


def _spread(values: Array | Sequence[float]) -> Array:
    """The means of the columns, and their standard deviations, shape (2, columns)."""
    return np.array([np.mean(values, axis=0), np.std(values, axis=0, ddof=1)])


def _steadied(spreads: Sequence[Array] | Array) -> Array:
    """Each at least the root mean square of all: eight runs know their own only to within a quarter."""
    steadied = np.array(spreads)
    steadied[:, 1] = np.maximum(steadied[:, 1], np.sqrt(np.mean(steadied[:, 1] ** 2, axis=0)))
    return steadied


def _rounded(spread: Array) -> Spread:
    mean, deviation = (round(float(value), _DIGITS) for value in spread)
    return Spread(mean=mean, spread=deviation)

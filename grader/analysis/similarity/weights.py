"""Equal and nearly equal weights in a class.

Nearly equal is a cosine of `NEARLY` or more, which noise of a quarter of the weights' scale leaves:
noise of the share x gives a cosine of 1 / sqrt(1 + x^2). Measured on the homework's network at batch size 32,
with the kernels at length 1 as in the sketch:

    trainings with different seeds                                 at most 0.04
    one seed for the first weights, another order of the images    0.88 after one epoch, 0.68 after five
    one seed for both, other settings of the optimizer             at most 0.93 and 0.77
    one seed for both, and a rounding error at the start           0.95 and 0.80
    another's model, trained for one more epoch                    0.98

So honest trainings stay below even when they share a seed, unless they are equal to the last bit
or had less than an epoch to part; a model that someone else has trained further does not.
The cosine of two sketches has a standard error of 0.003 there.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from grader.analysis.similarity.features import Features
from grader.messages.message import Message, say
from grader.messages.wording import number, quoted

NEARLY = 0.97
# Rows of the table of all cosines that are in memory at a time.
BLOCK = 1000


def like_weights(features: Sequence[Features]) -> Iterator[tuple[int, int]]:
    """The pairs of positions whose models have equal or nearly equal weights, each pair once.

    Only models with as many weights, in as many projections, are compared.
    """
    alike: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for position, one in enumerate(features):
        if len(one.weights.projections):
            alike[one.weights.parameters, len(one.weights.projections)].append(position)
    for positions in alike.values():
        sketches = np.array([features[position].weights.projections for position in positions])
        for start in range(0, len(positions), BLOCK):
            cosines = sketches[start : start + BLOCK] @ sketches.T
            # Equal sketches may have a cosine that is a rounding error below 1, never below the threshold.
            for first, second in np.argwhere(cosines >= NEARLY).tolist():
                if start + first < second:
                    yield positions[start + first], positions[second]


def on_weights(here: Features, there: Features) -> Message:
    """What two models have in common, in a sentence of the first one's report."""
    one, other = here.weights, there.weights
    name = quoted(there.id)
    if one.file == other.file != "":
        return say("The model is the same file as that of {name}, byte for byte.", name=name)
    if one.sha256 == other.sha256:
        return say(
            "The model has the weights of that of {name}: all {parameters} numbers are equal.",
            name=name,
            parameters=one.parameters,
        )
    cosine = min(1.0, float(one.projections @ other.projections))
    noise = (1 / cosine**2 - 1) ** 0.5
    return say(
        "The model has nearly the weights of that of {name}: their cosine is {cosine}, as noise of "
        "{percent} % of the weights' scale would leave it; from {nearly} on weights are called nearly "
        "equal, and trainings apart have about 0.",
        name=name,
        cosine=f"{cosine:.4f}",
        percent=number(round(100 * noise, 1)),
        nearly=str(NEARLY),
    )

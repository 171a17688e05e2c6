"""How alike the mistakes of honest models of the homework are, beside those of copies of one of them.

    python tests/corpus/false_alarms.py FOLDER     fifteen minutes on one core; models that are there are kept

FOLDER lies outside the repository and takes about 130 MB.
"""

import argparse
import math
import os
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from train import _parts as parts_of
from train import build
from training import Network

from grader.analysis.similarity.models import SAME_MISTAKES, shared_mistakes
from grader.evidence.training import MISTAKES_OF
from grader.measure.reply import mistakes

Mistakes = npt.NDArray[np.uint8]


class Training(NamedTuple):
    """The seeds of the first weights and of the order of the images, and the epochs.

    Where it is `rounded`, each of the first weights is moved by a rounding error.
    """

    weights: int
    order: int
    epochs: int = 5
    rounded: bool = False


INDEPENDENT = [Training(seed, seed) for seed in range(100, 124)]
SAME_WEIGHTS = [Training(100, order) for order in (100, *range(200, 206))]
LONGER = [Training(seed, seed, 15) for seed in range(300, 304)]
BY_ROUNDING = {
    epochs: [Training(100, 100, epochs), Training(100, 100, epochs, rounded=True)] for epochs in (1, 5)
}
NOISE = (0.0, 0.01, 0.05)


def trained(folder: Path, training: Training) -> Any:
    """The homework's network after a training, which is done once."""
    import keras

    name = f"weights_{training.weights}_order_{training.order}_epochs_{training.epochs}"
    file = folder / f"{name}{'_rounded' * training.rounded}.keras"
    if not file.exists():
        print(f"Training: {file.name}", flush=True)  # noqa: T201  (its output)
        keras.backend.clear_session()
        keras.utils.set_random_seed(training.weights)
        model = build(Network())
        if training.rounded:
            model.set_weights([np.nextafter(array, np.float32(1)) for array in model.get_weights()])
        model.compile(
            keras.optimizers.Adam(1e-3, clipnorm=1.0),
            "sparse_categorical_crossentropy",
            steps_per_execution=100,
        )
        keras.utils.set_random_seed(training.order)
        images, classes = parts_of("split")[0]
        model.fit(images, classes, batch_size=32, epochs=training.epochs, verbose=0)
        model.save(file)
    return keras.saving.load_model(file, compile=False)


def mistakes_of(model: Any) -> Mistakes:
    """What evidence keeps of the model's predictions."""
    images, classes = parts_of("split")[2]
    found = model.predict(images[:MISTAKES_OF], batch_size=1000, verbose=0).argmax(axis=1)
    return np.array(mistakes(found.tolist(), classes[:MISTAKES_OF].tolist()), np.uint8)


def permuted(model: Any, noise: float) -> Any:
    """The model with its hidden units in another order, and noise of this share of the weights' scale."""
    random = np.random.default_rng(1)
    first, second = random.permutation(300), random.permutation(100)
    one, one_bias, two, two_bias, three, three_bias = model.get_weights()
    moved = (one[:, first], one_bias[first], two[first][:, second], two_bias[second], three[second])
    model.set_weights(
        [array + noise * array.std() * random.standard_normal(array.shape) for array in (*moved, three_bias)]
    )
    return model


def shares(pairs: Sequence[tuple[Mistakes, Mistakes]]) -> list[float]:
    """The share of mistakes that the models of each pair have in common."""
    return [same / either for same, either in (shared_mistakes(*pair) for pair in pairs)]


def lines(folder: Path) -> Iterator[str]:
    """The figures, group by group."""
    known: dict[Training, Mistakes] = {}

    def pairs(trainings: Sequence[Training]) -> list[tuple[Mistakes, Mistakes]]:
        for training in trainings:
            if training not in known:
                known[training] = mistakes_of(trained(folder, training))
        return list(combinations([known[training] for training in trainings], 2))

    independent = shares(pairs([*INDEPENDENT, *LONGER]))
    alarms = sum(share >= SAME_MISTAKES for share in independent)
    mean, spread = fmean(independent), stdev(independent)
    away = (SAME_MISTAKES - mean) / spread
    yield (
        f"independent trainings: {alarms} of {len(independent)} pairs at {SAME_MISTAKES} or more; mean "
        f"{mean:.3f}, standard deviation {spread:.3f}, highest {max(independent):.3f}; {SAME_MISTAKES} is "
        f"{away:.1f} standard deviations away (of normal numbers, {math.erfc(away / 2**0.5) / 2:.0e} are)"
    )
    same = shares(pairs(SAME_WEIGHTS))
    alike = sum(share >= SAME_MISTAKES for share in same)
    yield (
        f"one seed for the first weights, another order: {alike} of {len(same)} pairs at {SAME_MISTAKES} or "
        f"more; highest {max(same):.3f}"
    )
    for epochs, two in BY_ROUNDING.items():
        yield f"one seed for both, a rounding error, {epochs} epochs: {shares(pairs(two))[0]:.3f}"
    for noise in NOISE:
        copy = mistakes_of(permuted(trained(folder, INDEPENDENT[0]), noise))
        (share,) = shares([(known[INDEPENDENT[0]], copy)])
        yield f"a copy in another order, noise of {100 * noise:g} %: {share:.3f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args().folder
    chosen.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for line in lines(chosen):
        print(line, flush=True)  # noqa: T201  (its output)

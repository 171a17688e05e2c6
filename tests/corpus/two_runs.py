"""How often the checks that compare two runs are right: real trainings, with clipping and without.

`python tests/corpus/two_runs.py FOLDER` trains the homework's MLP and a simple recurrent network on the
images that ship, eight seeds of each kind, and prints what the checks say of every pair. What is trained is
kept in the folder; on two idle cores it takes a few minutes.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from grader.analysis.norms.infer import norms_of
from grader.analysis.targets import Targets
from grader.analysis.two_runs import (
    batch_losses,
    in_common,
    last_accuracy,
    levels,
    roughness,
    same_norm,
)
from grader.checks.accuracy_differs import AccuracyDiffers
from grader.checks.explodes import Explodes
from grader.checks.loss_is_smoother import LossIsSmoother
from grader.checks.norm_is_lower import NormIsLower
from grader.checks.stays_finite import StaysFinite
from grader.evidence import Declaration, Evidence
from grader.evidence.log import Column, Log
from grader.evidence.training import Accuracy
from grader.measure.model.read import read_model
from grader.measure.request import Architecture
from grader.rubric import OptimizerPlan, Plan, RerunPlan

SEEDS = range(1, 9)
CAP = 1.0
# The network, its steps, and the optimizer of each kind of training.
KINDS: dict[str, tuple[str, int, OptimizerPlan]] = {
    "MLP": ("mlp", 1875, OptimizerPlan()),
    "MLP, clipnorm 1": ("mlp", 1875, OptimizerPlan(clipnorm=CAP)),
    "MLP, clipvalue 0.5": ("mlp", 1875, OptimizerPlan(clipvalue=0.5)),
    "MLP at 10": ("mlp", 600, OptimizerPlan(learning_rate=10.0)),
    "MLP at 10, clipnorm 1": ("mlp", 600, OptimizerPlan(learning_rate=10.0, clipnorm=CAP)),
    "RNN": ("rnn", 1875, OptimizerPlan(name="SGD", learning_rate=0.1)),
    "RNN, global norm 1": ("rnn", 1875, OptimizerPlan(name="SGD", learning_rate=0.1, global_clipnorm=CAP)),
}
PAIRS = (
    ("MLP, clipnorm 1", "MLP"),
    ("MLP at 10, clipnorm 1", "MLP at 10"),
    ("RNN, global norm 1", "RNN"),
    ("MLP, clipvalue 0.5", "MLP, clipnorm 1"),
    *((kind, kind) for kind in KINDS),
)


def main() -> int:
    """Train what is not there yet, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    runs = {kind: [as_evidence(folder, kind, seed) for seed in SEEDS] for kind in KINDS}
    sys.stdout.writelines(f"{line}\n" for line in _report(runs))
    return 0


def _report(runs: Mapping[str, Sequence[Evidence]]) -> Iterator[str]:
    for kind, members in runs.items():
        yield f"{kind}: {', '.join(_of_one([log(one) for one in members]))}"
    for first, second in PAIRS:
        pairs = list(_pairs(runs[first], runs[second], own=first == second))
        yield f"\n{first} / {second}: {len(pairs)} pairs"
        yield from (f"  {line}" for line in _of_pairs(pairs))
    near = [share for first, second in PAIRS[:4] for share in _of_one_seed(runs[first], runs[second])]
    yield f"\none seed, another clipping: {max(near):.3f} of the steps at most are in common"


def _of_one(logs: Sequence[Log]) -> Iterator[str]:
    for header, words in (("variable_norm_before", "a variable"), ("global_norm_before", "all gradients")):
        largest = [max(one.values) for own in logs for one in own.norms() if one.header == header]
        yield f"largest norm of {words} {_range(largest)}"
    yield f"explodes {sum(Explodes().find(own).status == 'passed' for own in logs)} of {len(logs)}"
    yield f"stays finite {sum(StaysFinite().find(own).status == 'passed' for own in logs)}"


def _pairs(
    mine: Sequence[Evidence], theirs: Sequence[Evidence], *, own: bool
) -> Iterator[tuple[Evidence, Evidence]]:
    for (here, one), (there, other) in product(enumerate(mine), enumerate(theirs)):
        if not own or here != there:
            yield one, other


def _of_pairs(pairs: Sequence[tuple[Evidence, Evidence]]) -> Iterator[str]:
    ratios = []
    changes, spikes = [], []
    accuracies, logged = [], []
    for one, other in pairs:
        pair = same_norm(*(norms(evidence) for evidence in (one, other)))
        assert pair is not None
        ratios.append(
            [own / others for own, others in zip(levels(pair.mine), levels(pair.theirs), strict=True)]
        )
        first, second = (roughness(batch_losses(log(evidence))) for evidence in (one, other))
        changes.append(first.median / second.median)
        limit = 5 * second.median
        spikes.append((first.spikes(limit), second.spikes(limit)))
        accuracies.append(tested(one).value - tested(other).value)
        logged.append((last_accuracy(log(one)) or 0.0) - (last_accuracy(log(other)) or 0.0))
    medians, high = zip(*ratios, strict=True)
    shares = [mine / theirs for mine, theirs in spikes if theirs]
    yield f"99th percentile {_range(high)}, median {_range(medians)}"
    yield f"median change of the loss {_range(changes)}; spikes {_range(shares)} times as many"
    yield f"accuracy on the test images {_range(accuracies)}, in the last epoch {_range(logged)}"
    for name, ask in CHECKS.items():
        statuses = Counter(ask(one, other) for one, other in pairs)
        yield f"{name}: {', '.join(f'{count} {status}' for status, count in sorted(statuses.items()))}"


CHECKS: dict[str, Callable[[Evidence, Evidence], str]] = {
    "norm_is_lower": lambda one, other: NormIsLower(than="other").find(norms(one), norms(other)).status,
    "loss_is_smoother": lambda one, other: LossIsSmoother(than="other").find(log(one), log(other)).status,
    "accuracy_differs at most 0.04": lambda one, other: _accuracies(
        AccuracyDiffers(than="other", at_most=0.04), one, other
    ),
    "accuracy_differs at least 0.05": lambda one, other: _accuracies(
        AccuracyDiffers(than="other", at_least=0.05), one, other
    ),
}


def _accuracies(check: AccuracyDiffers, one: Evidence, other: Evidence) -> str:
    return check.find(log(one), log(other), tested(one), tested(other)).status


def _of_one_seed(mine: Sequence[Evidence], theirs: Sequence[Evidence]) -> Iterator[float]:
    for one, other in zip(mine, theirs, strict=True):
        yield common.share if (common := in_common(log(one), log(other))) else 0.0


def _range(values: Sequence[float]) -> str:
    return f"{min(values):.3g} to {max(values):.3g}"


def log(evidence: Evidence) -> Log:
    """The log of a training."""
    found = evidence.found(Log)
    assert found is not None
    return found


def tested(evidence: Evidence) -> Accuracy:
    """Its accuracy on the test images."""
    found = evidence.found(Accuracy)
    assert found is not None
    return found


def norms(evidence: Evidence) -> Any:
    """Its norm columns, of which the log says what they are."""
    return norms_of(evidence, Targets())


def as_evidence(folder: Path, kind: str, seed: int) -> Evidence:
    """What a student would have handed in of a training, made now if it is not in the folder."""
    file = folder / f"{kind.replace(' ', '_').replace(',', '')}_{seed}.npz"
    if not file.exists():
        np.savez(file, **_trained(kind, seed))
    kept = np.load(file)
    rows = tuple(range(len(kept["loss"])))
    series = (
        Column(
            name="gradient_norm",
            header=f"{scope}_norm_{stage}",
            rows=rows,
            values=tuple(kept[f"{scope}_{stage}"].tolist()),
            scope=scope,
            stage=stage,
        )
        for scope, stage in product(("variable", "global"), ("before", "after"))
    )
    plain = (
        Column(name=name, header=name, rows=rows, values=tuple(kept[name].tolist()))
        for name in ("epoch", "loss", "accuracy")
    )
    accuracy = Accuracy(
        inputs="pixels / 255", tried=(("pixels / 255", 0.5),), value=float(kept["test"]), images=10_000
    )
    evidence = Evidence(files=(), declaration=Declaration())
    own = Log(form="csv", rows=len(rows), columns=(*plain, *series))
    return evidence.having("log", own).having("accuracy", accuracy)


def _trained(kind: str, seed: int) -> dict[str, Any]:
    """The steps of a training by the grader's own loop, and its accuracy on the test images."""
    from grader.datasets import load_dataset
    from grader.measure.training.examples import Arrays
    from grader.measure.training.loop import use_one_thread
    from grader.measure.training.session import rerun

    use_one_thread()
    network, steps, optimizer = KINDS[kind]
    images = load_dataset("fashion_mnist")
    plan = Plan(rerun=RerunPlan(optimizer=optimizer, steps=steps, seed=seed))
    arrays = Arrays(plan.data, images.x_train, images.y_train, images.x_test)
    done = rerun(plan, _architecture(network), arrays)
    sys.stderr.write(f"trained {kind}, seed {seed}\n")
    return {
        "loss": done.loss,
        "accuracy": done.accuracy,
        "epoch": np.arange(steps) * done.batch_size // len(images.x_train),
        "test": np.mean(np.array(done.classes) == images.y_test),
        **dict(done.norms),
    }


@cache
def _architecture(network: str) -> Architecture:
    """The homework's MLP, or a recurrent network that reads an image row by row."""
    import keras

    hidden = {
        "mlp": [keras.layers.Flatten(), *(keras.layers.Dense(units, "relu") for units in (300, 100))],
        "rnn": [keras.layers.SimpleRNN(64)],
    }[network]
    model = keras.Sequential([keras.Input((28, 28)), *hidden, keras.layers.Dense(10, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    with TemporaryDirectory() as folder:
        file = Path(folder, "model.keras")
        model.save(file)
        clean = read_model(file.name, file.read_bytes())
    parameters = clean.facts.parameters
    return Architecture(
        network=clean.architecture, parameters=parameters, inputs="pixels / 255", probabilities=True
    )


if __name__ == "__main__":
    sys.exit(main())

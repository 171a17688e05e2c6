"""How far honest logs are from their replay, and those of other seeds: ten minutes on one core.

    python tests/corpus/replay_runs.py

Each network is trained by `fit` for 20 steps as a student would, with four seeds, and once with XLA, and made
again by the grader from the model file. The numbers are the median relative difference of 20 steps as a share
of how much neighbouring steps differ.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

from grader.analysis.norms.infer import infer_columns
from grader.analysis.reference.references import References
from grader.analysis.reference.replay import replayed
from grader.analysis.targets import Targets
from grader.datasets import load_dataset
from grader.evidence import Declaration
from grader.evidence.log import Log
from grader.evidence.training import Replay
from grader.measure.log.read import read as read_log
from grader.measure.model.read import read as read_model
from grader.measure.training.examples import replayed_order
from grader.measure.training.session import Session
from grader.rubric import Plan, ReplayPlan, RerunPlan
from grader.student import NormLogger

STEPS, SEEDS, SIZES = 20, (1, 2, 3, 4), (16, 32, 128)
L = keras.layers
NETWORKS: dict[str, Callable[[], list[Any]]] = {
    "MLP": lambda: [L.Flatten(), L.Dense(300, "relu"), L.Dense(100, "relu")],
    "dropout": lambda: [L.Flatten(), L.Dense(300, "relu"), L.Dropout(0.3), L.Dense(100, "relu")],
    "batch normalisation": lambda: [L.Flatten(), L.Dense(300), L.BatchNormalization(), L.Activation("relu")],
    "layer normalisation": lambda: [L.Flatten(), L.Dense(300, "gelu"), L.LayerNormalization()],
    "convolution": lambda: [
        *(L.Reshape((28, 28, 1)), L.Conv2D(16, 3, strides=2, activation="relu")),
        *(L.MaxPooling2D(), L.Flatten()),
    ],
    "LSTM": lambda: [L.LSTM(32)],
}


@dataclass(frozen=True)
class Made:
    """A student's log, and the replay of what it was made with."""

    log: Log
    replay: Replay


def made(network: str, size: int, seed: int, folder: Path, *, xla: bool) -> Made:
    """Train as a student would, and make the steps again."""
    data = load_dataset("fashion_mnist")
    order = replayed_order(len(data.y_train), STEPS, size, seed).ravel()
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([L.Input((28, 28)), *NETWORKS[network](), L.Dense(10, "softmax")])
    model.compile(
        keras.optimizers.Adam(1e-3, clipnorm=1.0),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=xla,
    )
    with tempfile.TemporaryDirectory() as place:
        file, log = Path(place) / "model.keras", Path(place) / "log.csv"
        images = data.x_train[order].astype("float32") / 255
        model.fit(images, data.y_train[order], size, shuffle=False, verbose=0, callbacks=[NormLogger(log)])
        model.save(file)
        clean = read_model(file.name, file.read_bytes(), Declaration(), Plan())
        plan = Plan(replay=ReplayPlan(steps=STEPS), rerun=RerunPlan(batch_size=size))
        session = Session(clean, plan, str(folder))
        # After 20 steps a network may do better on pixels in another scale.
        vars(session)["_scale"] = "pixels / 255"
        replay = session.replay(seed, "", "rubric")
        return Made(read_log(log.name, log.read_bytes(), Declaration(), Plan()), replay)


def shares(log: Log, replay: Replay, part: str = "") -> list[float]:
    """How far each column is from its replay, as a share of how much neighbouring steps differ in it."""
    columns = infer_columns(log, References(Targets(cap=1.0))).columns
    every = [one for one in replayed(log, columns, replay) if one.tells and part in one.column.header]
    return [one.apart / one.usual for one in every]


def lines(folder: Path) -> Iterator[str]:
    """A line for each network and batch size: the largest share of the honest, and the least of others."""
    data = load_dataset("fashion_mnist")
    for name in ("x_train", "y_train", "x_test"):
        np.save(folder / f"{name}.npy", getattr(data, name))
    yield f"{'network':20}{'batch':>6}{'honest':>10}{'XLA':>10}{'others, loss':>14}{'norms':>8}{'all':>8}"
    for network in NETWORKS:
        for size in SIZES:
            keras.backend.clear_session()
            every = [made(network, size, seed, folder, xla=False) for seed in SEEDS]
            compiled = made(network, size, SEEDS[0], folder, xla=True)
            honest = max(share for one in every for share in shares(one.log, one.replay))
            xla = max(shares(compiled.log, compiled.replay))
            pairs = [(one.log, other.replay) for one in every for other in every if other is not one]
            loss, norms, both = (
                min(max(shares(*pair, part)) for pair in pairs) for part in ("loss", "norm", "")
            )
            yield f"{network:20}{size:6}{honest:10.6f}{xla:10.6f}{loss:14.3f}{norms:8.3f}{both:8.3f}"


if __name__ == "__main__":
    # A clean copy is written into the current folder.
    with tempfile.TemporaryDirectory() as place, contextlib.chdir(place):
        for line in lines(Path(place)):
            print(line, flush=True)  # noqa: T201  (its output)

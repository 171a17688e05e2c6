"""A starter notebook that trains, logs, plots and saves as a rubric asks for it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from grader.checks import Check
from grader.checks.figure_is_there import FigureIsThere
from grader.checks.log_is_complete import LogIsComplete
from grader.checks.optimizer_is import OptimizerIs
from grader.datasets import SHIPPED, Dataset
from grader.messages.languages import ENGLISH, translated
from grader.messages.message import Message, joined, say
from grader.messages.wording import listed, quoted
from grader.rubric import VALIDATION, Rubric, images_to_train_on

Kind = TypeVar("Kind", bound=Check)

IMAGES = "training_images.npz"
# The folder that the notebook makes, and the student hands in.
SUBMISSION = "submission"
# The homework's network, where a rubric asks for no other one.
_HIDDEN_LAYERS = (300, 100)
_EPOCHS = 5

_BEGIN = say(
    "Put `norm_logger.py` beside this notebook; in Colab, upload it with the folder at the left. "
    "Nothing else is to be installed: your Keras stays as it is, and it must be Keras 3."
)
_DATA = say("The images: those to train on, and one in {share} to validate on.", share=VALIDATION)
_SEED = say(
    "The seed, from which your weights start, and the order in which your images come. Leave this cell as it "
    "is: the grader makes your first steps again, and compares them with your log."
)
_NETWORK = say("The network")
_TRAINING = say(
    "The training. `NormLogger` writes one row for each step, with the gradient norms before and after "
    "clipping; `save` keeps the model with its optimizer."
)
_PLOT = say("The gradient norm of every step")


def starter(rubric: Rubric, data: Dataset, student: str = "") -> str:
    """The notebook as JSON, nbformat 4.5, in the rubric's language, for the student with an id.

    The id decides the seed, where the rubric asks for one of each student.
    """
    language = rubric.language or ENGLISH
    cells = [
        _cell(number, kind, translated(source, language))
        for number, (kind, source) in enumerate(_cells(rubric, data, student))
    ]
    content = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _cell(number: int, kind: str, source: str) -> Mapping[str, Any]:
    more: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    lines = source.strip("\n").splitlines(keepends=True)
    return {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, **more, "source": lines}


def _cells(rubric: Rubric, data: Dataset, student: str) -> Iterator[tuple[str, Message | str]]:
    model, log, figure = files_of(rubric)
    yield "markdown", joined("\n\n", (f"# {rubric.title}", _BEGIN))
    yield "code", _IMPORTS
    yield "markdown", _DATA
    yield "code", _images(data)
    if rubric.plan.replay:
        yield "markdown", _SEED
        yield "code", _order(rubric, data, student)
    yield "markdown", _NETWORK
    yield "code", _network(rubric, data)
    yield "markdown", _TRAINING
    yield "code", _training(rubric, model, log)
    yield "markdown", _PLOT
    yield "code", _plot(rubric, log, figure)
    yield "markdown", _hand_in(rubric)


def _hand_in(rubric: Rubric) -> Message:
    return say(
        "Hand in the folder `{folder}`, with {files}. `HOW_TO_CHECK.md` says how you check it before.",
        folder=SUBMISSION,
        files=listed([quoted(name) for name in handed_in(rubric)]),
    )


def files_of(rubric: Rubric) -> tuple[str, str, str]:
    """The names that the rubric prefers for the model, the log and the figure."""
    return (
        _file(rubric, "model", "model.keras"),
        _file(rubric, "log", "training_log.csv"),
        _file(rubric, "figure", "norms.png"),
    )


def handed_in(rubric: Rubric) -> tuple[str, ...]:
    """The names of the files that are handed in; a figure only where the rubric looks for one."""
    model, log, figure = files_of(rubric)
    draws = dict(rubric.plan.files).get("figure") or _checks(rubric, FigureIsThere)
    return (model, log, figure) if draws else (model, log)


def _file(rubric: Rubric, part: str, usual: str) -> str:
    patterns: tuple[str, ...] = getattr(rubric.plan.files, part)
    written = usual.rpartition(".")[2]
    whole = [one for one in patterns if not set(one) & set("*?[") and one.endswith(f".{written}")]
    return next(iter(whole), usual)


def _checks(rubric: Rubric, kind: type[Kind]) -> tuple[Kind, ...]:
    return tuple(item.check for item in rubric.items if isinstance(item.check, kind))


_IMPORTS = f"""
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np

from norm_logger import NormLogger

folder = Path("{SUBMISSION}")
folder.mkdir(exist_ok=True)
"""


def _images(data: Dataset) -> str:
    if data.name in SHIPPED:
        load = f"(images, classes), _ = keras.datasets.{data.name}.load_data()"
    else:
        load = f'data = np.load("{IMAGES}")\nimages, classes = data["images"], data["classes"]'
    scale = " / 255" if float(data.x_train.max()) > 1 else ""
    return f"""
{load}
images = images.astype("float32"){scale}
held_out = len(images) // {VALIDATION}
x_train, x_valid = images[:-held_out], images[-held_out:]
y_train, y_valid = classes[:-held_out], classes[-held_out:]
"""


def _order(rubric: Rubric, data: Dataset, student: str) -> str:
    """The student's seed and the order of the images, which `training.images.replayed_order` makes again."""
    plan = rubric.plan
    if plan.replay is None:
        return ""
    known = images_to_train_on(len(data.y_train))
    declared = f"id: {json.dumps(student, ensure_ascii=False)}\n"
    return f"""
SEED = {plan.replay.seed_of(plan.course_key, student)}
first = np.random.PCG64(SEED).random_raw({known}).argsort()[:{plan.replay.steps * plan.rerun.batch_size}]
rest = np.setdiff1d(np.arange(len(x_train)), first)
order = np.concatenate([first, np.random.default_rng(SEED).permutation(rest)])
x_train, y_train = x_train[order], y_train[order]
""" + (f'(folder / "submission.yaml").write_text({declared!r}, encoding="utf-8")\n' if student else "")


def _network(rubric: Rubric, data: Dataset) -> str:
    hidden = "\n".join(
        f'            keras.layers.Dense({units}, activation="relu"),'
        for units in rubric.targets.hidden_layers or _HIDDEN_LAYERS
    )
    return f"""
def network():
    return keras.Sequential(
        [
            keras.layers.Input({data.x_train.shape[1:]}),
            keras.layers.Flatten(),
{hidden}
            keras.layers.Dense({data.classes}, activation="softmax"),
        ]
    )
"""


def _training(rubric: Rubric, model: str, log: str) -> str:
    epochs = max([_EPOCHS, *(check.at_least_epochs for check in _checks(rubric, LogIsComplete))])
    seeded = rubric.plan.replay is not None
    begin = "keras.utils.set_random_seed(SEED)\n" if seeded else ""
    # XLA draws other random numbers.
    compiled = "    jit_compile=False,\n" if seeded else ""
    ordered = "    shuffle=False,\n" if seeded else ""
    size = rubric.plan.rerun.batch_size
    settings = f", seed=SEED, batch_size={size}" if seeded else ""
    return f"""
{begin}model = network()
model.compile(
    optimizer=keras.optimizers.{_optimizer(rubric)},
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
{compiled})
model.fit(
    x_train,
    y_train,
    batch_size={size},
    epochs={epochs},
{ordered}    validation_data=(x_valid, y_valid),
    callbacks=[NormLogger(folder / "{log}"{settings})],
)
model.save(folder / "{model}")
"""


def _optimizer(rubric: Rubric) -> str:
    """The optimizer that is asked for, else that of the grader's own training, as it is written in Python."""
    settings = {
        name: value for name, value in rubric.plan.rerun.optimizer.model_dump().items() if value is not None
    }
    for asked in _checks(rubric, OptimizerIs)[:1]:
        if asked.clipnorm:
            settings = {name: value for name, value in settings.items() if "clip" not in name}
        given = asked.model_dump(include={"name", "learning_rate", "clipnorm"}, exclude_none=True)
        settings |= given
    name = settings.pop("name")
    return f"{name}({', '.join(f'{key}={value}' for key, value in settings.items())})"


def _plot(rubric: Rubric, log: str, figure: str) -> str:
    cap = rubric.targets.cap
    line = "" if cap is None else f'plt.axhline({cap}, color="black", linestyle="--")\n'
    return f"""
log = np.genfromtxt(folder / "{log}", delimiter=",", names=True)
for column in ("variable_norm_before", "variable_norm_after"):
    plt.semilogy(log["step"], log[column], linewidth=0.5, label=column)
{line}plt.xlabel("step")
plt.ylabel("gradient norm")
plt.legend()
plt.savefig(folder / "{figure}", dpi=150)
plt.show()
"""

"""A starter notebook that trains, logs, plots and saves as a rubric asks for it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from grader.analysis.targets import Targets
from grader.datasets import SHIPPED, Dataset
from grader.evidence.optimizers import as_python
from grader.evidence.part import UNNAMED
from grader.evidence.values import Task
from grader.exercises.handed_out import ANSWERS, LOOP, PAGE
from grader.measure.inputs import kind_of
from grader.messages.languages import ENGLISH, translated
from grader.messages.message import EMPTY, Message, joined, say, together
from grader.messages.wording import listed, quoted
from grader.rubric import VALIDATION, Rubric, images_to_train_on

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
_ANY_FRAMEWORK = say(
    "Only logs are graded, so the network may be another one, also in PyTorch or JAX: log each step of your "
    "own loop with `NormLog` of the same file; `help(NormLog)` shows how."
)
_TRAINING = say(
    "The training. `NormLogger` writes one row for each step, with the gradient norms before and after "
    "clipping; `save` keeps the model with its optimizer."
)
_PREDICTIONS = say("Your predictions: an id and what you predict for it in each row.")
_EXERCISES = say(
    "The exercises: `{page}` says what each asks for. Write your own function; only its values are handed "
    "in.",
    page=PAGE,
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
    yield "markdown", joined("\n\n", (f"# {rubric.title}", _BEGIN if trains(rubric) else EMPTY))
    yield "code", _imports(rubric)
    # The seed and the exercises are of an id, so the files say whose they are.
    if student:
        declared = f"id: {json.dumps(student, ensure_ascii=False)}\n"
        yield "code", f'(folder / "submission.yaml").write_text({declared!r}, encoding="utf-8")'
    if trains(rubric):
        yield "markdown", _DATA
        yield "code", _images(data)
        if rubric.plan.replay:
            yield "markdown", _SEED
            yield "code", _order(rubric, data, student)
        yield "markdown", _NETWORK if _needs_model(rubric) else joined("\n\n", (_NETWORK, _ANY_FRAMEWORK))
        yield "code", _network(rubric, data)
        for run in _runs(rubric):
            yield "markdown", joined("\n\n", (_of_run(rubric, run) if run else EMPTY, _TRAINING))
            yield "code", _training(rubric, run)
        yield "markdown", _PLOT
        yield "code", _plot(rubric)
    if rubric.exercises:
        yield "markdown", _EXERCISES
        yield "code", _ANSWERS
    if _asks_for_predictions(rubric):
        yield "markdown", _PREDICTIONS
        yield "code", _predictions(rubric)
    yield "markdown", _hand_in(rubric)


def _of_run(rubric: Rubric, run: str) -> Message:
    if _asked(rubric, run).optimizer or rubric.plan.runs[run].rerun:
        return say("The run {run}", run=quoted(run))
    return say("The run {run}: write the optimizer that the homework asks for", run=quoted(run))


def _hand_in(rubric: Rubric) -> Message:
    folder = say(
        "Hand in the folder `{folder}`, with {files}. `HOW_TO_CHECK.md` says how you check it before.",
        folder=SUBMISSION,
        files=listed([quoted(name) for name in handed_in(rubric)]),
    )
    notebook = say(
        "This notebook is handed in, too: restart it, run all of its cells, save it, and copy it into the "
        "folder."
    )
    return together(folder, notebook if _asks_for_notebook(rubric) else EMPTY)


def _asks_for_notebook(rubric: Rubric) -> bool:
    return bool(dict(rubric.plan.files)["notebook"])


def trains(rubric: Rubric) -> bool:
    """Whether the homework asks for a training, and not only for a student's own functions."""
    return any({"log", "norms", "model"} & item.check.needs().keys() for item in rubric.items)


def _needs_model(rubric: Rubric) -> bool:
    return any(item.check.needs().get("model") for item in rubric.items)


def handed_in(rubric: Rubric) -> tuple[str, ...]:
    """The names of the files that are handed in; a figure only where the rubric looks for one."""
    names = [ANSWERS] if rubric.exercises else []
    if trains(rubric):
        those = [_file(rubric, "log")]
        if _needs_model(rubric):
            those.insert(0, _file(rubric, "model"))
        names += [_inside(run, name) for run in _runs(rubric) for name in those]
    if dict(rubric.plan.files).get("figure") or any("figure" in item.check.needs() for item in rubric.items):
        names.append(_file(rubric, "figure"))
    if _asks_for_predictions(rubric):
        names.append(_file(rubric, "predictions"))
    if _asks_for_notebook(rubric):
        names.append(_file(rubric, "notebook"))
    return tuple(names)


def _asks_for_predictions(rubric: Rubric) -> bool:
    return any("predictions" in item.check.needs() for item in rubric.items)


def _predictions(rubric: Rubric) -> str:
    return f"""
ids, predicted = [], []  # the ids that you were given, and the class or number that you predict for each
rows = [f"{{one}},{{value}}\\n" for one, value in zip(ids, predicted, strict=True)]
(folder / "{_file(rubric, "predictions")}").write_text("id,prediction\\n" + "".join(rows), encoding="utf-8")
"""


def _runs(rubric: Rubric) -> tuple[str, ...]:
    return rubric.runs or (UNNAMED,)


def _inside(run: str, name: str) -> str:
    return f"{run}/{name}" if run else name


def _file(rubric: Rubric, part: str) -> str:
    """The name that the rubric prefers for a part's file, of those of the usual form."""
    usual = {
        "model": "model.keras",
        "log": "training_log.csv",
        "figure": "norms.png",
        "notebook": "starter.ipynb",
        "predictions": "predictions.csv",
    }[part]
    form = usual.rpartition(".")[2]
    patterns: tuple[str, ...] = getattr(rubric.plan.files, part)
    whole = [one for one in patterns if not set(one) & set("*?[") and one.endswith(f".{form}")]
    return next(iter(whole), usual)


def _asked(rubric: Rubric, run: str) -> Targets:
    """What the items of a run ask for, and not what is assumed where they ask for nothing."""
    return Targets.of(item.check.targets() for item in rubric.items if item.run == run)


_ANSWERS = f"""
def your_function(case, arrays):
    return {{}}  # an array for each name that {PAGE} asks for


{LOOP}np.savez(folder / "{ANSWERS}", **answers)
"""


def _imports(rubric: Rubric) -> str:
    keras = "import keras\nimport matplotlib.pyplot as plt\n" if trains(rubric) else ""
    logger = "\nfrom norm_logger import NormLogger\n" if trains(rubric) else ""
    return f"""
from pathlib import Path

{keras}import numpy as np
{logger}
folder = Path("{SUBMISSION}")
folder.mkdir(exist_ok=True)
"""


def _images(data: Dataset) -> str:
    if data.name in SHIPPED:
        load = f"(images, classes), _ = keras.datasets.{data.name}.load_data()"
    else:
        load = f'data = np.load("{IMAGES}")\nimages, classes = data["images"], data["classes"]'
    kind = kind_of(data.x_train)
    scale = " / 255" if kind == "images" and float(data.x_train.max()) > 1 else ""
    standard = "images = (images - images.mean(axis=0)) / images.std(axis=0)\n" if kind == "features" else ""
    return f"""
{load}
images = images.astype("float32"){scale}
{standard}\
held_out = len(images) // {VALIDATION}
x_train, x_valid = images[:-held_out], images[-held_out:]
y_train, y_valid = classes[:-held_out], classes[-held_out:]
"""


def _order(rubric: Rubric, data: Dataset, student: str) -> str:
    """The student's seed and the order of the images, as `training.examples.replayed_order` has them."""
    plan = rubric.plan
    if plan.replay is None:
        return ""
    known = images_to_train_on(len(data.y_train))
    return f"""
SEED = {plan.replay.seed_of(plan.course_key, student)}
first = np.random.PCG64(SEED).random_raw({known}).argsort()[:{plan.replay.steps * plan.rerun.batch_size}]
rest = np.setdiff1d(np.arange(len(x_train)), first)
order = np.concatenate([first, np.random.default_rng(SEED).permutation(rest)])
x_train, y_train = x_train[order], y_train[order]
"""


_LAST: Mapping[Task, str] = {
    "classification": 'Dense({outputs}, activation="softmax")',
    "binary": 'Dense(1, activation="sigmoid")',
    "multilabel": 'Dense({outputs}, activation="sigmoid")',
    "regression": "Dense({outputs})",
}
# The loss, and what `fit` reports of it.
_COMPILED: Mapping[Task, tuple[str, str]] = {
    "classification": ("sparse_categorical_crossentropy", "accuracy"),
    "binary": ("binary_crossentropy", "accuracy"),
    "multilabel": ("binary_crossentropy", "binary_accuracy"),
    "regression": ("mean_squared_error", "mae"),
}


def _first_layer(data: Dataset) -> str:
    """What gives the hidden layers one row for each example."""
    if kind_of(data.x_train) != "tokens":
        return "keras.layers.Flatten()"
    largest = max(int(data.x_train.max()), int(data.x_test.max()))
    return f"keras.layers.Embedding({largest + 1}, 32),\n            keras.layers.GlobalAveragePooling1D()"


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
            {_first_layer(data)},
{hidden}
            keras.layers.{_LAST[rubric.plan.task].format(outputs=data.outputs)},
        ]
    )
"""


def _training(rubric: Rubric, run: str) -> str:
    epochs = max(_EPOCHS, _asked(rubric, run).epochs or 0)
    seeded = rubric.plan.replay is not None
    size = rubric.plan.of(run).rerun.batch_size
    begin = f'(folder / "{run}").mkdir(exist_ok=True)\n' if run else ""
    begin += "keras.utils.set_random_seed(SEED)\n" if seeded else ""
    # XLA draws other random numbers.
    compiled = "    jit_compile=False,\n" if seeded else ""
    ordered = "    shuffle=False,\n" if seeded else ""
    settings = f", seed=SEED, batch_size={size}" if seeded else ""
    loss, metric = _COMPILED[rubric.plan.task]
    return f"""
{begin}model = network()
model.compile(
    optimizer=keras.optimizers.{_optimizer(rubric, run)},
    loss="{loss}",
    metrics=["{metric}"],
{compiled})
model.fit(
    x_train,
    y_train,
    batch_size={size},
    epochs={epochs},
{ordered}    validation_data=(x_valid, y_valid),
    callbacks=[NormLogger(folder / "{_inside(run, _file(rubric, "log"))}"{settings})],
)
model.save(folder / "{_inside(run, _file(rubric, "model"))}")
"""


def _optimizer(rubric: Rubric, run: str) -> str:
    """The optimizer that is asked for, else that of the grader's own training, as it is written in Python."""
    planned = rubric.plan.of(run).rerun.optimizer.model_dump(exclude_none=True)
    asked = _asked(rubric, run)
    settings = dict(asked.optimizer or {})
    # A run about which the rubric says no more clips where its norms have a cap.
    if run and not settings and not rubric.plan.runs[run].rerun:
        settings, planned = {"clipnorm": asked.cap} if asked.cap else {}, _without_clipping(planned)
    if {"clipnorm", *_CLIPPING} & {*settings, *settings.get("settings", {})}:
        planned = _without_clipping(planned)
    if settings.get("name", planned["name"]).casefold() != planned["name"].casefold():
        del planned["settings"]
    return as_python(planned | settings)


_CLIPPING = ("clipvalue", "global_clipnorm")


def _without_clipping(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if "clip" not in name}


def _plot(rubric: Rubric) -> str:
    logs = [_inside(run, _file(rubric, "log")) for run in _runs(rubric)]
    label = 'f"{name} {column}"' if len(logs) > 1 else "column"
    cap = rubric.targets.cap
    line = "" if cap is None else f'plt.axhline({cap}, color="black", linestyle="--")\n'
    return f"""
for name in {json.dumps(logs)}:
    log = np.genfromtxt(folder / name, delimiter=",", names=True)
    for column in ("variable_norm_before", "variable_norm_after"):
        plt.semilogy(log["step"], log[column], linewidth=0.5, label={label})
{line}plt.xlabel("step")
plt.ylabel("gradient norm")
plt.legend()
plt.savefig(folder / "{_file(rubric, "figure")}", dpi=150)
plt.show()
"""

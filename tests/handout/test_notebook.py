"""The starter notebook: what its code does, and that what it makes passes."""

import json
import shutil
from contextlib import chdir
from pathlib import Path

import numpy as np
import pytest
from builders_command_line import invoked
from builders_grading import report_in
from builders_handout import as_keras_keeps_it, cells, run
from builders_notebooks import code, counted, notebook, read_notebook
from builders_rubric import RUBRIC, a_rubric

from grader.checks.notebook_has_no_errors import NotebookHasNoErrors
from grader.checks.notebook_ran_in_order import NotebookRanInOrder
from grader.datasets import Dataset, load_dataset
from grader.handout import STARTER, for_everyone, for_one
from grader.handout.notebook import handed_in, starter
from grader.platforms.packing import Wheel
from grader.rubric import Rubric
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import DEFAULT, find_rubric, shipped_rubrics

HARD = "- hidden_layers: {units: [64]}\n  title: Layers\n  points: 1\n"


@pytest.fixture(scope="module")
def images() -> Dataset:
    """The images that ship."""
    return load_dataset("fashion_mnist")


@pytest.mark.parametrize("file", shipped_rubrics(), ids=lambda file: file.stem)
def test_every_rubric_that_ships_has_one(images: Dataset, file: Path) -> None:
    """Its code is Python, and it asks for what the rubric reads."""
    rubric = load_rubric(file)
    code = "\n".join(cells(starter(rubric, images, "ana"), "code"))
    compile(code, "notebook", "exec")

    assert all(f'"{name}"' in code for name in handed_in(rubric))


@pytest.mark.parametrize("file", shipped_rubrics(), ids=lambda file: file.stem)
def test_once_it_has_run_it_satisfies_the_checks_of_notebooks(images: Dataset, file: Path) -> None:
    """It has no cell without code that a run would leave without a number."""
    written = json.loads(starter(load_rubric(file), images, "ana"))
    found = read_notebook(notebook(*counted(*written["cells"])))

    assert "passed" == NotebookRanInOrder().find(found).status
    assert "passed" == NotebookHasNoErrors().find(found).status


def test_a_notebook_that_is_handed_in(tmp_path: Path, images: Dataset) -> None:
    """Where the rubric asks for the notebook itself, the starter and the page say so."""
    rubric = a_rubric(tmp_path, f"files: {{notebook: ['*.ipynb']}}\n{RUBRIC}")

    assert "starter.ipynb" == handed_in(rubric)[-1]
    assert "copy it into the folder" in cells(starter(rubric, images), "markdown")[-1]
    assert "copy it into the folder" not in cells(starter(a_rubric(tmp_path), images), "markdown")[-1]


def test_the_teachers_own_notebook_is_handed_out(tmp_path: Path, images: Dataset) -> None:
    """It goes to everyone in place of the grader's."""
    (tmp_path / "starter.ipynb").write_bytes(notebook(code("x = 1")))
    rubric = a_rubric(tmp_path, f"starter: starter.ipynb\n{RUBRIC}")
    given = for_everyone(rubric, str(tmp_path / "hw.yaml"), images, Wheel("grader.whl", b""))
    hidden = rubric.model_copy(update={"items": (rubric.items[0].model_copy(update={"show": "teacher"}),)})

    assert notebook(code("x = 1")) == given[STARTER]
    assert {} == for_one(rubric, images)
    assert STARTER in for_everyone(hidden, str(tmp_path / "hw.yaml"), images, Wheel("grader.whl", b""))


@pytest.mark.parametrize("language", ["en", "es", "ko"])
def test_it_is_a_notebook(images: Dataset, language: str) -> None:
    """Of nbformat 4.5, with an id for each cell, in the rubric's language; its code is the same in each."""
    rubric = load_rubric(find_rubric(DEFAULT)).model_copy(update={"language": language})
    written = for_one(rubric, images)[STARTER]
    notebook = json.loads(written)
    ids = [cell["id"] for cell in notebook["cells"]]

    assert (4, 5) == (notebook["nbformat"], notebook["nbformat_minor"])
    assert sorted(set(ids)) == sorted(ids)
    assert cells(starter(rubric.model_copy(update={"language": "en"}), images), "code") == cells(
        str(written), "code"
    )
    assert ("The network" in cells(str(written), "markdown")) == (language == "en")
    compile("\n".join(cells(str(written), "code")), "notebook", "exec")


def test_predictions_alone(tmp_path: Path, images: Dataset) -> None:
    """A cell writes them under the name that the rubric prefers, and they are all that is handed in."""
    (tmp_path / "labels.csv").write_text("id,label\n1,cat\n", encoding="utf-8")
    rubric = a_rubric(
        tmp_path,
        'version: 1\ntitle: T\nlabels: labels.csv\nfiles: {predictions: ["*.csv", mine.csv]}\nitems:\n'
        "- predictions_match: {at_least: 0.5}\n  title: P\n  points: 1\n",
    )
    (begin, write) = cells(starter(rubric, images), "code")
    with chdir(tmp_path):
        exec(begin + "\n" + write.replace("[], []", "[1, 2], ['cat', 'dog']"), {})  # noqa: S102  (our own)

    assert ("mine.csv",) == handed_in(rubric)
    assert "id,prediction\n1,cat\n2,dog\n" == (tmp_path / "submission" / "mine.csv").read_text()


def an_optimizer(asked: str) -> str:
    """An item that asks for an optimizer."""
    return f"- optimizer_is: {{{asked}}}\n  title: Optimizer\n  points: 1\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HARD, "keras.layers.Dense(64, "),
        ("", "keras.layers.Dense(300, "),
        ("", "keras.optimizers.Adam(learning_rate=0.001, clipnorm=1.0)"),
        (
            "- optimizer_is: {name: SGD, learning_rate: 0.1}\n  title: SGD\n  points: 1\n",
            "keras.optimizers.SGD(learning_rate=0.1, clipnorm=1.0)",
        ),
        (
            "- optimizer_is: {name: Adam, clipnorm: 0.5}\n  title: Adam\n  points: 1\n",
            "keras.optimizers.Adam(learning_rate=0.001, clipnorm=0.5)",
        ),
        (
            an_optimizer("name: SGD, learning_rate: 0.5, settings: {momentum: 0.9, clipvalue: 0.5}"),
            "keras.optimizers.SGD(learning_rate=0.5, momentum=0.9, clipvalue=0.5)",
        ),
        (
            an_optimizer("name: Adam, learning_rate: 0.5, schedule: {CosineDecay: {decay_steps: 9}}"),
            "schedules.CosineDecay(initial_learning_rate=0.5, decay_steps=9), clipnorm=1.0)",
        ),
        (
            an_optimizer("name: AdamW") + "rerun: {optimizer: {name: SGD, settings: {momentum: 0.9}}}\n",
            "keras.optimizers.AdamW(learning_rate=0.001)",
        ),
        (
            "- log_is_complete: {at_least_epochs: 12}\n  title: Twelve epochs\n  points: 1\n",
            "epochs=12,",
        ),
        ("files: {model: ['*.h5', mine.keras], log: [norms.csv]}\n", 'folder / "mine.keras"'),
        ("files: {model: ['*.h5', mine.keras], log: [norms.csv]}\n", 'NormLogger(folder / "norms.csv")'),
        ("files: {log: [norms.json]}\n", 'NormLogger(folder / "training_log.csv")'),
        ("replay: {seed: 7}\n", "keras.utils.set_random_seed(SEED)\nmodel = network()"),
        ("replay: {seed: 7}\n", "SEED = 7\nfirst = np.random.PCG64(SEED).random_raw(11000).argsort()[:640]"),
        ("replay: {seed: 7}\n", "    shuffle=False,"),
        ("replay: {seed: 7}\n", "seed=SEED, batch_size=32)]"),
        ("replay: {}\n", "SEED = 707117482"),
        ("replay: {}\n", "submission.yaml"),
        ("rerun: {batch_size: 64, optimizer: {global_clipnorm: 2.0}}\n", "batch_size=64,"),
        ("rerun: {optimizer: {global_clipnorm: 2.0}}\n", "Adam(learning_rate=0.001, global_clipnorm=2.0)"),
    ],
)
def test_its_code_is_what_the_rubric_asks_for(
    tmp_path: Path, images: Dataset, text: str, expected: str
) -> None:
    """Layers, optimizer, epochs, batch size and names of files are the rubric's."""
    items = text.startswith("-")
    rubric = a_rubric(tmp_path, RUBRIC + text if items else text + RUBRIC)

    assert expected in "\n".join(cells(starter(rubric, images, "ana"), "code"))


RUNS = """\
version: 1
title: Two runs
runs:
  unclipped: {}
  clipped: {}
  slow: {rerun: {optimizer: {name: SGD, learning_rate: 0.5}, batch_size: 8}}
items:
- norm_within_cap: {cap: 0.5}
  run: clipped
  title: Within the cap
  points: 1
"""


def test_each_run_has_its_training(tmp_path: Path, images: Dataset) -> None:
    """In a folder of its own, clipped where its norms have a cap, by the rubric's optimizer if it has one."""
    rubric = a_rubric(tmp_path, RUNS)
    code = cells(starter(rubric, images), "code")
    trainings = [cell for cell in code if "model.fit" in cell]

    assert 3 == len(trainings)
    for cell, name, optimizer, size in zip(
        trainings,
        ("unclipped", "clipped", "slow"),
        ("Adam(learning_rate=0.001)", "Adam(learning_rate=0.001, clipnorm=0.5)", "SGD(learning_rate=0.5)"),
        (32, 32, 8),
        strict=True,
    ):
        assert f'NormLogger(folder / "{name}/training_log.csv")' in cell
        assert f"optimizer=keras.optimizers.{optimizer}," in cell
        assert f"batch_size={size}," in cell
    assert '["unclipped/training_log.csv", "clipped/training_log.csv", "slow/training_log.csv"]' in code[-1]
    assert "`NormLog`" in "".join(cells(starter(rubric, images), "markdown"))
    assert ["unclipped", "clipped", "slow"] == [name.partition("/")[0] for name in handed_in(rubric)]
    compile("\n".join(code), "notebook", "exec")


def test_exercises_are_given_and_answered(tmp_path: Path, images: Dataset) -> None:
    """A rubric of exercises alone trains nothing: there are the student's numbers, and a loop over them."""
    rubric = a_rubric(
        tmp_path,
        "version: 1\ntitle: By hand\nexercises: {by_hand: {clip_by_value: {}}}\n"
        "items:\n- answers_match: {exercise: by_hand}\n  title: By hand\n  points: 1\n",
    )
    given = for_one(rubric, images, "ana")
    code = cells(str(given[STARTER]), "code")
    (tmp_path / "exercise.npz").write_bytes(bytes(given["exercise.npz"]))
    (tmp_path / "submission").mkdir()
    program = code[-1].replace("return {}", "return {'answer': arrays[min(arrays)]}")
    with chdir(tmp_path):
        place = {"np": np, "folder": Path("submission")}
        exec(program, place)  # noqa: S102  (our own notebook)
        place["given"].close()

    assert not {"keras", "model.fit", "norm_logger"} & {
        word for word in ("keras", "model.fit", "norm_logger") if word in "".join(code)
    }
    assert ("answers.npz",) == handed_in(rubric)
    assert "by_hand" in str(given["exercise.md"])
    with np.load(tmp_path / "submission" / "answers.npz") as answers:
        assert len(answers.files) > 3
    assert given["exercise.npz"] != for_one(rubric, images, "bruno")["exercise.npz"]


def with_a_replay(rubric: str) -> str:
    """The homework's rubric for one fifth of its images, which make a worse model, with a seed for each."""
    return (
        rubric.replace("at_least: 0.87", "at_least: 0.6").replace(
            "training_images: 60000", "training_images: 12000"
        )
        + "  - log_fits_replay: {within: 0.25}\n    title: The log is of your own training\n    points: 1\n"
        "    not_checked: fails\n"
        "course_key: test\nreplay: {steps: 20, seed: per_student}\n"
    )


def test_what_it_makes_passes(tmp_path: Path, images: Dataset) -> None:
    """Run on the images that ship, it makes a submission that passes the homework's rubric.

    Less accuracy is asked for, because the official images are five times as many. The first steps are made
    again from the student's seed; the same files in the name of another student do not pass.
    """
    file, made = tmp_path / "homework.yaml", tmp_path / "submission"
    file.write_text(with_a_replay(find_rubric(DEFAULT).read_text(encoding="utf-8")), encoding="utf-8")
    as_keras_keeps_it(tmp_path, images)
    # One epoch shows it as well as five do.
    run(tmp_path, starter(load_rubric(file), images, "ana").replace("epochs=5", "epochs=1"))
    shutil.copytree(made, tmp_path / "class" / "ana")
    shutil.copytree(made, tmp_path / "class" / "bruno")
    (tmp_path / "class" / "bruno" / "submission.yaml").write_text("id: bruno\n")
    graded = tmp_path / "graded"
    invoked("grade", tmp_path / "class", "--rubric", file, "--out", graded, "--no-pages", "--lang", "en")
    own, taken = (report_in(graded, name).items[-1] for name in ("ana", "bruno"))

    assert ["model.keras", "norms.png", "submission.yaml", "training_log.csv"] == sorted(
        path.name for path in made.iterdir()
    )
    # A copy is found, so a person decides about both; what each earned is known.
    assert {"passed"} == {item.status for item in report_in(graded, "ana").items}
    assert "The log begins as a training with the seed" in str(own.message)
    assert "failed" == taken.status
    assert "asked for is a training with the seed" in str(taken.message)


def test_images_of_a_teachers_own(tmp_path: Path) -> None:
    """They come as a file without the test images, and scaled images are not scaled again."""
    random = np.random.default_rng(1)
    file = tmp_path / "own.npz"
    pixels, labels = random.random((120, 4, 5), np.float32), random.integers(0, 3, 120)
    np.savez(file, x_train=pixels, y_train=labels, x_test=pixels[:9], y_test=labels[:9])
    rubric: Rubric = a_rubric(tmp_path, f"data: own.npz\n{RUBRIC}")
    code = "\n".join(cells(starter(rubric, load_dataset(str(file))), "code"))

    assert 'np.load("training_images.npz")' in code
    assert "/ 255" not in code
    assert "keras.layers.Input((4, 5))" in code
    assert "keras.layers.Dense(3, " in code


def test_its_first_batches_are_those_of_the_grader(tmp_path: Path, images: Dataset) -> None:
    """The cell that orders the images begins as the grader's replay, and has each image once."""
    from grader.measure.training.examples import replayed_order

    rubric = a_rubric(tmp_path, f"replay: {{steps: 9}}\nrerun: {{batch_size: 50}}\n{RUBRIC}")
    cell = next(one for one in cells(starter(rubric, images, "ana"), "code") if "SEED =" in one)
    place = {"np": np, "folder": tmp_path, "x_train": np.arange(55_000), "y_train": np.arange(55_000)}
    exec(cell, place)  # noqa: S102  (our own notebook)
    found = place["x_train"]

    assert rubric.plan.replay is not None
    expected = replayed_order(12_000, 9, 50, rubric.plan.replay.seed_of("", "ana"))
    assert expected.ravel().tolist() == found[:450].tolist()
    assert list(range(55_000)) == sorted(found)


@pytest.mark.parametrize(
    ("task", "x", "y", "lines"),
    [
        (
            "regression",
            np.array([[1.5, 30.0]] * 24),
            np.zeros((24, 1)),
            ("images.mean(axis=0)", "Dense(1),", 'loss="mean_squared_error"', 'metrics=["mae"]'),
        ),
        (
            "binary",
            np.arange(240).reshape(24, 10),
            np.arange(24) % 2,
            ("Embedding(240, 32)", 'Dense(1, activation="sigmoid")', 'loss="binary_crossentropy"'),
        ),
        (
            "multilabel",
            np.full((24, 4, 4), 200, np.uint8),
            np.zeros((24, 3), np.uint8),
            ("/ 255", 'Dense(3, activation="sigmoid")', 'metrics=["binary_accuracy"]'),
        ),
    ],
)
def test_the_network_fits_the_task(
    tmp_path: Path, task: str, x: np.ndarray, y: np.ndarray, lines: tuple[str, ...]
) -> None:
    """Tables are standardised, tokens looked up, and the last layer and the loss are those of the task."""
    rubric = a_rubric(tmp_path, f"task: {task}\n{RUBRIC}")
    code = "\n".join(cells(starter(rubric, Dataset("own.npz", "", x, y, x, y)), "code"))
    compile(code, "notebook", "exec")

    assert [] == [line for line in lines if line not in code]

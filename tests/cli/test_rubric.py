"""`grader rubric`: what a writer of rubrics types."""

import json
from pathlib import Path
from typing import Any

import builders_training
import keras
import numpy as np
import pytest
from builders_command_line import in_terminal, invoked
from builders_rubric import RUBRIC, a_file

from grader.cli.rubric import calibrate, lint
from grader.errors import GraderError, RubricError, UsageError
from grader.measure.calibrate import INPUTS
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import shipped_rubrics

LAYERS = "- hidden_layers: {units: [16]}\n  title: Layers\n  points: 1\n"
STUDENTS_HAVE_MORE = "- log_fits_model: {training_images: 600}\n  title: Ends\n  points: 1\n"
SMALL = """\
data: small.npz
rerun: {batch_size: 16, steps: 10, optimizer: {clipnorm: 1.0}}
probe: {batches: 5}
"""


def test_a_new_rubric_is_a_copy_that_lints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`rubric new` writes the homework's rubric with its comments, and does not overwrite it."""
    monkeypatch.chdir(tmp_path)
    first = invoked("rubric", "new")
    text = (tmp_path / "rubric.yaml").read_text(encoding="utf-8")
    again = invoked("rubric", "new")
    lint = invoked("rubric", "lint", "rubric.yaml")

    assert 0 == first.exit_code
    assert text.startswith("# Homework: gradient clipping")
    assert 2 == again.exit_code
    assert "`rubric.yaml` exists already. It was not changed." == again.stderr.splitlines()[0]
    assert "rubric.yaml has no mistakes: 14 items, 10 points, 10 needed to pass." in lint.stdout


def test_the_rubrics_that_ship_are_listed_and_copied(tmp_path: Path) -> None:
    """`rubric list` has a line for each, and `rubric new --from` starts from any of them."""
    listed = invoked("rubric", "list").stdout.splitlines()
    shipped = shipped_rubrics()
    copies = [tmp_path / file.name for file in shipped]
    codes = [invoked("rubric", "new", copy, "--from", copy.stem).exit_code for copy in copies]

    assert [(file.stem, load_rubric(file).title) for file in shipped] == [
        (line.split()[0], " ".join(line.split()[1:])) for line in listed
    ]
    assert {0} == set(codes)
    assert [file.read_bytes() for file in shipped] == [copy.read_bytes() for copy in copies]


def test_the_schema_is_json() -> None:
    """`rubric schema` prints what an editor reads."""
    schema = json.loads(invoked("rubric", "schema").stdout)

    assert "https://json-schema.org/draft/2020-12/schema" == schema["$schema"]


def test_the_data_of_a_rubric_are_read(tmp_path: Path) -> None:
    """What `grade` would refuse is found here."""
    rubric = a_file(tmp_path, f"data: own.npz\n{RUBRIC}")
    np.savez(tmp_path / "own.npz", x=np.zeros(3))

    with pytest.raises(RubricError, match=r"own\.npz` must hold the arrays `x_train`"):
        lint(str(rubric))


def test_the_teacher_reads_what_the_data_are_taken_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Shapes, counts, and how the inputs will be given."""
    table = np.array([[1.5, 30.0, -2.0]] * 4)
    np.savez(
        tmp_path / "own.npz", x_train=table, y_train=table[:, :1], x_test=table[:2], y_test=table[:2, :1]
    )

    lint(str(a_file(tmp_path, f"data: own.npz\ntask: regression\n{RUBRIC}")))

    told = " ".join(capsys.readouterr().out.split())
    assert "`own.npz` has 4 training and 2 test examples of shape (3,) and type float64 (features)" in told
    assert "They are given as `raw values` or `standardised features`." in told


def test_a_calibration_is_of_images(tmp_path: Path) -> None:
    """Of a table nothing is measured, and the sentence says what that means."""
    table = np.array([[1.5, 30.0, -2.0]] * 4)
    np.savez(tmp_path / "own.npz", x_train=table, y_train=[0, 1, 0, 1], x_test=table, y_test=[0, 1, 1, 1])

    with pytest.raises(UsageError, match="A calibration is of classifiers of images"):
        calibrate(str(a_file(tmp_path, f"data: own.npz\n{RUBRIC}")))


def test_warnings_are_shown_and_do_no_harm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rubric with a warning is still a rubric without a mistake."""
    lint(str(a_file(tmp_path, "pass_at: 0\n" + RUBRIC.replace("points: 2", "points: 1"))))

    text = capsys.readouterr().out
    assert "Warning: `pass_at` is 0, so every submission passes." in text
    assert "has no mistakes: 1 item, 1 point, 0 needed to pass." in text


@pytest.mark.parametrize(
    ("images", "given", "measured"), [("", False, 120), ("", True, 600), (STUDENTS_HAVE_MORE, False, 0)]
)
def test_a_calibration_is_made_and_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], images: str, given: bool, measured: int
) -> None:
    """It has the runs that were asked for, lies beside the rubric, and holds for its plan.

    How accurate honest models become is measured on as many images as students have.
    """
    dataset = builders_training.a_dataset()
    arrays = {name: getattr(dataset, name) for name in ("x_train", "y_train", "x_test", "y_test")}
    np.savez(tmp_path / "small.npz", **{name: array[:120] for name, array in arrays.items()})
    np.savez(tmp_path / "whole.npz", **arrays)
    rubric = a_file(tmp_path, RUBRIC + LAYERS + images + SMALL)

    calibrate(str(rubric), 2, tmp_path / "whole.npz" if given else None)

    calibration = load_rubric(rubric).calibration
    assert calibration
    assert (2, (16,)) == (calibration.runs, calibration.hidden_layers)
    assert [(inputs, 16) for inputs in INPUTS] == [
        (size.inputs, size.batch_size) for size in calibration.sizes
    ]
    written = tmp_path / f"{rubric.stem}.calibration.json"
    trained, first, second = capsys.readouterr().out.splitlines()
    assert "Training the MLP 16 4 times on 120 images." == trained
    assert f"Written: {written}, from 4 trainings at the batch sizes 16." == first
    honest = calibration.accuracies
    if measured:
        assert honest
        assert (measured, 20, 120) == (honest.training_images, honest.epochs, honest.test_images)
        assert 0.5 < honest.mean <= honest.highest
        assert second.startswith(
            f"2 trainings on {measured} images reach {honest.mean:.4f} on the test images"
        )
    else:
        assert honest is None
        assert second.endswith(
            "students train on more images than these 120. Give all of them with `--train-on`."
        )


def a_small_class(tmp_path: Path, model: keras.Model | None, **compiled: Any) -> Path:
    """A rubric without hidden layers, its data, and a submission with this model."""
    dataset = builders_training.a_dataset()
    arrays = {name: getattr(dataset, name) for name in ("x_train", "y_train", "x_test", "y_test")}
    np.savez(tmp_path / "small.npz", **{name: array[:60] for name, array in arrays.items()})
    (tmp_path / "ana").mkdir()
    if model:
        model.compile(**{"optimizer": "adam", "loss": "sparse_categorical_crossentropy", **compiled})
        model.save(tmp_path / "ana" / "model.keras")
    return a_file(tmp_path, RUBRIC + SMALL)


def a_normalised_network() -> keras.Model:
    layers = keras.layers
    hidden = (layers.Flatten(), layers.Dense(4), layers.BatchNormalization())
    return keras.Sequential([keras.Input((6, 6)), *hidden, layers.Dense(3, activation="softmax")])


def test_the_network_of_an_example_is_calibrated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is read as a student's is, and the calibration covers its kind."""
    rubric = a_small_class(tmp_path, a_normalised_network(), loss="mse")

    calibrate(str(rubric), 2, like=tmp_path / "ana")

    calibration = load_rubric(rubric).calibration
    assert calibration
    assert (("BatchNormalization",), (4,), "other mse", None) == (
        calibration.other_layers,
        calibration.hidden_layers,
        calibration.loss,
        calibration.accuracies,
    )
    trained, _ = capsys.readouterr().out.splitlines()
    assert trained.startswith("Training the example's network of ")
    times = 2 * len(calibration.sizes)
    assert trained.endswith(
        f" (layers: Flatten, Dense, BatchNormalization) and the loss `mse` {times} times on 60 images."
    )


@pytest.mark.parametrize(
    ("compiled", "told"),
    [
        ({"optimizer": keras.optimizers.Adam(use_ema=True)}, "averages"),
        ({"loss": keras.losses.Huber()}, "the loss `huber`"),
        (None, "The submission has no files"),
    ],
    ids=["averages", "loss", "no model"],
)
def test_an_example_that_cannot_be_trained_is_refused(
    tmp_path: Path, compiled: dict[str, Any] | None, told: str
) -> None:
    """Before anything is trained, with the reason."""
    model = None if compiled is None else a_normalised_network()
    rubric = a_small_class(tmp_path, model, **compiled or {})

    with pytest.raises(UsageError) as refused:
        calibrate(str(rubric), 2, like=tmp_path / "ana")
    assert told in str(refused.value.message)


def test_a_rubric_without_hidden_layers_says_what_it_trains(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The homework's network, and that others are not covered."""
    calibrate(str(a_small_class(tmp_path, None)), 2)

    note, trained, *_ = capsys.readouterr().out.splitlines()
    assert "`--like SUBMISSION` trains the network of a submission." in note
    assert "Training the MLP 300-100 4 times on 60 images." == trained


@pytest.mark.parametrize(("text", "error"), [(None, UsageError), (RUBRIC + "seed: 1\n", RubricError)])
def test_nothing_is_trained_for_a_rubric_that_cannot_be_used(
    tmp_path: Path, text: str | None, error: type[GraderError]
) -> None:
    """It is not there, or has a mistake."""
    with pytest.raises(error):
        calibrate(str(a_file(tmp_path, text) if text else tmp_path / "missing.yaml"), 2)


def test_nothing_is_trained_for_a_run_that_the_rubric_has_not(tmp_path: Path) -> None:
    """Its runs are named."""
    text = RUBRIC + "  run: clipped\nruns: {clipped: {}}\n"

    with pytest.raises(UsageError) as refused:
        calibrate(str(a_file(tmp_path, text)), 2, run="clip")

    assert "`clipped`" in refused.value.hint


def test_an_interrupt_speaks_of_no_grading(tmp_path: Path) -> None:
    """Nothing is written, and nothing of the bar is left."""
    rubric = a_file(tmp_path, RUBRIC)
    code, printed = in_terminal("rubric", "calibrate", rubric, interrupt_at="/96")

    assert 130 == code
    assert printed.endswith("Interrupted. No calibration was written: it needs all of its trainings.\n")
    assert "graded" not in printed
    assert [rubric] == list(tmp_path.iterdir())

"""Model files that would run something while Keras loads them: refused, and nothing has run."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import builders_hostile as hostile
import keras
import pytest
from builders_models import a_dense, a_functional, a_layer, a_sequential, a_tensor, an_input, called

from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.measure.log.read import read_log
from grader.measure.model.allowlist import REFUSED
from grader.measure.model.read import read_model
from grader.measure.model.reading import OWN_LAYERS, SAVE_AGAIN

A_FUNCTION_IN_A_CALL = (
    "The layer `switch` of `model{suffix}` is a `Switch` of `keras.src.ops.core`, "
    "which is not among the layers that are loaded here."
)
FORMS = pytest.mark.parametrize("suffix", [".keras", ".h5"])


@pytest.fixture(autouse=True)
def _nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After each test there is no marker, and Keras is as it was."""
    monkeypatch.chdir(tmp_path)
    before = keras.config.epsilon()
    yield
    assert not (tmp_path / "marker").exists()
    assert before == keras.config.epsilon()


def refusal(content: bytes, suffix: str = ".keras") -> SubmissionError:
    with pytest.raises(SubmissionError) as caught:
        read_model(f"model{suffix}", content)
    return caught.value


@pytest.mark.hostile_row(1, 2)
@FORMS
def test_a_lambda_that_keras_saved(tmp_path: Path, suffix: str) -> None:
    """Its code is not even decoded."""
    content = hostile.a_saved_lambda(tmp_path, suffix)
    (tmp_path / "marker").unlink(missing_ok=True)
    what, hint = REFUSED["Lambda"]

    error = refusal(content, suffix)

    assert f"The layer `lambda` of `model{suffix}` is a `Lambda`, {what}." == str(error.message)
    assert str(hint) == str(error.hint)


@pytest.mark.hostile_row(3)
@FORMS
def test_a_lambda_around_a_function_of_keras(suffix: str) -> None:
    """Keras' safe mode lets it pass, and calls the function."""
    error = refusal(hostile.as_file(hostile.a_lambda_of_keras(), suffix), suffix)

    assert f"The layer `lambda` of `model{suffix}` is a `Lambda`, {REFUSED['Lambda'][0]}." == str(
        error.message
    )


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(hostile.SET_EPSILON, marks=pytest.mark.hostile_row(4)),
        pytest.param(
            (
                0,
                [hostile.function("keras.ops.while_loop")],
                *map(hostile.function, ("keras.ops.isfinite", "keras.ops.abs")),
                1.0,
            ),
            marks=pytest.mark.hostile_row(6),
        ),
        pytest.param(
            (0, [hostile.function("keras.datasets.mnist.load_data")], "mnist.npz"),
            marks=pytest.mark.hostile_row(7),
        ),
    ],
    ids=["epsilon", "loop", "download"],
)
@pytest.mark.hostile_row(8)
@FORMS
def test_a_call_that_leads_nowhere(arguments: Any, suffix: str) -> None:
    """Keras calls it while it loads the file, in both forms."""
    error = refusal(hostile.as_file(hostile.a_dead_call(*arguments), suffix), suffix)

    assert A_FUNCTION_IN_A_CALL.format(suffix=suffix) == str(error.message)
    assert str(OWN_LAYERS) == str(error.hint)


@pytest.mark.hostile_row(5)
def test_a_call_that_loads_a_saved_model(tmp_path: Path) -> None:
    """It would write a file, by an operation of the SavedModel's graph."""
    saved = hostile.a_saved_model(tmp_path / "saved", tmp_path / "marker")
    call = hostile.a_dead_call(0, [hostile.function("keras.layers.TFSMLayer")], str(saved))

    assert A_FUNCTION_IN_A_CALL.format(suffix=".keras") == str(
        refusal(hostile.as_file(call, ".keras")).message
    )


@pytest.mark.hostile_row(4)
@pytest.mark.parametrize(
    "kind", ["Map", "Cond", "Scan", "AssociativeScan", "WhileLoop", "ForiLoop", "VectorizedMap"]
)
def test_other_operations_that_call_functions(kind: str) -> None:
    """None of those that take a function is in the table."""
    network = hostile.an_op_dead_call(kind, f=hostile.function("keras.config.set_epsilon"), xs=0.125)

    assert (
        f"The layer `op` of `model.keras` is a `{kind}` of `keras.src.ops.core`, "
        "which is not among the layers that are loaded here."
    ) == str(refusal(hostile.as_file(network, ".keras")).message)


@pytest.mark.hostile_row(4)
def test_a_function_in_the_call_of_an_allowed_layer() -> None:
    """What is allowed may only be called with tensors and plain values."""
    call = called(a_dense(2), a_tensor("input", 0, 3), mask=hostile.function("keras.config.set_epsilon"))

    assert (
        "The layer `dense` of `model.keras` is called with `function`; "
        "only tensors and plain numbers are loaded there."
    ) == str(refusal(hostile.as_file(a_functional(call), ".keras")).message)


@pytest.mark.hostile_row(9)
def test_a_module_of_keras_that_nobody_needs() -> None:
    """Keras would import any module of its own that a file names; this one is not imported."""
    module = "keras.src.saving.saving_lib_test"
    sys.modules.pop(module, None)
    layer = {**a_dense(2), "module": module}

    error = refusal(hostile.as_file(a_sequential(an_input(3), layer), ".keras"))

    assert (
        f"The layer `dense` of `model.keras` is a `Dense` of `{module}`, "
        "which is not among the layers that are loaded here."
    ) == str(error.message)
    assert module not in sys.modules


@pytest.mark.hostile_row(11)
@FORMS
@pytest.mark.parametrize("kind", ["StringLookup", "IntegerLookup", "TextVectorization"])
def test_a_vocabulary_that_is_a_file_of_this_machine(tmp_path: Path, kind: str, suffix: str) -> None:
    """Neither its text nor its path comes out."""
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words", encoding="utf-8")
    layer = a_layer(kind, "words", vocabulary=str(secret))

    error = refusal(hostile.as_file(a_sequential(an_input(3), layer, a_dense(2)), suffix), suffix)

    assert (
        f"The layer `words` of `model{suffix}` is a `{kind}`, "
        "which prepares texts or categories and is not loaded here."
    ) == str(error.message)
    assert "secret" not in str(error.message) + str(error.hint)


@pytest.mark.hostile_row(39)
@pytest.mark.parametrize("name", ["model.keras", "model.h5", "model.pkl", "model.pt"])
def test_a_pickle_is_not_opened(tmp_path: Path, name: str) -> None:
    """It is named for what it is."""
    with pytest.raises(SubmissionError) as caught:
        read_model(name, hostile.a_pickle(tmp_path / "marker"))

    assert f"`{name}` is a pickle; a model saved by Keras as `.keras` or `.h5` was asked for." == str(
        caught.value.message
    )
    assert str(SAVE_AGAIN) == str(caught.value.hint)


@pytest.mark.hostile_row(39)
def test_an_array_of_objects_is_not_opened(tmp_path: Path) -> None:
    """Neither as a model nor as a log; NumPy keeps objects as a pickle."""
    content = hostile.an_array_of_objects(tmp_path / "marker")

    assert str(refusal(content).message).startswith("`model.keras` is a NumPy array; ")
    with pytest.raises(SubmissionError) as caught:
        read_log("log.npy", content, Declaration())
    assert (
        "The log `log.npy` has Python objects in it, which are never opened, because a pickle can run code."
        == str(caught.value.message)
    )

"""One layer: its class looked up, its arguments copied one by one."""

from typing import Any

import pytest
from builders_models import POLICY, a_dense, a_layer, an_initializer

from grader.errors import SubmissionError
from grader.measure.model.layer import check_entry, clean_layer, layer_name
from grader.measure.model.reading import OWN_LAYERS, SAVE_AGAIN, Limits, Reading, start


def a_reading() -> Reading:
    return start("model.keras", Limits())


def cleaned(layer: Any) -> Any:
    """The layer as Keras 3 writes it; a layer inside it becomes its class."""
    return clean_layer(a_reading(), check_entry(a_reading(), layer), lambda inner: inner["class_name"])


def refused(layer: Any) -> SubmissionError:
    with pytest.raises(SubmissionError) as caught:
        cleaned(layer)
    return caught.value


def test_a_layer_is_made_anew() -> None:
    """Each argument is read by what it is: a size, an initializer, a dtype, or a plain value."""
    found = cleaned(a_dense(2, "out", "softmax"))

    assert ("keras.layers", "Dense", None) == (found["module"], found["class_name"], found["registered_name"])
    assert {
        "name": "out",
        "trainable": True,
        "dtype": "float32",
        "units": 2,
        "activation": "softmax",
        "use_bias": True,
        "kernel_regularizer": None,
    } == {key: value for key, value in found["config"].items() if key != "kernel_initializer"}
    assert "GlorotUniform" == found["config"]["kernel_initializer"]["class_name"]


def test_nothing_beside_class_and_arguments_is_kept() -> None:
    """What Keras writes for its own use, and the student's module, stay behind."""
    entry = {**a_dense(2), "build_config": {"input_shape": [None, 3]}, "shared_object_id": 7}

    assert {"module", "class_name", "config", "registered_name"} == set(cleaned(entry))


def test_the_layer_itself_is_not_changed() -> None:
    """Reading leaves the file's content as it was."""
    layer = a_dense(2)
    before = repr(layer)
    cleaned(layer)

    assert before == repr(layer)


def test_layers_inside_a_layer_are_read_by_the_caller() -> None:
    """One, or a list of them."""
    wrapper = a_layer("Bidirectional", "both", layer=a_layer("LSTM", "lstm", units=2))
    stacked = a_layer("StackedRNNCells", "cells", cells=[a_layer("LSTMCell", "a"), a_layer("GRUCell", "b")])

    assert "LSTM" == cleaned(wrapper)["config"]["layer"]
    assert ["LSTMCell", "GRUCell"] == cleaned(a_layer("RNN", "rnn", cells=stacked["config"]["cells"]))[
        "config"
    ]["cells"]


@pytest.mark.parametrize(
    ("layer", "module"),
    [
        ({**a_layer("Add", "add"), "module": None}, "keras.layers"),
        ({"class_name": "Add", "config": {"name": "add"}}, "keras.src.ops.numpy"),
        (a_layer("Add", "add", "keras.src.ops.numpy"), "keras.src.ops.numpy"),
    ],
)
def test_a_layer_and_an_operation_of_one_name_are_told_apart(layer: Any, module: str) -> None:
    """A layer has `trainable`, an operation has not."""
    assert module == cleaned(layer)["module"]


@pytest.mark.parametrize("name", ["Lambda", "lambda_1", "a b", "capa_ñ 层"])
def test_a_name_is_kept(name: str) -> None:
    """A name is not made of ASCII letters only, and says nothing about the class."""
    assert name == layer_name(a_reading(), a_dense(2, name))


def test_a_layer_without_a_name_has_that_of_its_class() -> None:
    """As Keras would name it."""
    assert "max_pooling2_d" == layer_name(a_reading(), {"class_name": "MaxPooling2D", "config": {}})


def test_slashes_in_a_name_are_read_as_underscores() -> None:
    """Keras 3 takes none, and the report says so."""
    reading = a_reading()

    assert "a_b" == layer_name(reading, a_dense(2, "a/b"))
    assert ["The slashes in names of layers, which Keras 3 does not take, were read as underscores."] == [
        str(note) for note in reading.notes
    ]


def test_a_class_that_is_not_in_the_table_is_refused() -> None:
    """By its name and module."""
    error = refused(a_layer("Layer", "mine"))

    assert (
        "The layer `mine` of `model.keras` is a `Layer` of `keras.layers`, "
        "which is not among the layers that are loaded here."
    ) == str(error.message)
    assert str(OWN_LAYERS) == str(error.hint)


def test_a_path_in_an_argument_is_refused() -> None:
    """Of an allowed layer, too."""
    assert (
        "The layer `dense` of `model.keras` has the argument `vocabulary`, "
        "which no layer that is loaded here takes."
    ) == str(refused(a_dense(2, vocabulary="words.txt")).message)


def test_an_object_in_an_argument_is_refused() -> None:
    """Where a regularizer is asked for, nothing else is one."""
    error = refused(a_dense(2, kernel_regularizer=a_layer("Lambda", "l")))

    assert (
        "The regularizer `Lambda` of the layer `dense` in `model.keras` is not one of Keras' own that are "
        "loaded here."
    ) == str(error.message)
    assert str(OWN_LAYERS) == str(error.hint)


def test_an_initializer_that_is_not_known_is_left_out() -> None:
    """The weights are there already; the argument takes its default, so it is not in the clean layer."""
    found = cleaned(a_dense(2, kernel_initializer={**an_initializer(), "class_name": "Mine"}))

    assert "kernel_initializer" not in found["config"]


@pytest.mark.parametrize(
    "entry",
    [None, [], "Dense", {}, {"class_name": 7, "config": {}}, {"class_name": "Dense"},
     {"class_name": "Dense", "config": None}, {"class_name": "Dense", "config": {}, "module": []}],
)  # fmt: skip
def test_what_is_no_object_of_keras_is_refused(entry: Any) -> None:
    """A class and a config are asked for."""
    with pytest.raises(SubmissionError) as caught:
        check_entry(a_reading(), entry)

    assert "A layer of `model.keras` has no class and config." == str(caught.value.message)
    assert str(SAVE_AGAIN) == str(caught.value.hint)


def test_a_key_that_keras_does_not_write_is_refused() -> None:
    """It is named."""
    with pytest.raises(SubmissionError) as caught:
        check_entry(a_reading(), {**a_dense(2), "code": "x"})

    assert "A layer of `model.keras` has the key `code`, which Keras does not write." == str(
        caught.value.message
    )


def test_an_entry_is_returned_as_it_is() -> None:
    """A dtype policy is an object like any other."""
    entry = {**a_dense(2), "build_config": {}}

    assert entry is check_entry(a_reading(), entry)
    assert POLICY == entry["config"]["dtype"]

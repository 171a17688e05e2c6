"""Networks that are walked: what passes, and how it is made anew. Refusals are in `test_sentences`."""

import json
from typing import Any

import pytest
from builders_models import (
    a_dense,
    a_functional,
    a_keras_file,
    a_layer,
    a_sequential,
    a_tensor,
    an_input,
    called,
    hdf5,
    numbers,
    the_weights,
)

from grader import rubric
from grader.errors import SubmissionError
from grader.evidence.model import Model
from grader.measure.model.connections import check_no_loop, check_reached, todays_numbers
from grader.measure.model.layer import check_entry, clean_layer, layer_name, made_input, stored_input
from grader.measure.model.network import architecture, built_once, clean_network, read_architecture
from grader.measure.model.read import layers, read_model
from grader.measure.model.reading import Limits, Reading, start


def a_reading() -> Reading:
    """A file that nothing was noted of."""
    return start("model.keras", Limits())


def facts(network: Any, weights: bytes | None = None) -> Model:
    """What is read from this network."""
    return read_model("model.keras", a_keras_file(network, weights)).facts


def kinds(network: Any) -> list[str]:
    return [layer.kind for layer in facts(network).layers]


def cleaned(layer: Any) -> Any:
    """The layer as Keras 3 writes it; a layer inside it becomes its class."""
    return clean_layer(a_reading(), check_entry(layer), lambda inner: inner["class_name"])


def test_a_sequential_is_read() -> None:
    """The layers come with units and activation, the input without its batch dimension."""
    found = facts(None)

    assert ("Sequential", (3,), 8, 2, ()) == (
        found.network,
        found.input_shape,
        found.parameters,
        found.variables,
        found.rescued,
    )
    (layer,) = found.layers
    assert ("Dense", "dense", 2, "softmax") == (layer.kind, layer.name, layer.units, layer.activation)
    assert {"units": 2, "activation": "softmax", "use_bias": True} == layer.settings


def test_the_only_entry_of_a_dict_is_the_output() -> None:
    """And so is the only input; of several entries each stays under its key."""
    network = a_functional(called(a_dense(3, "dense"), a_tensor("input", 0, 3)))
    config = network["config"]
    named = {"input_layers": {"image": ["input", 0, 0]}, "output_layers": {"probs": ["dense", 0, 0]}}
    network["config"] = config | named

    cleaned = clean_network(start("m.keras", Limits()), network)["config"]

    assert (["input", 0, 0], ["dense", 0, 0]) == (cleaned["input_layers"], cleaned["output_layers"])


def test_a_functional_network_is_read() -> None:
    """Operations count as layers, in order; `x[..., :2]` names no object of its own."""
    cut = {"class_name": "__slice__", "config": {"start": None, "stop": 2, "step": None}}
    whole = {"class_name": "__ellipsis__", "config": {}}
    network = a_functional(
        called(a_dense(3, "dense"), a_tensor("input", 0, 3)),
        called(a_layer("Multiply", "double", "keras.src.ops.numpy"), a_tensor("dense", 0, 3), 2.0),
        called(a_layer("GetItem", "cut", "keras.src.ops.numpy"), a_tensor("double", 0, 3), [whole, cut]),
        output="cut",
    )

    assert ["Dense", "Multiply", "GetItem"] == kinds(network)


@pytest.mark.parametrize(
    ("layer", "module"),
    [
        ({**a_layer("Add", "add"), "module": None}, "keras.layers"),
        ({"class_name": "Add", "config": {"name": "add"}}, "keras.src.ops.numpy"),
        (a_layer("Add", "add", "keras.src.ops.numpy"), "keras.src.ops.numpy"),
    ],
)
def test_a_module_is_found(layer: Any, module: str) -> None:
    """By what is written, or by what the config has: in an `.h5` file only the layer says `trainable`."""
    assert module == cleaned(layer)["module"]


OF_ITS_OWN = {"class_name": "Clipped", "module": None, "registered_name": "homework>Clipped"}


@pytest.mark.parametrize(
    "network", [a_sequential(), a_functional(called(a_dense(2), a_tensor("input", 0, 3)))]
)
def test_a_class_that_only_trains_in_its_own_way(network: dict[str, Any]) -> None:
    """Keras stores its whole network, and nothing of its code; a note says so."""
    usual, own = facts(network), facts({**network, **OF_ITS_OWN})

    assert 1 == len(own.rescued)
    assert usual == own.model_copy(update={"rescued": ()})


def test_nested_networks_are_opened() -> None:
    """Their layers stand in order among the others."""
    inner = a_sequential(an_input(3), a_dense(4, "a"), a_dense(3, "b"))
    network = a_sequential(an_input(3), inner, a_dense(2, "c"))

    assert ["a", "b", "c"] == [layer.name for layer in facts(network).layers]


@pytest.mark.hostile_row(96)
def test_a_wrapper_has_the_units_of_what_is_inside() -> None:
    """`Bidirectional(LSTM(5))` has 5 units, and so on inwards; a layer with scaled weights cannot hide."""
    lstm = a_layer("LSTM", "lstm", units=5, activation="tanh", recurrent_activation="sigmoid")
    deep = a_layer("TimeDistributed", "each", layer=a_layer("RNN", cell=a_layer("LSTMCell", units=4)))
    scaled = a_layer("SpectralNormalization", "scaled", layer=a_dense(1000), power_iterations=1)
    network = a_sequential(an_input(3, 3), a_layer("Bidirectional", "both", layer=lstm), deep, scaled)

    found = facts(network).layers

    assert [
        ("Bidirectional", "both", 5, "tanh", "LSTM"),
        ("TimeDistributed", "each", 4, None, "LSTMCell"),
        ("Dense", "scaled", 1000, "relu", "Dense"),
    ] == [(one.kind, one.name, one.units, one.activation, one.settings["layer"]) for one in found]
    assert "sigmoid" == found[0].settings["recurrent_activation"]


def test_settings_of_layers_are_numbers_words_and_short_lists() -> None:
    """Those that a rubric may ask for; what else stands in their place is left out."""
    given = {
        "kernel_size": [3, 3],
        "filters": 4,
        "strides": [2] * 9,
        "padding": "same",
        "groups": [[1]],
        "x": 1,
    }

    (found,) = layers(a_sequential(a_layer("Conv2D", "conv", **given)))

    assert {"kernel_size": (3.0, 3.0), "filters": 4, "padding": "same"} == found.settings


def test_parts_of_a_shared_network_may_be_marked_later() -> None:
    """Keras marks a part where it stands for the second time, and not where it stood first."""
    plain = {**a_sequential(an_input(3), a_dense(3, "inner")), "shared_object_id": 7}
    marked = {
        **a_sequential(an_input(3), {**a_dense(3, "inner"), "shared_object_id": 8}),
        "shared_object_id": 7,
    }
    outer = a_sequential(an_input(3), marked, name="outer")

    assert ["Dense", "Dense"] == kinds(a_sequential(an_input(3), plain, outer))


def test_the_clean_copy_has_nothing_else() -> None:
    """Compile config, build config, objects for dtypes and keys of newer Keras are gone; clean is clean."""
    dense = {**a_dense(2, quantization_config=None), "build_config": {"input_shape": [None, 3]}}
    network = {
        **a_sequential(an_input(3), dense),
        "compile_config": {"optimizer": {"class_name": "Anything"}},
    }
    clean = read_model("model.keras", a_keras_file(network)).content
    text = clean.decode("latin-1")

    gone = ("compile_config", "build_config", "DTypePolicy", "quantization_config", "Anything", "date_saved")
    assert [] == [word for word in gone if word in text]
    assert json.dumps({"module": "keras", "class_name": "Sequential"})[1:-1] in text
    assert clean == read_model("model.keras", clean).content


def test_random_state_is_no_weight() -> None:
    """The seeds of dropout are stored with the weights, are not counted, and change no sketch."""
    weights = hdf5({**the_weights(), "layers/dropout/seed_generator/vars/0": numbers(2).astype("uint32")})

    assert facts(None) == facts(None, weights)


def test_a_layer_is_made_anew() -> None:
    """Each argument is read by what it is: a size, an initializer, a dtype, or a plain value."""
    layer = {**a_dense(2, "out"), "build_config": {"input_shape": [None, 3]}, "shared_object_id": 7}

    assert a_dense(2, "out", dtype="float32") == cleaned(layer)
    assert layer["config"] == a_dense(2, "out")["config"]


@pytest.mark.parametrize("name", ["Lambda", "lambda_1", "a b", "capa_ñ 层"])
def test_a_name_is_kept(name: str) -> None:
    """A name is not made of ASCII letters only, and says nothing about the class."""
    assert name == facts(a_sequential(an_input(3), a_dense(2, name))).layers[0].name


def test_a_name_that_keras_would_not_take() -> None:
    """A layer without one has that of its class; slashes become underscores, with a note."""
    reading = a_reading()

    assert "max_pooling2_d" == layer_name(reading, {"class_name": "MaxPooling2D", "config": {}})
    assert "a_b" == layer_name(reading, a_dense(2, "a/b"))
    assert 1 == len(reading.notes)


def test_a_stored_input_keeps_its_shape() -> None:
    """Under either of its names; the grader's batches have a size of their own."""
    reading = a_reading()
    for key, batch in (("batch_shape", None), ("batch_input_shape", None), ("batch_shape", 32)):
        entry = {**an_input(28, 28), "config": {key: [batch, 28, 28], "name": "input"}}
        assert [None, 28, 28] == stored_input(reading, entry)["config"]["batch_shape"]

    assert 1 == len(reading.notes)


def test_an_input_is_made_under_a_free_name() -> None:
    """Keras 2 keeps the shape in the first layer."""
    reading = a_reading()
    made = made_input(reading, [None, 3], [a_dense(2, "input_0")])

    assert ("input_1", [None, 3]) == (made["config"]["name"], made["config"]["batch_shape"])
    assert 1 == len(reading.notes)


def a_call(*sources: Any) -> dict[str, Any]:
    """A call on these tensors."""
    return {"args": list(sources), "kwargs": {}}


ONCE = {"input": [], "dense": [a_call(a_tensor("input"))]}
LOOP = {"a": [a_call(a_tensor("b"))], "b": [a_call(a_tensor("a"))]}


def test_everything_is_reached() -> None:
    """From the output back to the input, each call once, also around a loop."""
    check_reached(ONCE, frozenset(), [["dense", 0, 0], ["input", 0, 0]])
    check_reached(LOOP, frozenset(), {"out": ["a", 0, 0]})


def test_a_layer_that_is_called_again_needs_an_earlier_call() -> None:
    """It stands in no loop, and a nested network is left to Keras."""
    layers = {
        "input": [],
        "a": [a_call(a_tensor("input")), a_call(a_tensor("a"), a_tensor("input")), a_call(a_tensor("a", 1))],
        "network": [a_call(a_tensor("network"))],
    }

    check_no_loop(layers, frozenset({"network"}))


@pytest.mark.parametrize(
    ("kind", "number", "use", "output"),
    [("Functional", 1, 0, 1), ("Sequential", 1, 0, 0), ("Functional", 0, 0, 0)],
)
def test_calls_of_nested_networks_are_counted_from_0(kind: str, number: int, use: int, output: int) -> None:
    """Their making was call 0 in Keras 2; as an output Keras 3 too counts a functional network from 1."""
    used = a_tensor("inner", number)
    layers = {"inner": [a_call(a_tensor("input"))], "dense": [a_call(used)]}
    outputs = [["inner", number, 0]]
    todays_numbers(layers, {"inner": kind}, outputs)

    assert (["inner", use, 0], [["inner", output, 0]]) == (used["config"]["keras_history"], outputs)


def of(network: dict[str, Any]) -> str:
    return architecture(clean_network(a_reading(), network))


def twice_called(shared: str, last: str) -> dict[str, Any]:
    """An input, a layer that is called on it and on its own output, and another one."""
    twice = called(a_dense(3, shared), a_tensor("input", 0, 3))
    twice["inbound_nodes"].append({"args": [a_tensor(shared, 0, 3)], "kwargs": {}})
    return a_functional(twice, called(a_dense(2, last), a_tensor(shared, 1, 3)), output=last)


def marked(number: int) -> dict[str, Any]:
    return a_sequential(an_input(None, 4), {**a_dense(3), "shared_object_id": number})


def test_names_and_marks_do_not_count() -> None:
    """Keras counts names through a whole notebook, and takes marks from where the object was in memory."""
    first = a_sequential(an_input(None, 4), a_dense(3, "dense"), a_dense(2, "dense_1"))
    again = a_sequential(an_input(None, 4, name="input_7"), a_dense(3, "dense_12"), a_dense(2, "last"))

    assert of(first) == of(again)
    assert of(twice_called("dense", "dense_1")) == of(twice_called("b", "c"))
    assert of(marked(139_000_000_001)) == of(marked(7))


def test_everything_else_counts() -> None:
    """Units, activations and the way from the inputs to the outputs."""
    network = of(a_sequential(an_input(None, 4), a_dense(3)))

    assert network != of(a_sequential(an_input(None, 4), a_dense(4)))
    assert network != of(a_sequential(an_input(None, 4), a_dense(3, activation="elu")))
    assert network != of(a_sequential(an_input(None, 5), a_dense(3)))


@pytest.mark.parametrize(
    "network",
    [
        a_sequential(an_input(None, 4), a_dense(3)),
        twice_called("y", "z"),
        # A plain dictionary that looks like a part of a tensor.
        a_functional(called(a_dense(2), a_tensor("input", 0, 3), more={"keras_history": []})),
        a_sequential(an_input(None, 4), a_sequential(an_input(None, 4), a_dense(3))),
    ],
)
def test_a_network_is_read_as_it_was_written(network: dict[str, Any]) -> None:
    """Written again, its text is the same."""
    assert of(network) == architecture(read_architecture(of(network), Limits()))


def test_an_architecture_is_walked_against_the_allow_list() -> None:
    """Like a submitted network, and within the limits that a rubric raises for both."""
    raised = Limits(rubric.Limits(layers=1000))
    long = json.dumps(a_sequential(an_input(None, 4), *(a_dense(4, name=f"d{at}") for at in range(250))))

    assert 251 == len(read_architecture(long, raised)["config"]["layers"])
    for forged in (long, json.dumps(a_sequential(an_input(4), a_layer("Lambda", function="f")))):
        with pytest.raises(SubmissionError):
            read_architecture(forged, Limits())


def plain(*layers: Any) -> dict[str, Any]:
    return clean_network(a_reading(), a_sequential(*layers))


def test_a_plain_input_is_said_by_its_shape() -> None:
    """The input layer goes, and Keras finds the shape where it looks for it."""
    network = plain(an_input(28, 28), a_layer("Flatten"), a_dense(10))
    found = built_once(network)

    assert ["Flatten", "Dense"] == [layer["class_name"] for layer in found["config"]["layers"]]
    assert [None, 28, 28] == list(found["config"]["build_input_shape"])
    assert "InputLayer" == network["config"]["layers"][0]["class_name"]


def an_input_that_says(**said: Any) -> dict[str, Any]:
    """An input that says this, too."""
    entry = an_input(None, 4)
    return {**entry, "config": {**entry["config"], **said}}


@pytest.mark.parametrize(
    "network",
    [
        plain(an_input(None, 4)),
        plain(an_input_that_says(dtype="int32"), a_dense(3)),
        plain(an_input_that_says(sparse=True), a_dense(3)),
        plain(an_input_that_says(optional=True), a_dense(3)),
        plain(an_input(None, 4), a_dense(3, dtype="mixed_float16")),
        clean_network(a_reading(), twice_called("y", "z")),
    ],
)
def test_any_other_network_stays_as_it_is(network: dict[str, Any]) -> None:
    """An input that says more than its shape is kept."""
    assert network is built_once(network)

"""Networks that are walked: what passes, what is refused and with which sentence."""

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
    an_initializer,
    an_input,
    called,
    hdf5,
    numbers,
    the_weights,
)

from grader.errors import SubmissionError
from grader.evidence.model import Layer
from grader.measure.model.allowlist import REFUSED
from grader.measure.model.read import read_model
from grader.measure.model.reading import NUMBERS_ONLY, OWN_LAYERS, SAVE_AGAIN, SMALLER, Limits

A_LAMBDA = {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None, "closure": None}}


def refused(network: Any, limits: Limits | None = None) -> SubmissionError:
    """The error that a `.keras` file with this network is refused with."""
    with pytest.raises(SubmissionError) as caught:
        read_model("model.keras", a_keras_file(network), limits)
    return caught.value


def kinds(network: Any, weights: bytes | None = None) -> list[str]:
    """The layers that are read from this network."""
    return [layer.kind for layer in read_model("model.keras", a_keras_file(network, weights)).facts.layers]


def test_a_sequential_is_read() -> None:
    """The layers come with units and activation, the input without its batch dimension."""
    facts = read_model("model.keras", a_keras_file()).facts

    assert "Sequential" == facts.network
    assert (3,) == facts.input_shape
    assert (Layer(kind="Dense", name="dense", units=2, activation="softmax"),) == facts.layers
    assert (8, 2) == (facts.parameters, facts.variables)
    assert () == facts.rescued


def test_a_functional_network_is_read() -> None:
    """Operations count as layers, in order."""
    network = a_functional(
        called(a_dense(3, "dense"), a_tensor("input", 0, 3)),
        called(a_layer("Multiply", "double", "keras.src.ops.numpy"), a_tensor("dense", 0, 3), 2.0),
        output="double",
    )

    assert ["Dense", "Multiply"] == kinds(network)


def test_slices_and_ellipses_are_plain() -> None:
    """`x[..., :2]` names no object of its own."""
    cut = {"class_name": "__slice__", "config": {"start": None, "stop": 2, "step": None}}
    network = a_functional(
        called(
            a_layer("GetItem", "cut", "keras.src.ops.numpy"),
            a_tensor("input", 0, 3),
            [{"class_name": "__ellipsis__", "config": {}}, cut],
        ),
        output="cut",
    )

    assert ["GetItem"] == kinds(network)


def test_nested_networks_are_opened() -> None:
    """Their layers stand in order among the others."""
    inner = a_sequential(an_input(3), a_dense(4, "a"), a_dense(3, "b"))
    weights = hdf5(
        {
            "layers/sequential/layers/dense/vars/0": numbers(3, 4),
            "layers/sequential/layers/dense_1/vars/0": numbers(4, 3),
        }
    )
    facts = read_model(
        "model.keras", a_keras_file(a_sequential(an_input(3), inner, a_dense(2, "c")), weights)
    ).facts

    assert ["a", "b", "c"] == [layer.name for layer in facts.layers]
    assert (24, 2) == (facts.parameters, facts.variables)


def test_a_wrapper_has_the_units_of_what_is_inside() -> None:
    """`Bidirectional(LSTM(5))` has 5 units."""
    lstm = a_layer("LSTM", "lstm", units=5, activation="tanh", recurrent_activation="sigmoid")
    network = a_sequential(an_input(3, 3), a_layer("Bidirectional", "both", layer=lstm))
    layers = read_model("model.keras", a_keras_file(network)).facts.layers

    assert (Layer(kind="Bidirectional", name="both", units=5, activation="tanh"),) == layers


@pytest.mark.hostile_row(11, 39)
@pytest.mark.parametrize("kind", sorted(REFUSED))
@pytest.mark.parametrize("module", ["keras.layers", None])
def test_layers_that_cannot_be_taken_have_their_advice(kind: str, module: str | None) -> None:
    """Lambda, TFSMLayer, vocabularies and other libraries, under the name of the layer."""
    what, hint = REFUSED[kind]
    error = refused(a_sequential(an_input(3), {**a_layer(kind, "mine"), "module": module}))

    assert f"The layer `mine` of `model.keras` is a `{kind}`, {what}." == str(error.message)
    assert str(hint) == str(error.hint)


@pytest.mark.hostile_row(1, 3)
def test_the_sentence_about_a_lambda() -> None:
    """Rows 1 and 3: nothing of the function is looked at."""
    for function in (A_LAMBDA, {"class_name": "function", "module": "keras.config", "config": "set_epsilon"}):
        error = refused(a_sequential(an_input(3), a_layer("Lambda", "lambda", function=function)))

        assert (
            "The layer `lambda` of `model.keras` is a `Lambda`, which carries Python code that is "
            "not run here."
        ) == str(error.message)
        assert (
            "Replace it by layers of Keras, for example `keras.layers.Rescaling(1 / 255)` or "
            "`keras.layers.Reshape`, "
            "train and save the model again."
        ) == str(error.hint)


@pytest.mark.hostile_row(11)
def test_the_sentence_about_a_vocabulary() -> None:
    """Row 11: a vocabulary that is a path reads a file of this machine."""
    error = refused(a_sequential(an_input(3), a_layer("StringLookup", "words", vocabulary="/etc/hostname")))

    assert (
        "The layer `words` of `model.keras` is a `StringLookup`, "
        "which prepares texts or categories and is not loaded here."
    ) == str(error.message)
    assert str(NUMBERS_ONLY) == str(error.hint)


@pytest.mark.hostile_row(10)
@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        ({"module": "os", "class_name": "system", "config": {}}, "system"),
        ({"module": "builtins", "class_name": "eval", "config": {}}, "eval"),
        ({**a_layer("Dense", "dense"), "registered_name": "pkg>Thing"}, "pkg>Thing"),
        (
            {**a_layer("ResidualBlock", "dense", "my_layers"), "registered_name": "ResidualBlock"},
            "ResidualBlock",
        ),
        ({**a_layer("Mine", "dense"), "registered_name": ["x"]}, "['x']"),
    ],
)
def test_a_class_of_the_students_own_is_named(entry: Any, shown: str) -> None:
    """Class F and row 10: the class, and how to build the network instead."""
    name = entry["config"].get("name", entry["class_name"])
    error = refused(a_sequential(an_input(3), entry))

    assert (
        f"The layer `{name}` of `model.keras` is of the class `{shown}`, "
        "which is not one of Keras' own; a model of Keras' own layers was asked for."
    ) == str(error.message)
    assert (
        "Build the network from layers of `keras.layers`, with `keras.Sequential` or "
        "`keras.Model(inputs, outputs)`, "
        'train it, save it with `model.save("model.keras")` and submit that file.'
    ) == str(error.hint)


@pytest.mark.hostile_row(4, 6, 9)
@pytest.mark.parametrize(
    ("module", "kind"),
    [
        ("keras.src.saving.saving_lib_test", "Dense"),
        ("keras.config", "set_epsilon"),
        ("keras.layers", "Pipeline"),
        ("keras.layers", "Layer"),
        ("keras.src.ops.core", "Switch"),
        ("keras.src.ops.core", "WhileLoop"),
        ("keras.src.ops.core", "Map"),
        ("keras.src.ops.numpy", "Vectorize"),
        ("keras.optimizers", "Adam"),
        ("tensorflow.keras.layers", "Dense"),
    ],
)
def test_what_is_not_in_the_table_is_refused(module: str, kind: str) -> None:
    """Rows 4, 6 and 9: no name of Keras is looked up that is not in the allow-list."""
    error = refused(a_sequential(an_input(3), a_layer(kind, "x", module)))

    assert (
        f"The layer `x` of `model.keras` is a `{kind}` of `{module}`, which is not among the layers "
        "that are loaded here."
    ) == str(error.message)
    assert str(OWN_LAYERS) == str(error.hint)


def test_a_model_of_another_class_is_refused() -> None:
    """Class F for a whole model."""
    error = refused({"module": None, "class_name": "ResidualRegressor", "config": {"output_dim": 1}})

    assert (
        "`model.keras` is a model of the class `ResidualRegressor`, which is not one of Keras' own; "
        "a `Sequential` or a functional model was asked for."
    ) == str(error.message)
    assert str(OWN_LAYERS) == str(error.hint)


def test_a_subclass_of_a_network_is_refused() -> None:
    """A registered name says that the class is not Keras' own, whatever it is called."""
    error = refused({**a_sequential(), "registered_name": "mine>Sequential"})

    assert str(error.message).startswith(
        "`model.keras` is a model of the class `mine>Sequential`, which is not one of"
    )


@pytest.mark.hostile_row(28)
@pytest.mark.parametrize(
    ("units", "shown"),
    [
        (200_000_000, "200000000"),
        (10**13, "10000000000000"),
        (-1, "-1"),
        (0, "0"),
        (True, "True"),
        ("7", "7"),
        (2.5, "2.5"),
        ([3, "x"], "[3, 'x']"),
    ],
)
def test_sizes_are_whole_numbers_within_the_cap(units: Any, shown: str) -> None:
    """Row 28: what Keras would try to allocate, or fail on."""
    error = refused(a_sequential(an_input(3), a_dense(units)))

    assert (
        f"The layer `dense` of `model.keras` has `units` {shown}; a whole number from 1 to 1048576 "
        "was asked for."
    ) == str(error.message)
    assert str(SAVE_AGAIN) == str(error.hint)


@pytest.mark.parametrize(("value", "shown"), [(2**21, "2097152"), ([1, [-(2**40)]], "-1099511627776")])
def test_other_numbers_are_within_the_cap(value: Any, shown: str) -> None:
    """The cap holds for every number of a layer."""
    error = refused(a_sequential(an_input(3), a_layer("Reshape", "reshape", target_shape=value)))

    assert (
        f"The layer `reshape` of `model.keras` has `target_shape` {shown}; "
        "a whole number from -1048576 to 1048576 was asked for."
    ) == str(error.message)


def test_a_seed_may_be_large() -> None:
    """Seeds are dates and clock times; they are no sizes."""
    dropout = a_layer("Dropout", "dropout", rate=0.2, seed=20_260_131_120_000)
    dense = a_dense(2, kernel_initializer=an_initializer("HeNormal", seed=4_000_000_000))

    assert ["Dropout", "Dense"] == kinds(a_sequential(an_input(3), dropout, dense))


def test_a_seed_is_a_number() -> None:
    """Nothing else is a seed."""
    error = refused(a_sequential(an_input(3), a_layer("Dropout", "dropout", rate=0.2, seed="now")))

    assert (
        "The layer `dropout` of `model.keras` has `seed` now; a whole number from 0 on was asked for."
        == str(error.message)
    )


@pytest.mark.parametrize("key", ["filepath", "vocabulary", "url", "weights", "function"])
def test_arguments_that_lead_out_of_the_file_are_refused(key: str) -> None:
    """Defence in depth: no allowed layer takes them."""
    error = refused(a_sequential(an_input(3), a_dense(2, **{key: "/etc/hostname"})))

    assert (
        f"The layer `dense` of `model.keras` has the argument `{key}`, which no layer that is loaded "
        "here takes."
    ) == str(error.message)


@pytest.mark.hostile_row(32)
@pytest.mark.parametrize(
    "value",
    [
        {"class_name": "__numpy__", "config": {"value": [0], "dtype": "S1500000000"}},
        {"class_name": "__tensor__", "config": {"value": [0], "dtype": "float32"}},
        A_LAMBDA,
        {"class_name": "__typespec__", "spec_name": "x", "config": []},
        [{"module": "keras.layers", "class_name": "function", "config": "TFSMLayer"}],
    ],
)
def test_objects_among_the_arguments_are_refused(value: Any) -> None:
    """Row 32 and its like: an argument is plain or in a table."""
    kind = (value[0] if isinstance(value, list) else value)["class_name"]
    error = refused(a_sequential(an_input(3), a_layer("Rescaling", "scale", scale=value)))

    assert (
        f"The scale `{'TFSMLayer' if kind == 'function' else kind}` of the layer `scale` in `model.keras` "
        "is not one of Keras' own that are loaded here."
    ) == str(error.message)
    assert str(OWN_LAYERS) == str(error.hint)


def test_an_unknown_key_is_refused() -> None:
    """An object has the keys that Keras writes."""
    error = refused(a_sequential(an_input(3), {**a_dense(2), "spec_name": "x"}))

    assert "A layer of `model.keras` has the key `spec_name`, which Keras does not write." == str(
        error.message
    )


@pytest.mark.parametrize(
    "entry", [7, None, [], {"config": {}}, {"class_name": 3, "config": {}},
              {"class_name": "Dense", "config": "x"},
              {"class_name": "Dense", "config": []}, {"class_name": "InputLayer", "config": []},
              {"class_name": "Dense", "module": 7, "config": {}}],
)  # fmt: skip
def test_a_layer_that_is_none_is_refused(entry: Any) -> None:
    """Whatever stands where a layer should."""
    error = refused(a_sequential(an_input(3), entry))

    assert "A layer of `model.keras` has no class and config." == str(error.message)


@pytest.mark.parametrize("layers", [None, 7, {}, "x"])
def test_a_network_without_layers_is_refused(layers: Any) -> None:
    """A list is asked for."""
    network = a_sequential()
    network["config"]["layers"] = layers

    assert "A network of `model.keras` has no list of layers." == str(refused(network).message)


def test_a_network_that_was_never_built_is_refused() -> None:
    """It has no weights, so there is nothing to grade."""
    error = refused(a_sequential(a_dense(2)))

    assert (
        "`model.keras` holds a network that was never built: it has no input shape and no weights."
    ) == str(error.message)
    assert 'Train the model, or call it once, before you save it with `model.save("model.keras")`.' == str(
        error.hint
    )


@pytest.mark.hostile_row(30)
def test_too_many_layers_are_refused() -> None:
    """Row 30: one `Sequential`, and all together."""
    many = refused(a_sequential(an_input(3), *(a_dense(2, f"d{number}") for number in range(300))))
    inner = [
        a_sequential(an_input(3), *(a_dense(3, f"d{number}") for number in range(150)), name=f"s{turn}")
        for turn in range(3)
    ]
    all_together = refused(a_sequential(an_input(3), *inner))

    assert "A `Sequential` of `model.keras` has 301 layers; at most 200 are loaded." == str(many.message)
    assert "`model.keras` has 454 layers; at most 400 are loaded." == str(all_together.message)
    assert str(SMALLER) == str(many.hint) == str(all_together.hint)


@pytest.mark.hostile_row(30)
def test_layers_in_layers_are_refused_when_too_deep() -> None:
    """Row 30: the cap on the depth of the JSON holds for wrappers."""
    layer = a_dense(2)
    for number in range(60):
        layer = a_layer("TimeDistributed", f"t{number}", layer=layer)

    assert (
        "The `config.json` of `model.keras` cannot be read: its values are nested more than 40 deep."
    ) == str(refused(a_sequential(an_input(3), layer)).message)


@pytest.mark.hostile_row(34)
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\x1b[31m", "a\\x1b[31m"),
        ("evil\u202e", "evil\\u202e"),
        ("", ""),
        ("x" * 101, "x" * 77 + "..."),
        (7, "7"),
        (["a"], "['a']"),
    ],
)
def test_names_that_cannot_be_shown_are_refused(name: Any, shown: str) -> None:
    """Row 34: what would act on a screen is no name."""
    layer = a_dense(2)
    layer["config"]["name"] = name
    error = refused(a_sequential(an_input(3), layer))

    assert (
        f"A layer of `model.keras` has the name `{shown}`; 1 to 100 characters that can be shown "
        "were asked for."
    ) == str(error.message)
    assert "Give the layers of the model plain names, or none, and save it again." == str(error.hint)


def test_names_of_any_language_are_kept() -> None:
    """A name is not made of ASCII letters only."""
    facts = read_model("model.keras", a_keras_file(a_sequential(an_input(3), a_dense(2, "capa_ñ 层")))).facts

    assert "capa_ñ 层" == facts.layers[0].name


@pytest.mark.hostile_row(34)
def test_two_layers_of_one_name_are_refused() -> None:
    """Keras would fail on them."""
    error = refused(a_sequential(an_input(3), a_dense(2, "a"), a_dense(2, "a")))

    assert "`model.keras` has two layers of the name `a`." == str(error.message)


@pytest.mark.parametrize(
    ("shape", "shown"),
    [(7, "7"), ([], "[]"), ([None] * 9, str([None] * 9)), ([[None, 3]], "[[None, 3]]"), (None, "None")],
)
def test_an_input_shape_is_a_list_of_sizes(shape: Any, shown: str) -> None:
    """Anything else is refused with what was found."""
    start = an_input(3)
    start["config"]["batch_shape"] = shape

    assert (f"The input shape of `model.keras` is {shown}; a list of 1 to 8 sizes was asked for.") == str(
        refused(a_sequential(start, a_dense(2))).message
    )


def test_a_batch_size_is_left_open() -> None:
    """The grader has batches of its own."""
    start = an_input(3)
    start["config"]["batch_shape"] = [32, 3]
    facts = read_model("model.keras", a_keras_file(a_sequential(start, a_dense(2)))).facts

    assert (3,) == facts.input_shape
    assert ("The batch size 32 in the input shape was left open.",) == tuple(map(str, facts.rescued))


def test_a_stateful_layer_is_read_as_stateless() -> None:
    """Predictions must not depend on the order of the test images."""
    lstm = a_layer("LSTM", "lstm", units=5, stateful=True)

    assert (
        "A stateful layer was read as one that is not, so that the order of the data does not matter.",
    ) == (
        tuple(
            map(
                str, read_model("model.keras", a_keras_file(a_sequential(an_input(3, 3), lstm))).facts.rescued
            )
        )
    )


def test_shared_objects_must_look_alike() -> None:
    """Keras would build the first for both, so the second would be there for show."""
    first = {**a_dense(2, "a"), "shared_object_id": 7}
    second = {**a_dense(300, "b"), "shared_object_id": 7}

    assert ("A layer of `model.keras` is marked as shared with another one that is not the same.") == str(
        refused(a_sequential(an_input(3), first, second)).message
    )


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
    """Compile config, build config, objects for dtypes and keys of newer Keras are gone."""
    dense = {**a_dense(2, quantization_config=None), "build_config": {"input_shape": [None, 3]}}
    network = {
        **a_sequential(an_input(3), dense),
        "compile_config": {"optimizer": {"class_name": "Anything"}},
    }
    clean = read_model("model.keras", a_keras_file(network)).content
    text = clean.decode("latin-1")

    for word in (
        "compile_config",
        "build_config",
        "DTypePolicy",
        "quantization_config",
        "Anything",
        "date_saved",
    ):
        assert word not in text
    assert json.dumps({"module": "keras", "class_name": "Sequential"})[1:-1] in text


def test_the_clean_copy_of_a_clean_copy_is_the_same() -> None:
    """What was cleaned is clean."""
    clean = read_model("model.keras", a_keras_file()).content

    assert clean == read_model("model.keras", clean).content


def test_random_state_is_no_weight() -> None:
    """The seeds of dropout are stored with the weights and are not counted."""
    weights = hdf5({**the_weights(), "layers/dropout/seed_generator/vars/0": numbers(2).astype("uint32")})
    model = read_model("model.keras", a_keras_file(weights=weights))

    assert (8, 2) == (model.parameters, model.facts.variables)

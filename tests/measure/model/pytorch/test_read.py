"""Files of PyTorch and safetensors as models: what is known of them, and what does not fit a network."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from builders_golden import refusal_of, said
from builders_pytorch import (
    FILES,
    a_file,
    a_header,
    a_state,
    a_tensor,
    in_safetensors,
    made,
    read,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import DoubtError, SubmissionError
from grader.measure.model.read import read_model
from grader.rubric import Plan


def matrices(**shapes: tuple[int, ...]) -> Mapping[str, np.ndarray]:
    """Arrays of ones by their names, in which `__` is a point."""
    return {name.replace("__", "."): np.ones(shape, "f4") for name, shape in shapes.items()}


CHAIN = matrices(fc1__weight=(8, 36), fc1__bias=(8,), fc2__weight=(3, 8))


@pytest.mark.parametrize(
    ("name", "form", "precision", "arrays"),
    [
        ("mlp.pt", "pytorch", "float32", 6),
        ("mlp.safetensors", "safetensors", "float32", 6),
        ("bfloat16.safetensors", "safetensors", "bfloat16", 6),
        ("float16.pt", "pytorch", "float16", 6),
        ("conv.pt", "pytorch", "float32", 16),
        ("lstm.pt", "pytorch", "float32", 7),
    ],
)
def test_what_is_known(name: str, form: str, precision: str, arrays: int) -> None:
    """The form, the coarsest type of its numbers, and its arrays as PyTorch counts them."""
    facts = made(name).facts

    assert (form, precision, arrays) == (facts.form, facts.precision, facts.variables)
    assert facts.sketch is not None


def test_equal_weights_are_equal_in_every_file() -> None:
    """Wrapped or not, and as Keras has them: what compares submissions sees one model."""
    wrapped, plain = made("data_parallel.pt").facts, made("compiled.pt").facts

    assert wrapped.sketch == plain.sketch
    assert made("mlp.pt").architecture == made("mlp.safetensors").architecture
    assert [16, 8, 4] == [layer.units for layer in plain.layers]


def test_layers_are_found_whatever_the_order_of_their_names() -> None:
    """Safetensors has names in alphabetical order, so `10` may stand before `2`, and `a` before `b`."""
    sorted_names = {"layers.10.weight": np.ones((3, 4), "f4"), "layers.2.weight": np.ones((4, 5), "f4")}
    reverse = {"a.weight": np.ones((3, 4), "f4"), "b.weight": np.ones((4, 5), "f4")}

    for arrays in (sorted_names, reverse):
        assert [4, 3] == [layer.units for layer in read(in_safetensors(arrays)).facts.layers]


def test_a_rubric_takes_files_of_pytorch_by_its_patterns_or_its_network() -> None:
    """A rubric that asks for a Keras model gets the sentence that it is none."""
    content = (FILES / "mlp.pt").read_bytes()

    assert said(*refusal_of(lambda: read_model("model.pt", content, plan=Plan())))
    assert said(*refusal_of(lambda: read_model("model.pt", in_safetensors(CHAIN), plan=Plan())))


def test_a_network_that_nobody_declared_is_a_question_to_the_teacher() -> None:
    """Nobody fails for what the rubric does not say."""
    with pytest.raises(DoubtError) as caught:
        made("conv.pt", network=())
    assert said(caught.value.message, caught.value.hint)
    with pytest.raises(DoubtError):
        read(in_safetensors(matrices(a__weight=(8, 36), b__weight=(3, 7))))
    with pytest.raises(DoubtError) as caught:
        read(in_safetensors(matrices(a__weight=(4,))), ("layer_norm",))
    assert said(caught.value.message, caught.value.hint)


MLP = ("linear", "relu", "linear")
UNFIT = {
    "a layer too many": (CHAIN, ("linear",)),
    "a layer too few": (CHAIN, (*MLP, "linear")),
    "another kind": (CHAIN, ({"input": {"shape": [6, 6]}}, "conv", "flatten", *MLP)),
    "other units": (CHAIN, ({"linear": {"units": 9}}, "linear")),
    "other inputs": (CHAIN, ({"input": {"shape": [6, 5]}}, "flatten", *MLP)),
    "no flatten": (CHAIN, ({"input": {"shape": [6, 6, 1]}}, *MLP)),
    "a bias of another size": ({**CHAIN, "fc1.bias": np.ones(7, "f4")}, MLP),
    "weights of an unknown kind": (matrices(attention__in_proj_weight=(6, 2)), MLP),
    "an LSTM read as a GRU": (
        matrices(rnn__weight_ih_l0=(20, 6), rnn__weight_hh_l0=(20, 5), out__weight=(3, 5), out__bias=(3,)),
        ("gru", "linear"),
    ),
    "half of an LSTM": (matrices(rnn__weight_ih_l0=(20, 6), out__weight=(3, 5)), ("lstm",)),
    "a projection of an LSTM": (
        matrices(rnn__weight_ih_l0=(20, 6), rnn__weight_hh_l0=(20, 5), rnn__weight_hr_l0=(2, 5)),
        ("lstm",),
    ),
    "an image that is too small": (
        matrices(conv__weight=(4, 1, 9, 9)),
        ({"input": {"shape": [6, 6]}}, "conv"),
    ),
    "a kernel of another size": (
        matrices(conv__weight=(4, 1, 3, 3)),
        ({"input": {"shape": [6, 6]}}, {"conv": {"kernel": 5}}),
    ),
    "channels of another number": (
        matrices(conv__weight=(4, 3, 3, 3)),
        ({"input": {"shape": [6, 6]}}, "conv"),
    ),
    "a pool behind the flattening": (CHAIN, ({"input": {"shape": [6, 6]}}, "flatten", "max_pool", *MLP)),
}


@pytest.mark.parametrize("case", UNFIT)
def test_weights_that_do_not_fit_are_refused(case: str) -> None:
    """The sentence names the weights, what was found and what the homework's network has."""
    arrays, network = UNFIT[case]

    assert said(*refusal_of(lambda: read(in_safetensors(arrays), network, "model.safetensors")))


ONE = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
BROKEN = {
    "a header longer than the file": (2**20).to_bytes(8, "little") + b"{}",
    "a header of gigabytes": (2**35).to_bytes(8, "little") + b"{}",
    "not UTF-8": a_header(b'{"\xff": 1}'),
    "not JSON": a_header(b"{nothing"),
    "a list": a_header(b"{}"[:1] + b"]"),
    "a name twice": a_header(b'{"a": 1, "a": 1}'),
    "nested deep": a_header(b'{"a":' * 100_000),
    "numbers that overlap": a_header({"a": ONE, "b": ONE}, bytes(8)),
    "a gap": a_header({"a": ONE, "b": {**ONE, "data_offsets": [12, 20]}}, bytes(20)),
    "offsets beyond the file": a_header({"a": {**ONE, "data_offsets": [8, 16]}}, bytes(8)),
    "offsets in reverse": a_header({"a": {**ONE, "data_offsets": [8, 0]}}, bytes(8)),
    "offsets below zero": a_header({"a": {**ONE, "data_offsets": [-8, 0]}}, bytes(8)),
    "more bytes than tensors": a_header({"a": ONE}, bytes(16)),
    "a shape of another size": a_header({"a": {**ONE, "shape": [3]}}, bytes(8)),
    "a shape of gigabytes": a_header({"a": {**ONE, "shape": [2**40, 2**40]}}, bytes(8)),
    "sizes that are no numbers": a_header({"a": {**ONE, "shape": [2.0]}}, bytes(8)),
    "an unknown type": a_header({"a": {**ONE, "dtype": "F8_E4M3", "data_offsets": [0, 2]}}, bytes(2)),
    "nothing in it": a_header({"__metadata__": {"format": "pt"}}),
}


@pytest.mark.hostile_row(162)
@pytest.mark.parametrize("case", BROKEN)
def test_broken_safetensors_are_refused(case: str) -> None:
    """Headers that lie about what is behind them."""
    assert said(*refusal_of(lambda: read(BROKEN[case], name="model.safetensors")))


GOOD = a_state(weight=a_tensor())
ARCHIVES = {
    "cut short": a_file(GOOD)[:-40],
    "packed twice": a_file(GOOD, **{"more/data.pkl": GOOD}),
    "without numbers": a_file(GOOD, numbers=b""),
    "in another order of bytes": a_file(GOOD, byteorder=b"middle"),
}


@pytest.mark.hostile_row(163)
@pytest.mark.parametrize("case", ARCHIVES)
def test_broken_archives_are_refused(case: str) -> None:
    """Archives that are cut short or hold two pickles, and numbers that are not there."""
    assert said(*refusal_of(lambda: read(ARCHIVES[case])))


def test_numbers_of_a_big_endian_machine() -> None:
    """The archive says in which order the bytes of a number stand."""
    numbers = np.arange(6, dtype=">f4").tobytes()
    big, little = (
        read(a_file(GOOD, given, byteorder=order)) for given, order in ((numbers, b"big"), (None, b"little"))
    )

    assert big.content == little.content


def test_a_clean_copy_is_the_same_each_time(tmp_path: Path) -> None:
    """Equal files have equal copies, so that what was measured before is known."""
    assert made("mlp.pt").content == made("mlp.pt").content


NAMES = st.sampled_from(
    [
        *("weight", "bias", "running_mean", "running_var", "weight_ih_l0", "weight_hh_l0", "bias_ih_l0"),
        *(
            "bias_hh_l0",
            "weight_ih_l1",
            "weight_hh_l1",
            "weight_ih_l0_reverse",
            "weight_hh_l0_reverse",
            "scale",
        ),
    ]
)
SHAPES = st.lists(st.integers(0, 4), max_size=5).map(tuple)
ARRAYS = st.dictionaries(
    st.tuples(st.sampled_from(["", "a", "b.0", "é/"]), NAMES).map(".".join), SHAPES, max_size=6
).map(lambda shapes: {name: np.ones(shape, "f4") for name, shape in shapes.items()})
LAYERS = st.lists(
    st.sampled_from(
        [
            *("conv", "linear", "flatten", "max_pool", "adaptive_average_pool", "batch_norm", "layer_norm"),
            *("embedding", "lstm", "gru", "rnn", "relu", "leaky_relu", "dropout"),
            {"conv": {"padding": 1, "stride": 2, "dilation": 2}},
            {"conv": {"kernel": [1, 2]}},
            {"rnn": {"returns": "all"}},
        ]
    ),
    max_size=4,
)
INPUTS = st.sampled_from(
    [[], [{"input": {"shape": [4, 4]}}], [{"input": {"shape": [3, 2, 1]}}], [{"input": {"shape": [4]}}]]
)


@settings(max_examples=300)
@given(ARRAYS, INPUTS, LAYERS)
def test_whatever_the_weights_are_they_are_read_or_refused(
    arrays: Mapping[str, np.ndarray], shape: list[object], layers: list[object]
) -> None:
    """Names, shapes and networks of any kind: nothing else is raised."""
    with contextlib.suppress(SubmissionError, DoubtError):
        read(in_safetensors(arrays), [*shape, *layers], "model.safetensors")


@settings(max_examples=200)
@given(st.data())
def test_damaged_headers_never_raise_anything_else(data: st.DataObject) -> None:
    """A file of safetensors with a few bytes changed, left out or put in: read, or refused."""
    content = bytearray((FILES / "mlp.safetensors").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, 600))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    with contextlib.suppress(SubmissionError, DoubtError):
        read(bytes(content), name="model.safetensors")

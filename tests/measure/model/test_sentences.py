"""What a student reads of a model file: every refusal with its hint, and every note, in `sentences.txt`."""

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import h5py
import numpy as np
import pytest
from builders_golden import refusal_of, said
from builders_models import (
    a_dense,
    a_functional,
    a_keras_file,
    a_layer,
    a_sequential,
    a_tensor,
    a_zip,
    an_h5_file,
    an_initializer,
    an_input,
    called,
    hdf5,
    numbers,
    old,
    the_members,
    the_weights,
)

from grader import rubric
from grader.measure.model.allowlist import REFUSED
from grader.measure.model.filetype import SavedFolder
from grader.measure.model.hdf5 import MARK
from grader.measure.model.read import read_model
from grader.measure.model.reading import Limits

A_LAMBDA = {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None, "closure": None}}
A_FUNCTION = {"class_name": "function", "module": "keras.config", "config": "set_epsilon"}
# Operations that take a function and call it.
OF_FUNCTIONS = ("Switch", "WhileLoop", "ForiLoop", "Map", "VectorizedMap", "Cond", "Scan", "AssociativeScan")
A_TENSOR = a_tensor("input", 0, 3)


def array_file() -> bytes:
    """The bytes of a `.npy` file."""
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    return buffer.getvalue()


def of(*layers: Any, **more: Any) -> bytes:
    """A `.keras` file of a sequence of these layers."""
    return a_keras_file(a_sequential(an_input(3), *layers, **more))


def with_calls(calls: Any, **ends: Any) -> bytes:
    """A functional network whose only layer is called like this."""
    network = a_functional({**a_dense(2), "name": "dense", "inbound_nodes": calls})
    network["config"] |= ends
    return a_keras_file(network)


def call(*arguments: Any, **keywords: Any) -> dict[str, Any]:
    return {"args": list(arguments), "kwargs": keywords}


def with_member(name: str, content: bytes = b"x") -> bytes:
    """A `.keras` file with one more member."""
    return a_zip({**the_members(), name: content})


def with_two(second: str) -> bytes:
    """A `.keras` file with a second config under this name."""
    placeholder = "config_json".ljust(len(second), "_")
    return with_member(placeholder, b"{}").replace(placeholder.encode(), second.encode())


def in_directory(content: bytes, at: int, value: bytes) -> bytes:
    """An archive with another value in every entry of its directory."""
    changed = bytearray(content)
    for start in (index for index in range(len(content)) if content[index : index + 4] == b"PK\x01\x02"):
        changed[start + at : start + at + len(value)] = value
    return bytes(changed)


def weights(change: Callable[[Any], Any]) -> bytes:
    """A `.keras` file whose weights were changed."""
    buffer = io.BytesIO(hdf5(the_weights()))
    with h5py.File(buffer, "r+") as file:
        change(file)
    return a_keras_file(weights=buffer.getvalue())


def virtual(file: Any) -> None:
    """Numbers gathered from other files."""
    layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
    layout[:] = h5py.VirtualSource("/etc/hostname", "x", shape=(4,))
    file.create_virtual_dataset("layers/x", layout)


def inflating(file: Any) -> None:
    """Two gigabytes in a few bytes."""
    file.create_dataset("layers/x", (500_000_000,), "f4", chunks=(1_000_000,), compression="gzip")


def an_attribute(value: Any) -> bytes:
    """An `.h5` file with this as its network."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", libver="latest") as file:
        file.attrs["model_config"] = value
    return buffer.getvalue()


def broken_heap() -> bytes:
    """An `.h5` file with a free object of size 0, on which the HDF5 library would never end."""
    good = an_h5_file(old(a_sequential(old(a_dense(2, batch_input_shape=[None, 3])))))
    free = good.index(MARK) + 16
    while struct.unpack_from("<H", good, free)[0]:
        free += 16 + -(-struct.unpack_from("<Q", good, free + 8)[0] // 8) * 8
    return good[: free + 8] + bytes(8) + good[free + 16 :]


def wrapped(times: int) -> Any:
    """A layer in a layer in a layer."""
    layer = a_dense(2)
    for number in range(times):
        layer = a_layer("TimeDistributed", f"t{number}", layer=layer)
    return layer


def without(network: Any, **config: Any) -> bytes:
    """A `.keras` file of a network with another config."""
    return a_keras_file({**network, "config": {**network["config"], **config}})


FILES = [
    *(b"", b"PK\x05\x06" + bytes(18), b"\x80\x04\x95\x00\x00", b"\x80\x02}q\x00", array_file()),
    *(b"\x89PNG\r\n\x1a\n\0\0", b"\xff\xd8\xff\xe0\0", b"GIF89a", b"%PDF-1.7\n", b"\x1f\x8b\x08\0"),
    *(b"7z\xbc\xaf\x27\x1c\0", b"Rar!\x1a\x07", b"\x1c\0\0\0TFL3\0", b'{"class_name": "Sequential"}', b"lol"),
    *(bytes(600), b"\x78\x9c\x01\x02", b"<!DOCTYPE html><html>", b"\xef\xbb\xbf\n<HTML>"),
    b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 10730760\n",
]
ARCHIVES = [
    *map(with_two, ["config.json", "CONFIG.JSON"]),
    *map(
        with_member, ["../../x", "/abs", "C:\\x", "notes.txt", "model.weights.npz", "__MACOSX/._config.json"]
    ),
    with_member("assets/layers/string_lookup/vocabulary.txt"),
    *(a_zip({key: value for key, value in the_members().items() if key != name}) for name in the_members()),
    *(
        a_zip(dict.fromkeys(names, b"x"))
        for names in (
            ["model/saved_model.pb"],
            ["model/config.json", "model/metadata.json"],
            ["work/best.keras", "log.csv"],
            *(["archive/data.pkl"], ["x_train.npy"], ["word/document.xml"]),
            [f"{number}" for number in range(70)],
        )
    ),
    a_keras_file(method=zipfile.ZIP_LZMA),
    in_directory(a_keras_file(), 8, b"\x01"),
    in_directory(a_keras_file(), 24, struct.pack("<I", 3)),
    a_zip({**the_members(), "config.json": b" " * (5 << 20)}, zipfile.ZIP_DEFLATED),
    *(a_keras_file()[:keep] for keep in (30, 200, 1000, -1, -30)),
]
TEXTS = [
    *(
        b'{"a": ' + b"[" * 200_000,
        b'{"a": ' * 900 + b"1" + b"}" * 900,
        b'{"a": ' + b"[" * 50 + b"]" * 50 + b"}",
    ),
    *(
        b'{"a": ' + b"1" * 5000 + b"}",
        b'{"a": 1e999}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1, "a": 2}',
    ),
    *(b'{"a": "\\ud800"}', b'{"a\\u0000": 1}', '{"a": 1}'.encode("utf-16"), b"\xef\xbb\xbf{}", b'{"a": 1'),
    *(b"[]", b"7", b""),
    *(json.dumps({"a": "x" * 3000}).encode(), json.dumps({"a": [0] * 200_001}).encode()),
]
HDF5 = [
    *map(
        weights,
        [
            lambda file: file.__setitem__("layers/other", h5py.SoftLink("/layers/dense")),
            lambda file: file.__setitem__("layers/other", h5py.ExternalLink("/etc/hostname", "/x")),
            lambda file: file.__setitem__("layers/loop", file["layers"]),
            lambda file: file.__setitem__("layers/dense/vars/2", file["layers/dense/vars/0"]),
            lambda file: file.create_dataset("layers/x", (4,), "f4", external=[("/etc/hostname", 0, 16)]),
            virtual,
            lambda file: file.__setitem__("layers/x", h5py.Empty("f4")),
            lambda file: file.__setitem__("layers/x", np.dtype("f4")),
            lambda file: file.create_dataset("layers/x", data=numbers(100), compression="lzf"),
            lambda file: file.create_group("/".join("g" * 40)),
            inflating,
        ],
    ),
    *(
        a_keras_file(weights=hdf5({**the_weights(), "layers/x": data}))
        for data in (
            np.array(["a", "b"], dtype=h5py.string_dtype()),
            np.array([b"a" * 100]),
            np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f4")]),
            np.array([1j]),
        )
    ),
    *(
        a_keras_file(weights=content)
        for content in (
            *(b"", b"lol", b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 8),
            hdf5(the_weights())[:900],
            hdf5({**the_weights(), "layers\\dense/vars/0": numbers(3, 2)}),
        )
    ),
    broken_heap(),
]
H5 = [
    hdf5(the_weights()),
    hdf5({"dense/kernel:0": numbers(2)}, {"/": {"layer_names": [b"dense"]}}),
    hdf5({"vars/0": numbers(2)}),
    hdf5({"x_train": numbers(3)}),
    an_attribute(7),
    hdf5(
        {"model_weights/dense/dense/kernel:0": numbers(3, 2)},
        {
            "/": {"model_config": "{}"},
            "model_weights": {"layer_names": [b"dense"]},
            "model_weights/dense": {"weight_names": [b"dense/kernel:0", b"dense/bias:0"]},
        },
    ),
]
CALLS = [
    *(
        with_calls([made])
        for value in (
            *(A_FUNCTION, {**A_FUNCTION, "module": "keras.layers", "config": "TFSMLayer"}, A_LAMBDA),
            {"class_name": "__numpy__", "config": {"value": [0], "dtype": "float32"}},
            {"class_name": "Dense", "module": "keras.layers", "config": {"units": 3}},
            {"class_name": "__keras_tensor__", "config": [1]},
            {"class_name": "__slice__", "config": {"start": 1}},
            {"class_name": "__ellipsis__", "config": {}, "module": "x"},
            {"module": "os"},
        )
        for made in (call(A_TENSOR, value), call(A_TENSOR, mask=value), call(A_TENSOR, [[value]]))
    ),
    *(
        with_calls(calls)
        for calls in (
            *(None, 7, ["x"], [{"args": []}], [{"args": [], "kwargs": []}]),
            [{"args": [], "kwargs": {}, "more": 1}],
            *([[["input", 0]]], [[["input", 0, 0, 7]]], [[]]),
            [call({"class_name": "__keras_tensor__", "config": {"shape": 3}})],
            [call({"class_name": "__keras_tensor__", "config": {"shape": [3], "dtype": "string"}})],
            [call({**A_TENSOR, "config": {**A_TENSOR["config"], "keras_history": None}})],
            *([call(a_tensor("input", 10**6))], [call(a_tensor("input", -1))]),
            [call({"class_name": "__slice__", "config": {"start": "x", "stop": None, "step": None}})],
            *([call(a_tensor("nobody"))], [call(A_TENSOR)] * 2),
            *(
                [call(A_TENSOR, mask=mask)]
                for mask in (
                    *("concatenate", 1, ["x"], {"a": 1}),
                    {"class_name": "__ellipsis__", "config": {}},
                    {"class_name": "__slice__", "config": {"start": 0, "stop": 1, "step": None}},
                )
            ),
            [[["input", 0, 0, {"mask": 3}]]],
            [call(a_tensor("input"), [a_tensor("dense", 1)]), call(a_tensor("dense"))],
        )
    ),
    *(
        with_calls([call(A_TENSOR)], output_layers=ends)
        for ends in (
            None,
            [],
            7,
            [7],
            [["dense", 0]],
            [["dense", "0", 0]],
            [["dense", True, 0]],
            [["dense", 5, 0]],
        )
    ),
    with_calls([call(a_tensor("dense", 0, 3))]),
    # Through another layer.
    a_keras_file(
        a_functional(
            called(a_layer("Add", "sum"), [a_tensor("input", 0, 3), a_tensor("dense", 0, 3)]),
            called(a_dense(3), a_tensor("sum", 0, 3)),
        )
    ),
    a_keras_file(
        a_functional(called(a_dense(2), A_TENSOR), called(a_dense(300, "for_show"), a_tensor("input", 0, 3)))
    ),
]
CLASSES = [
    *(
        of({**a_layer(kind, "mine"), "module": module})
        for kind in REFUSED
        for module in ("keras.layers", None)
    ),
    *(of(a_layer("Lambda", "lambda", function=function)) for function in (A_LAMBDA, A_FUNCTION)),
    of(a_layer("StringLookup", "words", vocabulary="/etc/hostname")),
    of({"module": "os", "class_name": "system", "config": {}}),
    of({"module": "builtins", "class_name": "eval", "config": {}}),
    of({**a_layer("Dense", "dense"), "registered_name": "pkg>Thing"}),
    of({**a_layer("ResidualBlock", "dense", "my_layers"), "registered_name": "ResidualBlock"}),
    of({**a_layer("Mine", "dense"), "registered_name": ["x"]}),
    *(
        of(a_layer(kind, "x", module))
        for module, kind in (
            *(("keras.src.saving.saving_lib_test", "Dense"), ("keras.config", "set_epsilon")),
            *(("keras.layers", "Pipeline"), ("keras.layers", "Layer"), ("keras.src.ops.numpy", "Vectorize")),
            *(("keras.optimizers", "Adam"), ("tensorflow.keras.layers", "Dense")),
            *(("keras.src.ops.core", kind) for kind in OF_FUNCTIONS),
        )
    ),
    a_keras_file({"module": None, "class_name": "ResidualRegressor", "config": {"output_dim": 1}}),
    a_keras_file({"module": None, "class_name": "M", "config": {"layers": [300, 100]}}),
]
VALUES = [
    *(
        of(a_dense(units))
        for units in (2**20 + 1, 10**13, -1, 0, True, "7", 1.0, [3, "x"], [3, 0], {"class_name": "x"})
    ),
    *(of(a_layer("Reshape", "reshape", target_shape=value)) for value in (2**21, [1, [-(2**40)]])),
    *(
        of(a_layer("Dropout", "dropout", rate=0.2, seed=seed))
        for seed in (-1, 2**63, 1.5, True, "now", [7], {"class_name": "Other"})
    ),
    *(of(a_dense(2, **{key: "x"})) for key in ("filepath", "vocabulary", "url", "weights", "function")),
    of(a_dense(2, shared_object_id=[1])),
    *(
        of(a_layer("Rescaling", "scale", scale=value))
        for value in (
            {"class_name": "__numpy__", "config": {"value": [0], "dtype": "S1500000000"}},
            {"class_name": "__tensor__", "config": {"value": [0], "dtype": "float32"}},
            *(A_LAMBDA, {"class_name": "__typespec__", "spec_name": "x", "config": []}),
            [{"module": "keras.layers", "class_name": "function", "config": "TFSMLayer"}],
            *([{"a": [{mark: "Lambda"}]}] for mark in ("class_name", "module", "registered_name")),
        )
    ),
    *(
        of(a_dense(2, **{key: stored}))
        for key, stored in (
            ("activation", {"module": "builtins", "class_name": "function", "config": "my_relu"}),
            *(("activation", "deserialize"), ("activation", 7), ("recurrent_activation", "mine")),
            ("activation", {"module": "keras.layers", "class_name": "Lambda", "config": {}}),
            ("activation", {"module": "my", "class_name": "ReLU", "config": {}}),
            ("kernel_regularizer", {"module": "keras.regularizers", "class_name": "Mine", "config": {}}),
            *(("kernel_regularizer", a_layer("Lambda", "l")), ("kernel_constraint", "mine")),
            *(("dtype", "string"), ("dtype", 7), ("dtype", ""), ("dtype", {"class_name": "DTypePolicy"})),
            ("dtype", {"class_name": "QuantizedDTypePolicy", "config": {"name": "float32"}}),
            ("dtype", {"class_name": "DTypePolicy", "config": {"name": ["x"]}}),
            ("dtype", {"class_name": "DTypePolicy", "config": "float32"}),
        )
    ),
]
NETWORKS = [
    of({**a_dense(2), "spec_name": "x"}),
    *(
        of(entry)
        for entry in (
            *(
                7,
                None,
                [],
                "Dense",
                {},
                {"config": {}},
                {"class_name": 3, "config": {}},
                {"class_name": "Dense"},
            ),
            *({"class_name": "Dense", "config": config} for config in (None, "x", [])),
            {"class_name": "InputLayer", "config": []},
            *({"class_name": "Dense", "module": module, "config": {}} for module in (7, [])),
        )
    ),
    *(without(a_sequential(), layers=layers) for layers in (None, 7, {}, "x")),
    a_keras_file(a_sequential(a_dense(2))),
    of(*(a_dense(2, f"d{number}") for number in range(300))),
    of(
        *(
            a_sequential(an_input(3), *(a_dense(3, f"d{number}") for number in range(150)), name=f"s{turn}")
            for turn in range(3)
        )
    ),
    of(wrapped(60)),
    *(
        of({**a_dense(2), "config": {**a_dense(2)["config"], "name": name}})
        for name in ("a\x1b[31m", "evil\u202e", "", "x" * 101, 7, ["a"])
    ),
    of(a_dense(2, "a"), a_dense(2, "a")),
    of({**a_dense(2, "a"), "shared_object_id": 7}, {**a_dense(300, "b"), "shared_object_id": 7}),
    *(
        a_keras_file(
            a_sequential({**an_input(3), "config": {"batch_shape": shape, "name": "in"}}, a_dense(2))
        )
        for shape in (7, "3", [], [None] * 9, [[None, 3]], None)
    ),
    a_keras_file(a_sequential(a_dense(2, layers=[7]))),
    without(a_functional(), layers=[], input_layers={}, output_layers={}),
]
# What needs more than the content of the file to be refused.
OTHERS: dict[str, dict[str, Any]] = {
    **{
        f"the name {name[:20]!r}": {"content": b"", "name": name}
        for name in (
            "student/deep/model.keras",
            "C:\\Users\\me\\model.keras",
            "\x1b[2Jmodel.keras",
            "m" * 300,
        )
    },
    "a large file": {"content": bytes(1025), "limits": Limits(rubric.Limits(model_file=1024))},
    "weights that inflate": {
        "content": a_zip({**the_members(), "model.weights.h5": bytes(2000)}, zipfile.ZIP_DEFLATED),
        "limits": Limits(rubric.Limits(model_file=1999)),
    },
    "a long config": {"content": an_h5_file(), "limits": Limits(config_bytes=100)},
    "a long attribute": {
        "content": an_attribute(np.bytes_(b" " * 100_000)),
        "limits": Limits(attribute_bytes=50_000),
    },
    "many groups": {
        "content": weights(lambda file: [file.create_group(f"g{number}") for number in range(200)]),
        "limits": Limits(hdf5_objects=100),
    },
    "many weights": {"content": a_keras_file(), "limits": Limits(rubric.Limits(parameters=7))},
    "many calls": {
        "content": with_calls(
            [call(A_TENSOR), *(call(a_tensor("dense", number, 3)) for number in range(20))],
            output_layers=[["dense", 20, 0]],
        ),
        "limits": Limits(calls=20),
    },
    "an ellipsis in an .h5 file": {
        "content": an_h5_file(
            a_functional(called(a_dense(2), A_TENSOR, {"class_name": "__ellipsis__", "config": {}}))
        ),
        "name": "model.h5",
    },
}
CASES: dict[str, dict[str, Any]] = {
    f"{kind} {number}": {"content": content}
    for kind, contents in {
        "file": FILES,
        "archive": ARCHIVES,
        "hdf5": HDF5,
        "h5": H5,
        "calls": CALLS,
        "class": CLASSES,
        "json": [a_zip({**the_members(), "config.json": text}) for text in TEXTS],
        "value": VALUES,
        "network": NETWORKS,
    }.items()
    for number, content in enumerate(contents, start=1)
} | OTHERS
FOLDERS = [("a/model.keras", True), (".", True), ("export", False)]

NOTED: dict[str, bytes | tuple[str, bytes]] = {
    "a .keras file with another name": ("model.h5", a_keras_file()),
    "an .h5 file with another name": an_h5_file(),
    "a batch size": a_keras_file(
        a_sequential({**an_input(3), "config": {"batch_shape": [32, 3], "name": "in"}}, a_dense(2))
    ),
    "a stateful layer": a_keras_file(
        a_sequential(an_input(3, 3), a_layer("LSTM", "lstm", units=5, stateful=True))
    ),
    "slashes": of(a_dense(2, "a/b")),
    "a class of its own": a_keras_file({**a_sequential(), "class_name": "M", "module": None}),
    "weights of Keras 2 on Windows": a_keras_file(
        weights=hdf5({"_layer_checkpoint_dependencies\\dense/vars/0": numbers(3, 2)})
    ),
    "a bare list of layers": an_h5_file(
        {"class_name": "Sequential", "config": [old(a_dense(2, batch_input_shape=[None, 3]))]}
    ),
    "an unknown initializer": of(a_dense(2, kernel_initializer="no_such")),
    "a function as initializer": of(
        a_dense(2, kernel_initializer={"class_name": "function", "module": "builtins", "config": "my_init"})
    ),
    "a dtype of initializers": of(
        a_dense(2, bias_initializer={"class_name": "Zeros", "config": {"dtype": "float32"}})
    ),
    "an activation of TensorFlow": of(a_dense(2, activation="softmax_v2")),
    "a renamed argument": of(a_layer("LeakyReLU", "l", alpha=0.1)),
    "retired arguments": of(
        a_layer("LSTM", "l", units=2, time_major=False, implementation=2),
        a_layer("BatchNormalizationV1", "b", axis=3, fused=True),
        a_layer("SpatialDropout2D", "s", rate=0.1, noise_shape=None),
        a_layer("Embedding", "e", input_dim=5, output_dim=2, input_length=3),
    ),
    "a list of one axis": of(a_layer("BatchNormalization", "b", axis=[3])),
    "hard_sigmoid": an_h5_file(
        old(a_sequential(old(an_input(3)), old(a_dense(2, activation="hard_sigmoid"))))
    ),
    "an initializer that is shown": of(a_dense(2, kernel_initializer=an_initializer("Mine\x1b[2J`"))),
}


@pytest.mark.hostile_row(1, 3, 4, 5, 6, 8, 9, 10, 11, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25)
@pytest.mark.hostile_row(26, 27, 28, 30, 32, 33, 34, 38, 39)
def test_the_sentences() -> None:
    """Each refusal is a sentence and a hint that ends, and each note a sentence."""
    told: dict[str, tuple[object, ...]] = {
        case: refusal_of(lambda given=given: read_model(**{"name": "model.keras", **given}))  # type: ignore[misc]
        for case, given in CASES.items()
    }
    for path, unpacked in FOLDERS:
        error = SavedFolder(PurePosixPath(path), unpacked).refusal()
        told[f"folder {path}"] = (error.message, error.hint)
    for case, given in NOTED.items():
        name, content = given if isinstance(given, tuple) else ("model.keras", given)
        clean = read_model(name, content)
        told[case] = clean.facts.rescued
        # The bytes decide, not the name.
        assert clean.content.startswith(b"PK") == content.startswith(b"PK") == (clean.suffix == ".keras")

    assert [] == [one for ones in told.values() for one in ones if not str(one).endswith(".")]
    assert max(len(str(one)) for ones in told.values() for one in ones) < 400
    for case, ones in told.items():
        said(case, *ones)

"""Files as a whole: what is taken from them and what is written anew. Refusals are in `test_sentences`."""

import struct
import zipfile
from pathlib import PurePosixPath

import numpy as np
import pytest
from builders_models import a_keras_file, a_sequential, an_h5_file, compiled, hdf5, numbers, the_weights

from grader.errors import SubmissionError
from grader.measure.model.filetype import SavedFolder, folders
from grader.measure.model.hdf5 import MARK, OBJECT, heaps_are_sound, read_hdf5, write_hdf5
from grader.measure.model.network import built_once, clean_network
from grader.measure.model.read import read_model
from grader.measure.model.reading import Limits, start
from grader.measure.model.stored import read_archive, read_h5, read_keras, write_h5, write_keras

READING = start("model.keras", Limits())
MEMBERS = ("config.json", "metadata.json", "model.weights.h5")
PLACES = [("layers", "dense", "vars", "0"), ("layers", "dense", "vars", "1")]
TEXT = hdf5(the_weights(), {"layers": {"name": "a text of variable length"}})


def below(folder: str, *names: str) -> list[str]:
    return [f"{folder}{name}" for name in names]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["model.keras", "log.csv"], []),
        (["a/config.json", "log.csv"], []),
        (below("model.keras/", *MEMBERS), [("model.keras", True)]),
        (["a/MODEL.Keras/x"], [("a/MODEL.Keras", True)]),
        (below("model/", *MEMBERS), [("model", True)]),
        (list(MEMBERS), [(".", True)]),
        (
            ["a/b/saved_model.pb", "a/saved_model.pb", "a/variables/variables.index"],
            [("a", False), ("a/b", False)],
        ),
    ],
)
def test_folders_that_are_models_are_found(names: list[str], expected: list[tuple[str, bool]]) -> None:
    """By their names alone; the outermost comes first, each once."""
    assert expected == [(str(folder.path), folder.unpacked) for folder in folders(names)]


@pytest.mark.parametrize(
    ("path", "unpacked", "name", "expected"),
    [
        ("model.keras", True, "model.keras/anything.csv", True),
        ("model.keras", True, "log.csv", False),
        ("model", True, "model/config.json", True),
        ("model", True, "model/assets/layers/words/vocabulary.txt", True),
        ("model", True, "model/training_log.csv", False),
        ("model", True, "model/old/config.json", False),
        (".", True, "model.weights.h5", True),
        (".", True, "model.keras", False),
        ("export", False, "export/variables/x.h5", True),
        (".", False, "model.keras", False),
    ],
)
def test_its_parts_are_no_files_of_the_student(path: str, unpacked: bool, name: str, expected: bool) -> None:
    """A model or a log that lies beside them is one."""
    assert expected == SavedFolder(PurePosixPath(path), unpacked).holds(name)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_parts_of_a_keras_file(method: int) -> None:
    """The network without how it was compiled, that, the version and the weights; deflated or not."""
    stored = read_keras(READING, a_keras_file(compiled(a_sequential()), method=method))

    assert "compile_config" not in stored.config
    assert ("Adam", "3.15.1") == (stored.compiled["optimizer"]["class_name"], stored.version)
    assert PLACES == sorted(stored.weights)


def test_the_optimizer_is_no_weight() -> None:
    """Its arrays are kept in short, and in no clean copy."""
    variables = {"optimizer/vars/0": np.int64(3), "optimizer/vars/1": np.ones((3, 2), "float32")}
    stored = read_keras(READING, a_keras_file(weights=hdf5({**the_weights(), **variables})))

    assert {"layers"} == {path[0] for path in stored.weights}
    assert [6.0] == [totals.total for _, totals in stored.state.variables]


def test_a_clean_keras_file_reads_as_it_was_written() -> None:
    """Network, in the form that Keras builds once, version and weights."""
    network = clean_network(READING, a_sequential())
    content = write_keras(network, "3.15.1", {PLACES[0]: numbers(3, 2)})
    stored = read_keras(READING, content)

    assert (built_once(network), "3.15.1") == (stored.config, stored.version)
    assert numbers(3, 2).tolist() == stored.weights[PLACES[0]].tolist()
    assert 3 == len(read_archive(READING, content))


def test_weights_in_h5_are_numbered_by_layer() -> None:
    """Layers without weights do not count."""
    weights = {
        "flatten": {},
        "first": {"first/kernel:0": numbers(3, 2)},
        "second": {"second/kernel:0": numbers(2, 2), "second/bias:0": numbers(2)},
    }
    stored = read_h5(READING, an_h5_file(weights=weights))

    assert [("0", "0"), ("1", "0"), ("1", "1")] == sorted(stored.weights)
    assert ("2.3.0-tf", {}) == (stored.version, stored.compiled)


def test_a_clean_h5_file_reads_as_it_was_written() -> None:
    """More than ten layers keep their order."""
    weights = {(str(layer), "0"): numbers(1, layer + 1) for layer in range(12)}
    stored = read_h5(READING, write_h5(READING, {"class_name": "Sequential"}, "3.15.1", weights))

    assert {"class_name": "Sequential"} == stored.config
    assert [(path, array.tolist()) for path, array in weights.items()] == [
        (path, array.tolist()) for path, array in stored.weights.items()
    ]


def test_what_is_written_to_hdf5_is_what_is_read() -> None:
    """A clean file gives back its arrays and texts, whatever their byte order was."""
    arrays = {("a", "b"): numbers(2, 3), ("c",): np.array(5, dtype=">i8")}
    attributes = {(): {"text": "é"}, ("a",): {"names": ("x", "y"), "none": ()}}
    content = write_hdf5(arrays, attributes)

    contents = read_hdf5(READING, content, frozenset("ac"), "", frozenset({"text", "names", "none"}))

    assert numbers(2, 3).tolist() == contents.weights["a", "b"].tolist()
    assert 5 == contents.weights["c",].item()
    assert {"text": "é"} == contents.attributes[()]
    assert {"names": ("x", "y"), "none": ()} == contents.attributes["a",]
    assert content == write_hdf5(arrays, attributes)


@pytest.mark.hostile_row(17)
def test_wide_numbers_are_refused() -> None:
    """Their type has another name on each system."""
    weights = hdf5({**the_weights(), "layers/x": np.array([1.0], dtype="longdouble")})

    with pytest.raises(SubmissionError):
        read_model("model.keras", a_keras_file(weights=weights))


def a_heap(*objects: tuple[int, int], size: int = 4096) -> bytes:
    """A heap with these objects, each as its index and its length."""
    heap = bytearray(MARK + struct.pack("<Q", size) + bytes(max(0, size - 16)))
    place = 16
    for index, length in objects:
        OBJECT.pack_into(heap, place, index, 1, length)
        place += length if index == 0 else 16 + -(-length // 8) * 8
    return bytes(heap)


def test_the_heaps_of_a_real_file_are_sound() -> None:
    """The library's own files pass, and those that have none."""
    assert (True, False) == (MARK in TEXT, MARK in hdf5(the_weights()))
    assert heaps_are_sound(TEXT)
    assert heaps_are_sound(hdf5(the_weights()))
    assert 8 == read_model("model.keras", a_keras_file(weights=TEXT)).facts.parameters


@pytest.mark.parametrize(
    ("content", "sound"),
    [
        (a_heap((1, 5), (2, 16), (0, 4096 - 16 - 24 - 32)), True),
        (a_heap((1, 5), (0, 0)), False),
        (a_heap((1, 5)), False),
        (a_heap((1, 10**9)), False),
        (a_heap((0, 8), (0, 4072)), False),
        (a_heap((0, 4080)) + a_heap((1, 16), (0, 4048)), True),
        (a_heap((0, 10**9)), False),
        (a_heap((0, 4080))[:-1], False),
        (a_heap((0, 4080), size=4096)[:20], False),
        (MARK, False),
        (MARK + struct.pack("<Q", 3), False),
        (b"GCOL of a student's text", True),
    ],
)
def test_a_chain_goes_on_to_the_end(content: bytes, sound: bool) -> None:
    """An object of size 0 would be its own successor, a large one leads out of the heap."""
    assert sound == heaps_are_sound(content)

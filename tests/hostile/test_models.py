"""Model files that would run something, or that Keras would not build so: refused, and nothing has run."""

import io
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import builders_hostile as hostile
import keras
import pytest
from builders_golden import refusal_of, said
from builders_logs import refused
from builders_models import (
    a_dense,
    a_keras_file,
    a_layer,
    a_sequential,
    a_zip,
    an_input,
    the_members,
)

from grader.measure.model.read import read_model

FORMS = pytest.mark.parametrize("suffix", [".keras", ".h5"])


@pytest.fixture(autouse=True)
def _nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After each test there is no marker, and Keras is as it was."""
    monkeypatch.chdir(tmp_path)
    before = keras.config.epsilon()
    yield
    assert not (tmp_path / "marker").exists()
    assert before == keras.config.epsilon()


def refuses(content: bytes, name: str = "model.keras") -> bool:
    """Whether a model is refused; what is said is pinned in this room's file."""
    return said(*refusal_of(lambda: read_model(name, content)))


@pytest.mark.hostile_row(1, 2, 3)
@FORMS
@pytest.mark.parametrize("is_saved", [True, False])
def test_a_lambda(tmp_path: Path, suffix: str, *, is_saved: bool) -> None:
    """No saved code is decoded, and no function of Keras is called, which its safe mode would allow."""
    if is_saved:
        content = hostile.a_saved_lambda(tmp_path, suffix)
        (tmp_path / "marker").unlink(missing_ok=True)
    else:
        content = hostile.as_file(hostile.a_lambda_of_keras(), suffix)

    assert refuses(content, f"model{suffix}")


@pytest.mark.hostile_row(8)
@FORMS
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(hostile.SET_EPSILON, marks=pytest.mark.hostile_row(4), id="epsilon"),
        pytest.param(
            (
                0,
                [hostile.function("keras.ops.while_loop")],
                *map(hostile.function, ("keras.ops.isfinite", "keras.ops.abs")),
                1.0,
            ),
            marks=pytest.mark.hostile_row(6),
            id="loop",
        ),
        pytest.param(
            (0, [hostile.function("keras.datasets.mnist.load_data")], "mnist.npz"),
            marks=pytest.mark.hostile_row(7),
            id="download",
        ),
    ],
)
def test_a_call_that_leads_nowhere(arguments: Any, suffix: str) -> None:
    """Keras calls it while it loads the file, in both forms."""
    assert refuses(hostile.as_file(hostile.a_dead_call(*arguments), suffix), f"model{suffix}")


@pytest.mark.hostile_row(5)
def test_a_call_that_loads_a_saved_model(tmp_path: Path) -> None:
    """It would write a file, by an operation of the SavedModel's graph."""
    saved = hostile.a_saved_model(tmp_path / "saved", tmp_path / "marker")
    call = hostile.a_dead_call(0, [hostile.function("keras.layers.TFSMLayer")], str(saved))

    assert refuses(a_keras_file(call))


@pytest.mark.hostile_row(9)
def test_a_module_of_keras_that_nobody_needs() -> None:
    """Keras would import any module of its own that a file names; this one is not imported."""
    module = "keras.src.saving.saving_lib_test"
    sys.modules.pop(module, None)
    network = a_sequential(an_input(3), {**a_dense(2), "module": module})

    assert refuses(a_keras_file(network))
    assert module not in sys.modules


@pytest.mark.hostile_row(11)
@FORMS
@pytest.mark.parametrize("kind", ["StringLookup", "IntegerLookup", "TextVectorization"])
def test_a_vocabulary_that_is_a_file_of_this_machine(tmp_path: Path, kind: str, suffix: str) -> None:
    """Neither its text nor its path comes out."""
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words", encoding="utf-8")
    layer = a_layer(kind, "words", vocabulary=str(secret))

    assert refuses(hostile.as_file(a_sequential(an_input(3), layer, a_dense(2)), suffix), f"model{suffix}")


@pytest.mark.hostile_row(39)
@pytest.mark.parametrize("name", ["model.keras", "model.h5", "model.pkl", "model.pt"])
def test_a_pickle_is_not_opened(tmp_path: Path, name: str) -> None:
    """It is named for what it is."""
    assert refuses(hostile.a_pickle(tmp_path / "marker"), name)


@pytest.mark.hostile_row(39)
def test_an_array_of_objects_is_not_opened(tmp_path: Path) -> None:
    """Neither as a model nor as a log; NumPy keeps objects as a pickle."""
    content = hostile.an_array_of_objects(tmp_path / "marker")

    assert refuses(content)
    assert said(refused(content, "log.npy").message)


def two_members_in_one_place() -> bytes:
    """The second entry of the directory points to the bytes of the first."""
    content = bytearray(a_keras_file())
    entries = [index for index in range(len(content)) if content.startswith(b"PK\x01\x02", index)]
    (first,) = struct.unpack_from("<I", content, entries[0] + 42)
    struct.pack_into("<I", content, entries[1] + 42, first)
    return bytes(content)


def named(layer: str) -> bytes:
    return a_keras_file(a_sequential(an_input(3), a_dense(2, layer)))


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(
            lambda: a_zip({**the_members(), **{f"{number}": b"" for number in range(70_000)}}),
            marks=pytest.mark.hostile_row(23),
            id="seventy thousand members",
        ),
        pytest.param(
            two_members_in_one_place,
            marks=pytest.mark.hostile_row(23),
            id="two members in one place",
        ),
        pytest.param(
            lambda: a_zip({"model.keras": a_zip({"inner.keras": a_keras_file()})}),
            marks=pytest.mark.hostile_row(25),
            id="a zip in a zip",
        ),
        pytest.param(
            lambda: named("../../x\0<script>"),
            marks=pytest.mark.hostile_row(34),
            id="a name that acts",
        ),
        pytest.param(
            lambda: named("x" * 1_000_000),
            marks=pytest.mark.hostile_row(34),
            id="a long name",
        ),
    ],
)
def test_archives_and_names_that_keras_does_not_write(make: Callable[[], bytes]) -> None:
    """They are refused before a member becomes an object, or a name comes as far as a sentence."""
    assert refuses(make())


@pytest.mark.hostile_row(23)
@pytest.mark.parametrize("junk", [b"\x7fELF junk", b"#!/bin/sh\nexit\n"])
def test_junk_before_the_archive(junk: bytes) -> None:
    """A file that begins as a program is a program, whatever follows."""
    assert refuses(junk + a_keras_file())


@pytest.mark.hostile_row(23, 34)
def test_what_is_only_odd_is_read() -> None:
    """A comment as long as an archive can have; a name that is a path, whose slashes become underscores."""
    buffer = io.BytesIO(named("../../<script>"))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"x" * 65_535

    assert ".._.._<script>" == read_model("model.keras", buffer.getvalue()).facts.layers[0].name

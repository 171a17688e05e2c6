"""`.keras` archives that are built in other ways than Keras builds them."""

import io
import struct
import zipfile

import pytest
from builders_models import a_dense, a_keras_file, a_sequential, a_zip, an_input, the_members

from grader.errors import SubmissionError
from grader.measure.model.read import read_model

DAMAGED = "`model.keras` is damaged or cut short: its zip archive cannot be read."


def refusal(content: bytes) -> str:
    with pytest.raises(SubmissionError) as caught:
        read_model("model.keras", content)
    return str(caught.value.message)


@pytest.mark.hostile_row(23)
def test_seventy_thousand_members() -> None:
    """They are counted in the bytes, before one of them becomes an object."""
    content = a_zip({**the_members(), **{f"{number}": b"" for number in range(70_000)}})

    assert "`model.keras` is a zip archive of 70003 files; a `.keras` file has 3." == refusal(content)


@pytest.mark.hostile_row(23)
def test_a_long_comment_does_no_harm() -> None:
    """The longest that an archive can have."""
    buffer = io.BytesIO(a_keras_file())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"x" * 65_535

    assert 8 == read_model("model.keras", buffer.getvalue()).parameters


@pytest.mark.hostile_row(23)
@pytest.mark.parametrize("junk", [b"\x7fELF junk", b"#!/bin/sh\nexit\n"])
def test_junk_before_the_archive(junk: bytes) -> None:
    """A file that begins as a program is a program, whatever follows."""
    assert refusal(junk + a_keras_file()).endswith(
        " a model saved by Keras as `.keras` or `.h5` was asked for."
    )


@pytest.mark.hostile_row(23)
def test_two_members_in_one_place() -> None:
    """The second entry of the directory points to the bytes of the first."""
    content = bytearray(a_keras_file())
    entries = [index for index in range(len(content)) if content.startswith(b"PK\x01\x02", index)]
    (first,) = struct.unpack_from("<I", content, entries[0] + 42)
    struct.pack_into("<I", content, entries[1] + 42, first)

    assert DAMAGED == refusal(bytes(content))


@pytest.mark.hostile_row(25)
def test_a_model_in_a_zip_in_a_zip() -> None:
    """It is said which file to hand in."""
    content = a_zip({"model.keras": a_zip({"inner.keras": a_keras_file()})})

    assert (
        "`model.keras` is a zip archive around `model.keras`; the model file itself was asked for."
        == refusal(content)
    )


@pytest.mark.hostile_row(34)
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../x\0<script>", "a text in it has characters that are none"),
        ("x" * 1_000_000, "a text in it has 1000000 characters, at most 2000 are read"),
    ],
)
def test_names_of_layers_that_are_none(name: str, reason: str) -> None:
    """They do not come as far as a sentence."""
    message = refusal(a_keras_file(a_sequential(an_input(3), a_dense(2, name))))

    assert f"The `config.json` of `model.keras` cannot be read: {reason}." == message


@pytest.mark.hostile_row(34)
def test_a_name_that_is_a_path_stays_a_name() -> None:
    """Nothing is written under it; its slashes become underscores, as Keras has them."""
    network = a_sequential(an_input(3), a_dense(2, "../../<script>"))

    assert ".._.._<script>" == read_model("model.keras", a_keras_file(network)).facts.layers[0].name

"""Zip archives that are no `.keras` file, or one that nobody should open."""

import struct
import zipfile

import pytest
from builders_models import a_keras_file, a_zip, the_members

from grader.errors import SubmissionError
from grader.measure.model.read import read_model
from grader.measure.model.reading import NUMBERS_ONLY, SAVE_AGAIN, UPLOAD_AGAIN, Limits

DAMAGED = "`model.keras` is damaged or cut short: its zip archive cannot be read."


def refused(content: bytes, limits: Limits | None = None) -> SubmissionError:
    """The error that this file is refused with."""
    with pytest.raises(SubmissionError) as caught:
        read_model("model.keras", content, limits)
    return caught.value


def with_member(name: str, content: bytes = b"x") -> bytes:
    """A `.keras` file with one more member."""
    return a_zip({**the_members(), name: content})


def with_two(second: str) -> bytes:
    """A `.keras` file with a second config under this name."""
    placeholder = "config_json".ljust(len(second), "_")
    return with_member(placeholder, b"{}").replace(placeholder.encode(), second.encode())


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_three_members_are_enough(method: int) -> None:
    """Keras stores its members; a file that was packed again with deflate is read as well."""
    assert 8 == read_model("model.keras", a_keras_file(method=method)).parameters


@pytest.mark.hostile_row(22)
@pytest.mark.parametrize("second", ["config.json", "CONFIG.JSON"])
def test_two_configs_are_refused(second: str) -> None:
    """Keras would take the last one, a scanner the first."""
    error = refused(with_two(second))

    assert str(error.message) in (
        "`model.keras` holds `config.json` twice.",
        "`model.keras` holds `CONFIG.JSON` twice.",
    )
    assert str(SAVE_AGAIN) == str(error.hint)


@pytest.mark.hostile_row(21, 24)
@pytest.mark.parametrize(
    "name", ["../../x", "/abs", "C:\\x", "notes.txt", "model.weights.npz", "__MACOSX/._config.json"]
)
def test_another_member_is_refused(name: str) -> None:
    """Wherever its name would lead, nothing is written."""
    error = refused(with_member(name))

    assert f"`model.keras` holds `{name}`, which is no part of a `.keras` file." == str(error.message)
    assert str(SAVE_AGAIN) == str(error.hint)


@pytest.mark.hostile_row(11)
def test_a_vocabulary_is_refused() -> None:
    """Files for layers are a way to read files of this machine."""
    error = refused(with_member("assets/layers/string_lookup/vocabulary.txt"))

    assert (
        "`model.keras` holds `assets/layers/string_lookup/vocabulary.txt` for one of its layers; "
        "such layers are not loaded here."
    ) == str(error.message)
    assert str(NUMBERS_ONLY) == str(error.hint)


@pytest.mark.parametrize("name", ["metadata.json", "model.weights.h5"])
def test_a_missing_member_is_named(name: str) -> None:
    """Each of the three has to be there."""
    error = refused(a_zip({key: content for key, content in the_members().items() if key != name}))

    assert f"`model.keras` has no `{name}` in it." == str(error.message)


@pytest.mark.hostile_row(25, 38, 39)
@pytest.mark.parametrize(
    ("names", "rest", "hint"),
    [
        (["model/saved_model.pb"], " of a SavedModel; a `.keras` or `.h5` file was asked for.", SAVE_AGAIN),
        (
            ["model/config.json", "model/metadata.json"],
            " of a folder; in a `.keras` file `config.json` stands at the top.",
            "Submit the `.keras` file as Keras wrote it, without unpacking and packing it again.",
        ),
        (
            ["work/best.keras", "log.csv"],
            " around `work/best.keras`; the model file itself was asked for.",
            "Unpack the archive and submit the model file that is in it.",
        ),
        (
            ["archive/data.pkl"],
            " of PyTorch or NumPy; a model saved by Keras as `.keras` or `.h5` was asked for.",
            SAVE_AGAIN,
        ),
        (
            ["x_train.npy"],
            " of PyTorch or NumPy; a model saved by Keras as `.keras` or `.h5` was asked for.",
            SAVE_AGAIN,
        ),
        (["word/document.xml"], ", but not one that Keras wrote: it has no `config.json`.", SAVE_AGAIN),
    ],
)
def test_another_archive_is_named(names: list[str], rest: str, hint: str) -> None:
    """A zip of something else says what it is."""
    error = refused(a_zip(dict.fromkeys(names, b"x")))

    assert f"`model.keras` is a zip archive{rest}" == str(error.message)
    assert str(hint) == str(error.hint)


@pytest.mark.hostile_row(21, 23)
def test_many_members_are_refused() -> None:
    """Nothing of them is read."""
    error = refused(a_zip({f"{number}": b"" for number in range(70)}))

    assert "`model.keras` is a zip archive of 70 files; a `.keras` file has 3." == str(error.message)


@pytest.mark.hostile_row(23)
def test_another_way_of_packing_is_refused() -> None:
    """Keras stores; deflate is what people's tools do; nothing else is opened."""
    error = refused(a_keras_file(method=zipfile.ZIP_LZMA))

    assert "`model.keras` is encrypted or packed in a way that Keras does not use." == str(error.message)


@pytest.mark.hostile_row(23)
def test_an_encrypted_archive_is_refused() -> None:
    """The flag is enough."""
    content = bytearray(a_keras_file())
    for start in (index for index in range(len(content)) if content[index : index + 4] == b"PK\x01\x02"):
        content[start + 8] |= 1

    assert "`model.keras` is encrypted or packed in a way that Keras does not use." == str(
        refused(bytes(content)).message
    )


@pytest.mark.hostile_row(20)
def test_a_config_that_inflates_is_not_read_whole() -> None:
    """The cap is on what is read, whatever the header says."""
    members = {**the_members(), "config.json": b" " * (5 << 20)}
    error = refused(a_zip(members, zipfile.ZIP_DEFLATED))

    assert "The `config.json` in `model.keras` is larger than 4194304 bytes, the most that is read." == str(
        error.message
    )
    assert str(SAVE_AGAIN) == str(error.hint)


def test_weights_that_inflate_are_not_read_whole() -> None:
    """The same for the weights."""
    error = refused(
        a_zip({**the_members(), "model.weights.h5": bytes(2000)}, zipfile.ZIP_DEFLATED),
        Limits(file_bytes=1999),
    )

    assert "The `model.weights.h5` in `model.keras` is larger than 1999 bytes, the most that is read." == str(
        error.message
    )


@pytest.mark.hostile_row(23)
def test_a_size_that_lies_is_damage() -> None:
    """A header with a smaller size than the data ends in a checksum that does not hold."""
    content = bytearray(a_keras_file())
    start = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, start + 24, 3)

    assert str(DAMAGED) == str(refused(bytes(content)).message)


@pytest.mark.parametrize("keep", [30, 200, 1000, -1, -30])
def test_a_truncated_archive_says_so(keep: int) -> None:
    """An upload that broke off has its own advice."""
    error = refused(a_keras_file()[:keep])

    assert str(DAMAGED) == str(error.message)
    assert str(UPLOAD_AGAIN) == str(error.hint)

"""What is submitted in place of a model, each with its sentence."""

import io

import numpy as np
import pytest
from builders_models import a_dense, a_keras_file, a_sequential, an_h5_file, an_input, old

from grader.errors import SubmissionError
from grader.measure.model.read import read_model
from grader.measure.model.reading import SAVE_AGAIN, Limits

AS_KERAS = "a model saved by Keras as `.keras` or `.h5` was asked for."


def an_array() -> bytes:
    """The bytes of a `.npy` file."""
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    return buffer.getvalue()


@pytest.mark.hostile_row(25, 39)
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x05\x06" + bytes(18), "an empty zip archive"),
        (b"\x80\x04\x95\x00\x00", "a pickle"),
        (b"\x80\x02}q\x00", "a pickle"),
        (an_array(), "a NumPy array"),
        (b"\x89PNG\r\n\x1a\n\0\0", "an image"),
        (b"\xff\xd8\xff\xe0\0", "an image"),
        (b"GIF89a", "an image"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\x1f\x8b\x08\0", "a gzip archive"),
        (b"7z\xbc\xaf\x27\x1c\0", "a 7z archive"),
        (b"Rar!\x1a\x07", "a RAR archive"),
        (b"\x1c\0\0\0TFL3\0", "a TensorFlow Lite model"),
        (b'{"class_name": "Sequential"}', "JSON text without weights"),
        (b"lol", "a text file"),
        (bytes(600), "no file that Keras writes"),
        (b"\x78\x9c\x01\x02", "no file that Keras writes"),
    ],
)
def test_another_kind_of_file_is_named(content: bytes, kind: str) -> None:
    """The sentence says what the file is, and the hint how to save a model."""
    with pytest.raises(SubmissionError) as caught:
        read_model("model.keras", content)

    assert f"`model.keras` is {kind}; {AS_KERAS}" == str(caught.value.message)
    assert str(SAVE_AGAIN) == str(caught.value.hint)


@pytest.mark.parametrize("content", [b"<!DOCTYPE html><html>", b"\xef\xbb\xbf\n<HTML>"])
def test_a_downloaded_page_is_named(content: bytes) -> None:
    """A page in place of the file has its own advice."""
    with pytest.raises(SubmissionError) as caught:
        read_model("model.h5", content)

    assert f"`model.h5` is an HTML page; {AS_KERAS}" == str(caught.value.message)
    assert "Download the file itself, not the page that shows it, and submit that." == str(caught.value.hint)


def test_a_git_lfs_pointer_is_named() -> None:
    """Class H: the pointer that stands in a repository for the file."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 10730760\n"

    with pytest.raises(SubmissionError) as caught:
        read_model("model.h5", pointer)

    assert f"`model.h5` is a Git LFS pointer of {len(pointer)} bytes, not the model itself." == str(
        caught.value.message
    )
    assert "Run `git lfs pull` in your repository and submit the model file that it fetches." == str(
        caught.value.hint
    )


@pytest.mark.hostile_row(25)
def test_an_empty_file_is_named() -> None:
    """Nothing at all is said as such."""
    with pytest.raises(SubmissionError) as caught:
        read_model("model.keras", b"")

    assert "`model.keras` is empty; a saved Keras model was asked for." == str(caught.value.message)
    assert str(SAVE_AGAIN) == str(caught.value.hint)


def test_a_file_over_the_cap_is_not_read() -> None:
    """Both numbers are said, and how to make the file smaller."""
    with pytest.raises(SubmissionError) as caught:
        read_model("model.keras", b"PK\x03\x04" + bytes(8), Limits(file_bytes=10))

    assert "`model.keras` has 12 bytes; at most 10 are read." == str(caught.value.message)
    assert (
        "Save the model without the optimizer's state: `model.compile()` once more before `model.save`, "
        "or submit a smaller network."
    ) == str(caught.value.hint)


@pytest.mark.hostile_row(25)
def test_a_keras_archive_may_have_another_name() -> None:
    """The bytes decide, not the name, and a note says so."""
    model = read_model("model.h5", a_keras_file())

    assert ".keras" == model.suffix
    assert ("The file is a `.keras` archive although its name ends in `.h5`; it was read as `.keras`.",) == (
        tuple(map(str, model.facts.rescued))
    )


@pytest.mark.hostile_row(25)
def test_an_h5_file_may_have_another_name() -> None:
    """The same the other way round."""
    model = read_model("model.keras", an_h5_file(old(a_sequential(old(an_input(3)), old(a_dense(2))))))

    assert ".h5" == model.suffix
    assert "The file is HDF5 although its name ends in `.keras`; it was read as `.h5`." == str(
        model.facts.rescued[0]
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("student/deep/model.keras", "model.keras"),
        ("C:\\Users\\me\\model.keras", "model.keras"),
        ("\x1b[2Jmodel.keras", "\\x1b[2Jmodel.keras"),
        ("mo`del\u202e.keras", "mo'del\\u202e.keras"),
        ("m" * 300, "m" * 77 + "..."),
    ],
)
def test_only_the_name_is_shown(name: str, expected: str) -> None:
    """No path, no control characters, not too much of it."""
    with pytest.raises(SubmissionError) as caught:
        read_model(name, b"")

    assert f"`{expected}` is empty; a saved Keras model was asked for." == str(caught.value.message)

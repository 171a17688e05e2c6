"""From a file to text."""

import os
from pathlib import Path

import pytest
from builders_rubric import a_file, mistakes

from grader.errors import RubricError
from grader.rubric.text import read_text


def test_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    """A file of Windows' editor reads like any other."""
    assert "version: 1" == read_text(a_file(tmp_path, b"\xef\xbb\xbfversion: 1"))


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A path that is not there is named as it was given."""
    file = tmp_path / "none.yaml"

    with pytest.raises(RubricError) as caught:
        read_text(file)

    assert f"The rubric `{file}` does not exist." == caught.value.message


def test_folder_is_no_rubric(tmp_path: Path) -> None:
    """A folder is called one."""
    with pytest.raises(RubricError) as caught:
        read_text(tmp_path)

    assert f"The rubric must be a YAML file. Received: the folder `{tmp_path}`." == caught.value.message


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A named pipe is refused before it is opened."""
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)

    with pytest.raises(RubricError) as caught:
        read_text(pipe)

    message = f"The rubric must be a YAML file. Received: `{pipe}`, which is no ordinary file."
    assert message == caught.value.message


def test_name_that_no_file_can_have_is_no_traceback() -> None:
    """The reason of the operating system is passed on."""
    with pytest.raises(RubricError) as caught:
        read_text(Path("x" * 300))

    assert f"The rubric `{'x' * 300}` cannot be read: File name too long." == caught.value.message


@pytest.mark.hostile_row(63)
def test_large_file_is_refused(tmp_path: Path) -> None:
    """More than 256 KB are not a rubric."""
    expected = ["The rubric `hw.yaml` must be at most 256 KB. Received: more than 262144 bytes."]
    assert expected == mistakes(tmp_path, b"#" * 262_145)


def test_other_encodings_are_refused_with_the_line(tmp_path: Path) -> None:
    """Latin-1 is named by its first byte and the line of it, UTF-16 by its mark."""
    latin = mistakes(tmp_path, "version: 1\ntitle: Übung".encode("latin-1"))
    wide = mistakes(tmp_path, "version: 1".encode("utf-16"))

    assert ["A rubric must be UTF-8 text. Received: the byte 0xDC (hw.yaml:2)"] == latin
    assert ["A rubric must be UTF-8 text. Received: the byte 0xFF (hw.yaml:1)"] == wide


def test_control_characters_are_refused_with_the_line(tmp_path: Path) -> None:
    """A bell in a title does not reach a terminal."""
    expected = ["A rubric must be plain text. Received: the character U+0007 (hw.yaml:2)"]
    assert expected == mistakes(tmp_path, "version: 1\ntitle: \a")

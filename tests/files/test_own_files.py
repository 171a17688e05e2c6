"""Tests of `grader.files.own_files`: what the program wrote comes back, and nothing else does."""

from pathlib import Path

import pytest

from grader.evidence import File
from grader.files import UnreadableError, read_own

FILE = File(role="log", name="log.csv", bytes=3, sha256="00")


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    """From JSON."""
    (tmp_path / "file.json").write_text(FILE.model_dump_json(), encoding="utf-8")

    assert FILE == read_own(File, tmp_path / "file.json", 1_000_000, "grader grade")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "must be what `grader grade` writes. Received: Invalid JSON: EOF while parsing a value"),
        (b"[]", "must be what `grader grade` writes. Received: Input should be an object."),
        (b'{"\\u001b": 1}', "must be what `grader grade` writes. Received: Field required (`role`)."),
        (b" " * 2_000_001, "must be at most 2 MB."),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """The sentence needs only the file's name before it."""
    (tmp_path / "file.json").write_bytes(content)

    with pytest.raises(UnreadableError) as caught:
        read_own(File, tmp_path / "file.json", 2_000_000, "grader grade")

    assert str(caught.value).startswith(message)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The system's reason is named."""
    with pytest.raises(UnreadableError) as caught:
        read_own(File, tmp_path / "none", 1_000_000, "grader grade")

    assert "cannot be read: No such file or directory." == str(caught.value)

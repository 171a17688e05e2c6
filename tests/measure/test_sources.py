"""Reading a submission's zip in memory."""

import contextlib
import stat
import struct
import tracemalloc
import zipfile

import pytest
from builders_folders import CENTRAL, a_zip, with_header
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.measure.sources import open_archive
from grader.submissions.submission import DEEPEST_FOLDER, MOST_FILES

modest = settings(max_examples=300, deadline=None)

AGAIN = "Make the `.zip` again with your system's own program, with the model and the log in it."
DAMAGED = "The submission's `.zip` file is damaged or is not a zip archive."
LARGEST = 10_000
WHOLE = a_zip(("model.keras", b"model" * 100), ("logs/log.csv", b"log" * 100), ("submission.yaml", b"id: 1"))
# Where the fields of a local header are.
FLAGS, CHECKSUM, UNPACKED_SIZE = 6, 14, 22


def refusal(content: bytes, name: str | None = None) -> tuple[str, str]:
    """The sentence and the hint with which an archive, or one file in it, is refused."""

    def use() -> None:
        _, read = open_archive(content)
        read(name or "", LARGEST)

    with pytest.raises(SubmissionError) as caught:
        use()
    return str(caught.value.message), str(caught.value.hint)


def names_in(*names: str) -> tuple[str, ...]:
    """The names that are seen in an archive of files with these names."""
    return open_archive(a_zip(*((name, b"x") for name in names)))[0]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_files_are_read_from_memory(method: int) -> None:
    """The names are sorted, the bytes are those that were packed."""
    names, read = open_archive(a_zip(("model.keras", b"model"), ("logs/log.csv", b"log"), method=method))

    assert ("logs/log.csv", "model.keras") == names
    assert b"model" == read("model.keras", 5)
    assert b"log" == read("logs/log.csv", 5)


def test_an_empty_archive_has_no_names() -> None:
    """Whoever asks for a file says that it is missing."""
    assert () == names_in()


def test_folders_and_what_nobody_sees_are_left_out() -> None:
    """What macOS leaves behind, dot files and Python's caches are no files of the student."""
    assert ("ana/model.keras",) == names_in(
        "ana/",
        "ana/model.keras",
        "__MACOSX/ana/._model.keras",
        "ana/.DS_Store",
        "__pycache__/x.pyc",
        ".git/x",
    )


def test_backslashes_separate_folders() -> None:
    """Old programs on Windows write them."""
    names, read = open_archive(a_zip(("ana\\model.keras", b"model"), ("ana\\logs\\", b"")))

    assert ("ana/model.keras",) == names
    assert b"model" == read("ana/model.keras", LARGEST)


def test_very_deep_files_are_left_out() -> None:
    """The same depth as in a folder."""
    inside = "d/" * DEEPEST_FOLDER

    assert (f"{inside}x.csv",) == names_in(f"{inside}x.csv", f"{inside}d/y.csv")


@pytest.mark.hostile_row(48, 53)
@pytest.mark.parametrize(
    "name", ["a\nb.csv", "-rf", "%s{0}", "\u202ecilbup.csv", "x" * 255, "Tarea 1:2/é.csv", "con"]
)
def test_hostile_names_are_only_names(name: str) -> None:
    """Nothing is written, so nothing needs to be changed in them."""
    names, read = open_archive(a_zip((name, b"x")))

    assert (name,) == names
    assert b"x" == read(name, LARGEST)


@pytest.mark.parametrize("name", [b".", b"\0"])
def test_a_name_of_nothing(name: bytes) -> None:
    """Zip allows a dot and an empty name; neither is a file of the student."""
    content = a_zip(("X", b""), ("model.keras", b"model")).replace(b"X", name)

    assert ("model.keras",) == open_archive(content)[0]


def test_a_name_ends_at_a_nul() -> None:
    """What is behind it is not seen, by nobody."""
    assert ("model.keras",) == open_archive(a_zip(("model.kerasX.png", b"x")).replace(b"X", b"\0"))[0]


@pytest.mark.hostile_row(53)
def test_names_in_an_old_encoding() -> None:
    """Bytes that are no UTF-8 are read as the code page that zip once had."""
    content = a_zip(("loX.csv", b"x")).replace(b"loX", b"lo\xff")

    assert ("lo\xa0.csv",) == open_archive(content)[0]


def test_names_that_are_not_the_utf_8_they_say() -> None:
    """The archive contradicts itself."""
    content = a_zip(("é.csv", b"x")).replace("é".encode(), b"\xff\xfe")

    assert (DAMAGED, AGAIN) == refusal(content)


@pytest.mark.hostile_row(53)
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../model.keras", "../model.keras"),
        ("ana/../../model.keras", "ana/../../model.keras"),
        ("..\\model.keras", "..\\model.keras"),
        ("/etc/passwd", "/etc/passwd"),
        ("\\\\server\\share\\x", "\\\\server\\share\\x"),
        ("C:\\model.keras", "C:\\model.keras"),
        ("c:model.keras", "c:model.keras"),
        ("../\x1b[2J`", "../\\x1b[2J'"),
        ("__MACOSX/../../x", "__MACOSX/../../x"),
    ],
)
def test_a_name_that_leaves_the_folder(name: str, shown: str) -> None:
    """The archive is refused, although nothing would be written."""
    assert (
        f"The submission's `.zip` holds `{shown}`, a name that leaves the folder.",
        AGAIN,
    ) == refusal(a_zip(("model.keras", b"x"), (name, b"x")))


@pytest.mark.parametrize("second", ["logs/log.csv", "logs\\log.csv", "./logs//log.csv"])
def test_a_name_that_is_there_twice(second: str) -> None:
    """Two programs would read two different files."""
    assert (
        "The submission's `.zip` holds `logs/log.csv` twice.",
        AGAIN,
    ) == refusal(a_zip(("logs/log.csv", b"good"), (second, b"bad")))


def test_names_that_differ_in_case_are_two_files() -> None:
    """As in a folder of most systems."""
    assert ("LOG.csv", "log.csv") == names_in("log.csv", "LOG.csv")


@pytest.mark.hostile_row(53)
def test_a_link_is_refused() -> None:
    """Its content is a path, not a log."""
    link = zipfile.ZipInfo("log.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert (
        "`log.csv` is a link; links are not followed.",
        "Submit the file itself, not a link to it.",
    ) == refusal(a_zip((link, b"/etc/passwd")), "log.csv")


@pytest.mark.hostile_row(53)
def test_an_archive_in_the_archive_is_a_file() -> None:
    """It is not opened."""
    assert ("inner.zip",) == names_in("inner.zip")


@pytest.mark.hostile_row(53)
def test_too_many_files() -> None:
    """Both numbers are in the sentence; hidden files do not count."""
    most = [(f"{number}.png", b"") for number in range(MOST_FILES)]

    assert MOST_FILES == len(open_archive(a_zip((".DS_Store", b""), *most))[0])
    assert (
        "The submission's `.zip` holds 2,001 files; at most 2,000 are read.",
        AGAIN,
    ) == refusal(a_zip(("model.keras", b""), *most))


@pytest.mark.hostile_row(53)
def test_a_flood_of_entries_is_not_parsed() -> None:
    """Six million entries fit into the largest archive; they are counted, not made into objects."""
    tracemalloc.start()
    try:
        message, hint = refusal(CENTRAL * 100_001 + WHOLE)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert "The submission's `.zip` holds 100,004 files; at most 2,000 are read." == message
    assert AGAIN == hint
    assert peak < 2_000_000


@pytest.mark.hostile_row(53)
def test_a_bomb_is_refused_by_its_announced_size() -> None:
    """Nothing of it is unpacked."""
    content = a_zip(("log.csv", bytes(20_000_000)))

    message, hint, peak = refusal_and_memory(content)

    assert "`log.csv` has 20,000,000 bytes; at most 10,000 are read." == message
    assert "Submit the file that the homework asks for, without anything else in it." == hint
    assert peak < 1_000_000


@pytest.mark.hostile_row(53)
def test_a_bomb_that_announces_another_size_is_damaged() -> None:
    """No more of it is unpacked than it announced."""
    content = with_header(a_zip(("log.csv", bytes(20_000_000))), UNPACKED_SIZE, struct.pack("<I", 100))

    message, hint, peak = refusal_and_memory(content)

    assert "`log.csv` in the `.zip` is damaged." == message
    assert AGAIN == hint
    assert peak < 1_000_000


def refusal_and_memory(content: bytes) -> tuple[str, str, int]:
    """The sentence and the hint with which `log.csv` is refused, and the most bytes that were used."""
    _, read = open_archive(content)
    tracemalloc.start()
    try:
        with pytest.raises(SubmissionError) as caught:
            read("log.csv", LARGEST)
        return str(caught.value.message), str(caught.value.hint), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_file_of_the_largest_size_is_read() -> None:
    """One byte more is too much."""
    _, read = open_archive(a_zip(("log.csv", b"x" * 100)))

    assert b"x" * 100 == read("log.csv", 100)
    with pytest.raises(SubmissionError) as caught:
        read("log.csv", 99)
    assert "`log.csv` has 100 bytes; at most 99 are read." == str(caught.value.message)


def test_an_encrypted_file() -> None:
    """There is nobody to ask for the password."""
    content = with_header(a_zip(("logs/log.csv", b"x")), FLAGS, b"\x01\0")

    assert (
        "`log.csv` in the `.zip` is encrypted.",
        "Make the `.zip` again without a password.",
    ) == refusal(content, "logs/log.csv")


def test_an_unusual_method() -> None:
    """Only what every program writes is unpacked."""
    content = a_zip(("log.csv", b"x"), method=zipfile.ZIP_BZIP2)

    assert (
        "`log.csv` in the `.zip` is packed by method 12; the methods 0 (stored) and 8 (deflated) are read.",
        AGAIN,
    ) == refusal(content, "log.csv")


def test_a_file_with_a_wrong_checksum() -> None:
    """Whoever changed it afterwards, or whatever did, is found out."""
    content = with_header(WHOLE, CHECKSUM, b"\0\0\0\0")

    assert ("`model.keras` in the `.zip` is damaged.", AGAIN) == refusal(content, "model.keras")
    assert b"log" * 100 == open_archive(content)[1]("logs/log.csv", LARGEST)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"Rar!\x1a\x07", b"\x1f\x8b" + bytes(50), b"<html>", WHOLE[:-30], WHOLE[: len(WHOLE) // 2]],
    ids=["empty", "two bytes", "rar", "gzip", "html", "truncated", "half"],
)
def test_what_is_no_archive(content: bytes) -> None:
    """Another file with the name of a zip, or the first part of one."""
    assert (DAMAGED, AGAIN) == refusal(content)


@pytest.mark.hostile_row(53)
def test_junk_in_front_does_no_harm() -> None:
    """An archive is found from its end."""
    assert b"log" * 100 == open_archive(b"junk" * 100 + WHOLE)[1]("logs/log.csv", LARGEST)


def read_everything(content: bytes) -> None:
    """Open an archive and read each file; only a SubmissionError may stop either."""
    with contextlib.suppress(SubmissionError):
        names, read = open_archive(content)
        for name in names:
            with contextlib.suppress(SubmissionError):
                assert len(read(name, LARGEST)) <= LARGEST


@modest
@given(st.binary(max_size=300))
def test_any_bytes(content) -> None:
    """Random bytes are an archive, or a SubmissionError."""
    read_everything(content)
    read_everything(content + WHOLE)


@modest
@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6),
    st.integers(0, len(WHOLE)),
    st.booleans(),
)
def test_any_damage(changes, cut, shorten) -> None:
    """A zip with some bytes changed, or a piece missing, is read, or a SubmissionError."""
    damaged = bytearray(WHOLE)
    for at, value in changes:
        damaged[at] = value
    if shorten:
        del damaged[cut : cut + 10]

    read_everything(bytes(damaged))


def test_each_byte_of_the_headers() -> None:
    """Whichever one byte is set to its extremes, nothing but a SubmissionError comes of it."""
    for at in range(len(WHOLE)):
        for value in (0, 1, 0xFF):
            read_everything(WHOLE[:at] + bytes([value]) + WHOLE[at + 1 :])

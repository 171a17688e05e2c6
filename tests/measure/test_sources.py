"""Reading the files of a folder or, in memory, of a zip; what else is refused is in `test_sentences`."""

import contextlib
import gzip
import struct
import tracemalloc
import zipfile
from functools import partial
from pathlib import Path

import pytest
from builders_folders import CENTRAL, a_tar, a_zip, make_file, unless_root, with_header
from builders_golden import refusal_of
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.measure.sources import open_archive, read_from
from grader.submissions.submission import DEEPEST_FOLDER, MOST_FILES

LARGEST = 10_000
WHOLE = a_zip(("model.keras", b"model" * 100), ("logs/log.csv", b"log" * 100), ("submission.yaml", b"id: 1"))
TAR = a_tar(("log.csv", b"log"), ("model.keras", b"model" * 100))
CUT = [TAR[:end] for end in (1, 700, 1024, 1500)]
# Where a field of a local header is.
UNPACKED_SIZE = 22
INSIDE = "d/" * DEEPEST_FOLDER


@pytest.mark.hostile_row(43)
def test_a_linked_folder_is_not_entered(tmp_path: Path) -> None:
    """Not even where the name was listed before the folder became a link."""
    make_file(tmp_path, "secret/log.csv", b"secret")
    (tmp_path / "logs").symlink_to("secret")

    message, _ = refusal_of(lambda: read_from(tmp_path)("logs/log.csv", 100))

    # The reason is the system's.
    assert message.startswith(("`log.csv` cannot be read: ", "`log.csv` is a link;"))


@pytest.mark.hostile_row(47)
@unless_root
def test_a_file_that_nobody_may_read(tmp_path: Path) -> None:
    """The system's reason is in the sentence."""
    make_file(tmp_path, "log.csv").chmod(0)

    message, _ = refusal_of(lambda: read_from(tmp_path)("log.csv", 100))

    assert "`log.csv` cannot be read: Permission denied." == message


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_files_are_read_from_memory(method: int) -> None:
    """The names are sorted, with slashes; the bytes are those that were packed, up to the largest size."""
    found = open_archive(a_zip(("model.keras", b"model"), ("logs\\log.csv", b"log"), method=method), LARGEST)

    assert ["logs/log.csv", "model.keras"] == found.names
    assert ((b"model", 1), (b"log", 1)) == (found.read("model.keras", 5), found.read("logs/log.csv", 5))


@pytest.mark.hostile_row(48, 53)
@pytest.mark.parametrize(
    ("content", "seen"),
    [
        *((a_zip((name, b"x")), (name,)) for name in ("a\nb.csv", "-rf", "%s{0}", "\u202ecilbup.csv", "con")),
        *((a_zip((name, b"x")), (name,)) for name in ("x" * 255, "Tarea 1:2/é.csv")),
        (a_zip(), ()),
        *(
            (a_zip((name, b"")), ())
            for name in ("ana/", "ana\\logs\\", ".DS_Store", ".git/x", "__pycache__/x.pyc")
        ),
        (a_zip(("__MACOSX/ana/._model.keras", b"")), ()),
        (a_zip((f"{INSIDE}x.csv", b""), (f"{INSIDE}d/y.csv", b"")), (f"{INSIDE}x.csv",)),
        # Zip allows a dot and an empty name, a name ends at a NUL, and bytes are read in zip's old code page.
        *((a_zip(("X", b"")).replace(b"X", name), ()) for name in (b".", b"\0")),
        (a_zip(("model.kerasX.png", b"x")).replace(b"X", b"\0"), ("model.keras",)),
        (a_zip(("loX.csv", b"x")).replace(b"loX", b"lo\xff"), ("lo\xa0.csv",)),
        (a_zip(("log.csv", b""), ("LOG.csv", b"")), ("LOG.csv", "log.csv")),
        (a_zip(("inner.zip", b""), ("x.csv", b"")), ("inner.zip", "x.csv")),
        # macOS writes UTF-8 without saying so.
        (a_zip(("loXX.csv", b"x")).replace(b"XX", "é".encode()), ("loé.csv",)),
        (b"junk" * 100 + WHOLE, ("logs/log.csv", "model.keras", "submission.yaml")),
        (a_tar(), ()),
        (a_tar(("ana/", b""), ("./ana/model.keras", b"x"), ("._x.csv", b"")), ("ana/model.keras",)),
        (a_tar(("\udcff.csv", b"x"), ("é" * 200 + ".csv", b"x")), ("é" * 200 + ".csv", "\udcff.csv")),
        (gzip.compress(a_tar(("model.keras", b"x"), ("log.csv", b"x")), mtime=0), ("log.csv", "model.keras")),
    ],
)
def test_the_names_that_are_seen(content: bytes, seen: tuple[str, ...]) -> None:
    """Folders, very deep files and what systems leave behind are no files; hostile names are only names."""
    found = open_archive(content, 2 * LARGEST)

    assert [*seen] == found.names
    assert all(links == 1 for _, links in (found.read(name, LARGEST) for name in seen))


@pytest.mark.hostile_row(53)
def test_as_many_files_as_are_read() -> None:
    """Hidden files do not count."""
    most = [(f"{number}.png", b"") for number in range(MOST_FILES)]

    assert MOST_FILES == len(open_archive(a_zip((".DS_Store", b""), *most), LARGEST).names)


@pytest.mark.hostile_row(53)
@pytest.mark.parametrize(
    ("content", "refusal", "most"),
    [
        (
            CENTRAL * 100_001 + WHOLE,
            "The archive holds 100,004 files; at most 100,000 are read.",
            2_000_000,
        ),
        (
            a_zip(("log.csv", bytes(20_000_000))),
            "`log.csv` has 20,000,000 bytes; at most 10,000 are read.",
            1_000_000,
        ),
        (
            with_header(a_zip(("log.csv", bytes(20_000_000))), UNPACKED_SIZE, struct.pack("<I", 100)),
            "`log.csv` in the archive is damaged.",
            1_000_000,
        ),
        (
            gzip.compress(bytes(20_000_000), mtime=0),
            "The archive unpacks to more than 10,000 bytes.",
            4_000_000,
        ),
    ],
    ids=["a flood of entries", "a bomb", "a bomb that announces 100 bytes", "a bomb of gzip"],
)
def test_what_would_take_gigabytes_is_refused_with_little_memory(
    content: bytes, refusal: str, most: int
) -> None:
    """Entries are counted, not made into objects, and no more is unpacked than is announced."""
    tracemalloc.start()
    try:
        message, _ = refusal_of(lambda: open_archive(content, LARGEST).read("log.csv", LARGEST))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert refusal == message
    assert peak < most


def read_everything(content: bytes) -> None:
    """Open an archive and read each file; only a SubmissionError may stop either."""
    with contextlib.suppress(SubmissionError):
        found = open_archive(content, LARGEST)
        for name in found.names:
            with contextlib.suppress(SubmissionError):
                assert len(found.read(name, LARGEST)[0]) <= LARGEST


@given(st.binary(max_size=300))
def test_any_bytes(content) -> None:
    """Random bytes are an archive, or a SubmissionError."""
    read_everything(content)
    read_everything(content + WHOLE)
    read_everything(b"\x1f\x8b\x08" + content)


@given(
    st.sampled_from([WHOLE, TAR, gzip.compress(TAR)]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6),
    st.floats(0, 1),
    st.booleans(),
)
def test_any_damage(whole, changes, cut, shorten) -> None:
    """An archive with some bytes changed, or a piece missing, is read, or a SubmissionError."""
    damaged = bytearray(whole)
    for at, value in changes:
        damaged[int(at * len(whole))] = value
    if shorten:
        start = int(cut * len(whole))
        del damaged[start : start + 10]

    read_everything(bytes(damaged))


@pytest.mark.parametrize(("whole", "end"), [(WHOLE, len(WHOLE)), (TAR, 512)], ids=["zip", "tar"])
def test_each_byte_of_the_headers(whole: bytes, end: int) -> None:
    """Whichever one byte is set to its extremes, nothing but a SubmissionError comes of it."""
    for at in range(end):
        for value in (0, 1, 0xFF):
            read_everything(whole[:at] + bytes([value]) + whole[at + 1 :])


@pytest.mark.hostile_row(53)
def test_a_tar_that_is_cut_is_no_shorter_tar() -> None:
    """Wherever it is cut before its end, or its second header is broken, it is damaged; no file vanishes."""
    broken = bytearray(TAR)
    broken[1024 + 150] ^= 1

    told = [refusal_of(partial(open_archive, content, LARGEST))[0] for content in (broken, *CUT)]

    assert {"The file is damaged or is not an archive."} == set(told)

"""The archive of a class: what is unpacked, what is left out, and what is refused."""

import contextlib
import gzip
import tarfile
import zipfile
from pathlib import Path

import pytest
from builders_folders import HOSTILE_NAMES, a_tar, a_zip, make_file, with_header
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.submissions.unpacking import unpacked

NAMES = ("ana/model.keras", "bo.zip", "notes.txt", ".DS_Store", *(f"{name}/x" for name in HOSTILE_NAMES))
LINK = zipfile.ZipInfo("dora")
LINK.external_attr = 0o120777 << 16
FLAGS, CHECKSUM, SIZE = 6, 14, 22


def inside(folder: Path) -> list[str]:
    """Every file and folder below, and that nothing is a link."""
    paths = sorted(folder.rglob("*"))
    assert not any(path.is_symlink() for path in paths)
    return [path.relative_to(folder).as_posix() for path in paths]


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("class.zip", a_zip),
        ("class.tar", a_tar),
        ("class.tgz", lambda *members: gzip.compress(a_tar(*members))),
    ],
)
def test_an_archive_is_a_folder_for_a_while(tmp_path: Path, name: str, pack) -> None:
    """With the names as they are, and the archive's own; at the end it is gone, and the archive is not."""
    members = [(name, b"x") for name in NAMES if not (pack is a_zip and "\udcff" in name)]
    archive = make_file(tmp_path, name, pack(*members, ("empty/", b"")))

    with unpacked(archive) as (folder, sentences):
        assert "class" == folder.name
        assert () == sentences
        assert {*dict(members), "empty"} <= set(inside(folder))
        assert b"x" == (folder / "ana" / "model.keras").read_bytes()
        with unpacked(archive / "ana") as (below, _):
            assert ["model.keras"] == inside(below)

    assert not folder.exists()
    assert [archive] == list(tmp_path.iterdir())


def test_what_is_no_archive_stays_where_it_is(tmp_path: Path) -> None:
    """A folder, one that is called like an archive, or nothing."""
    (tmp_path / "class.zip").mkdir()

    for path in (tmp_path, tmp_path / "class.zip", tmp_path / "gone.zip"):
        with unpacked(path) as (folder, _):
            assert path == folder


@pytest.mark.hostile_row(53)
def test_long_names_keep_their_beginning_and_ending(tmp_path: Path) -> None:
    """What a platform says in a name stands at its beginning."""
    long = "garciaana_12_34_" + "모델" * 100 + ".keras"
    archive = make_file(tmp_path, "class.zip", a_zip((long, b"x"), (long.replace("모", "로"), b"y")))

    with unpacked(archive) as (folder, _):
        names = inside(folder)

    assert 2 == len(names)
    assert all(name.startswith("garciaana_12_34_") and name.endswith(".keras") for name in names)


@pytest.mark.hostile_row(43)
def test_links_and_devices_are_left_out(tmp_path: Path) -> None:
    """They are named, since one may have been a student's."""
    kinds = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE)
    files = a_tar(("ana/model.keras", b"x"))[:1024]
    archives = [*(files + a_tar(("dora", b""), kind=kind) for kind in kinds), a_zip((LINK, b"ana"))]

    for content in archives:
        with unpacked(make_file(tmp_path, "class.tar", content)) as (folder, (sentence,)):
            assert "dora" not in inside(folder)
            assert "`dora`" in sentence


@pytest.mark.hostile_row(53)
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        *(
            (a_zip((name, b"x")), "a name that leaves the folder")
            for name in ("../x", "/x", "C:\\x", "a/../../x")
        ),
        *((a_tar((name, b"x")), "a name that leaves the folder") for name in ("../x", "/x", "a/../../x")),
        (with_header(a_zip(("ana.zip", b"x")), FLAGS, b"\x01\0"), "is encrypted"),
        (with_header(a_zip(("ana.zip", b"x")), CHECKSUM, b"\0\0\0\0"), "is damaged"),
        (with_header(a_zip(("ana.zip", bytes(9999))), SIZE, b"\x09\0\0\0"), "is damaged"),
        (a_zip(("ana.zip", b"x"))[:-9], "is damaged"),
        (a_zip(("x", bytes(2_000_000))), "needs more room than there is"),
        (gzip.compress(bytes(2_000_000), mtime=0), "unpacks to more than"),
        (gzip.compress(b"x" * 99, mtime=0)[:-9], "is damaged"),
        (b"", "is empty"),
        (b"Rar!\x1a\x07\x01\0", "is a RAR archive"),
        (a_zip(("ana.zip", b"x"), ("ana.zip", b"y")), "is in it twice"),
        (a_zip(("ana", b"x"), ("ana/x", b"y")), ""),
        (a_tar(*(("d/" * 3000 + "x", b"x"),)), ""),
    ],
)
def test_what_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    """The sentence names the archive and the reason; nothing is written outside, and nothing stays."""
    archive = make_file(tmp_path / "in", "class.zip", content)

    with pytest.raises(UsageError) as caught, unpacked(archive, most=1_000_000):
        pass

    assert str(caught.value.message).startswith(f"`{archive}` cannot be unpacked: ")
    assert reason in str(caught.value.message)
    assert [archive] == list(archive.parent.iterdir())
    assert [archive.parent] == list(tmp_path.iterdir())


def test_an_error_of_whoever_reads_it_names_the_archive(tmp_path: Path) -> None:
    """Nobody knows the temporary folder."""
    archive = make_file(tmp_path, "class.zip", a_zip(("ana/x", b"x")))

    with pytest.raises(UsageError) as caught, unpacked(archive) as (folder, _):
        raise UsageError(f"Nothing is in {folder / 'ana'}.", f"Name {folder}.")

    assert (f"Nothing is in {archive / 'ana'}.", f"Name {archive}.") == (
        caught.value.message,
        caught.value.hint,
    )


WHOLE = (a_zip(("ana/x", b"x" * 50), ("bo.zip", b"y")), a_tar(("ana/x", b"x" * 50), ("bo.zip", b"y")))


@settings(max_examples=150)
@given(
    st.sampled_from([*WHOLE, gzip.compress(WHOLE[1])]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
)
def test_any_damage(tmp_path_factory, whole, changes) -> None:
    """It is unpacked, or refused; nothing appears beside it."""
    damaged = bytearray(whole)
    for at, value in changes:
        damaged[int(at * len(whole))] = value
    archive = make_file(tmp_path_factory.mktemp("damaged"), "class.zip", bytes(damaged))

    with contextlib.suppress(UsageError), unpacked(archive):
        pass

    assert [archive] == list(archive.parent.iterdir())

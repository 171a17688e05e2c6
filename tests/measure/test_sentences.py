"""What a student reads of files, zips and a `submission.yaml` that cannot be taken, in `sentences.txt`."""

import os
import socket
import stat
import tarfile
import zipfile
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pytest
from builders_folders import a_tar, a_zip, make_file, with_header
from builders_golden import refusal_of, said

from grader.evidence.problem import Problem
from grader.measure.declaration import read_declaration
from grader.measure.request import LARGEST_DECLARATION, Taken, take
from grader.measure.sources import Source, open_archive, read_from
from grader.rubric import Files, Plan
from grader.submissions.submission import MOST_FILES

# Nine lines that would be a thousand million names.
ALIAS_BOMB = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"\n".join(
    b"%c: &%c [%s]" % (98 + at, 98 + at, b", ".join([b"*%c" % (97 + at)] * 10)) for at in range(8)
)
# Not UTF-8, not YAML, a key twice, an alias, two documents, nesting without end, too many keys.
UNREADABLE = [
    *(b"\xff\xfe", b"name: Garc\xeda", b"name: [Ana", b"name: Ana\nname: Bob", b"name: a: b", b"name: \x00"),
    *(b"name: Ana\n--- \nname: Bob", b"a: &x [Ana]\nname: *x", b"name: *missing", b"? {a: b}\n: c", b"? - -"),
    *(b"[" * 400, b"- " * 1000, b"{a: " * 400, b"\n".join(b"k%d: v" % number for number in range(1000))),
    ALIAS_BOMB,
]
WITHOUT_KEYS = [b"", b"# name: Ana\n", b"Ana", b"- name: Ana", b"[]", b"---\n", b"42"]
NOT_UNDERSTOOD = [
    *(b"nombre: Ana", b"Name: Ana", b'"\\e[2J`": Ana', b"<<: {name: Ana}", b"? [a, b]\n: c"),
    *(b"x" * 200 + b": 1", b"norm: {size: 1}", b"norm: {Scope: global}", b"norm: grad_norm"),
    *(b"norm: [global]", b"name: [Ana, Bob]", b"id: {a: b}", b"norm: {column: [a]}"),
    *(b"norm: {scope: Global}", b"norm: {scope: [global]}", b'norm: {stage: "during\\x9b"}'),
    b"name: !!python/object/apply:os.system [x]",
]

MODEL = ("model.keras", b"model")
LINK = zipfile.ZipInfo("log.csv")
LINK.external_attr = (stat.S_IFLNK | 0o777) << 16
WHOLE = a_zip(("model.keras", b"model" * 100), ("logs/log.csv", b"log" * 100), ("submission.yaml", b"id: 1"))
DAMAGED = [
    *(b"", b"PK", b"Rar!\x1a\x07", b"\x1f\x8b" + bytes(50), b"<html>", WHOLE[:-30], WHOLE[: len(WHOLE) // 2]),
    # Names that are not the UTF-8 that they say.
    a_zip(("é.csv", b"x")).replace("é".encode(), b"\xff\xfe"),
]
LEAVING = [
    *("../model.keras", "ana/../../model.keras", "..\\model.keras", "/etc/passwd", "\\\\server\\share\\x"),
    *("C:\\model.keras", "c:model.keras", "../\x1b[2J`", "__MACOSX/../../x"),
]
# Where the fields of a local header are.
FLAGS, CHECKSUM = 6, 14
ARCHIVES = {
    **{f"damaged {number}": content for number, content in enumerate(DAMAGED, start=1)},
    **{f"leaving {name!r}": a_zip(MODEL, (name, b"x")) for name in LEAVING},
    **{
        f"twice, as {name}": a_zip(("logs/log.csv", b"good"), (name, b"bad"))
        for name in ("logs/log.csv", "logs\\log.csv", "./logs//log.csv")
    },
    "2,001 files": a_zip(MODEL, *((f"{number}.png", b"") for number in range(MOST_FILES))),
    "a link": a_zip((LINK, b"/etc/passwd")),
    "encrypted": with_header(a_zip(("log.csv", b"x")), FLAGS, b"\x01\0"),
    "another method": a_zip(("log.csv", b"x"), method=zipfile.ZIP_BZIP2),
    "another checksum": with_header(a_zip(("log.csv", b"x")), CHECKSUM, b"\0\0\0\0"),
    "a byte more": a_zip(("log.csv", b"x" * 101)),
    "only another archive": a_zip((".DS_Store", b""), ("hw/inner.zip", b"x")),
    "tar leaving": a_tar(("/etc/passwd", b"x")),
    "tar twice": a_tar(("log.csv", b"x"), ("./log.csv", b"x")),
    **{
        f"tar {kind!r}": a_tar(("log.csv", b""), kind=kind)
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE)
    },
    **{
        f"kind {start!r}": start
        for start in (
            *(
                b"7z\xbc\xaf\x27\x1c",
                b"BZh9",
                b"\xfd7zXZ\0",
                b"\x28\xb5\x2f\xfd",
                b"\x89HDF\r\n",
                b"%PDF-1.7",
            ),
            *(
                b"L\0\0\0\x01\x14\x02\0",
                b"[InternetShortcut]\r\nURL=x",
                b"[Desktop Entry]\n",
                b'{"doc_id": 1}',
            ),
        )
    },
}
# The names that there are, and what the rubric asks for.
NOT_FOUND = [
    (("model.pdf", "notes.md"), Files(figure=("*.png", "*.svg"))),
    ((), Files(model=("a.keras",), log=("a.csv",))),
    (
        ["\x1b" * 200 + f"{number}.md" for number in range(MOST_FILES)],
        Files(model=tuple(f"{number}" * 100 for number in range(50))),
    ),
]


def declared(content: bytes) -> tuple[str, str]:
    return refusal_of(lambda: read_declaration(content))


def unpacked(content: bytes) -> tuple[str, str]:
    return refusal_of(lambda: open_archive(content, 10_000).read("log.csv", 100))


def problem(part: tuple[Taken, ...] | Problem) -> tuple[object, object]:
    found = part if isinstance(part, Problem) else part[0].candidate.problem
    assert found is not None
    assert "student" == found.who
    return found.message, found.hint


def an_odd_folder(folder: Path) -> list[str]:
    """A folder in which nothing is a file that may be read, and the names of what is in it."""
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
    make_file(folder, "folder/inside.txt")
    make_file(folder.parent, "secret.csv", b"secret")
    links = {
        "to a file": "../secret.csv",
        "to nothing": "gone",
        "to itself": "to itself",
        "out": "/etc/passwd",
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
    with (folder / "tebibyte").open("wb") as stream:
        stream.truncate(1 << 40)
    make_file(folder, "a byte more", bytes(20 * 2**20 + 1))
    return ["pipe", "socket", "folder", *links, "tebibyte", "a byte more", "gone", "private/gone", "a`\x1b"]


@pytest.mark.hostile_row(42, 43, 45, 46, 47, 50, 53)
def test_the_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each refusal is a sentence and a hint; that of a part's file is a problem that the student can mend."""
    folder = tmp_path / "ana"
    folder.mkdir()
    monkeypatch.chdir(folder)
    read = read_from(folder)
    told: dict[str, Iterable[object]] = {
        "unreadable declarations": dict.fromkeys(chain(*map(declared, UNREADABLE))),
        "declarations without keys": dict.fromkeys(chain(*map(declared, WITHOUT_KEYS))),
        **{f"declaration {content[:60]!r}": declared(content) for content in NOT_UNDERSTOOD},
        **{f"zip {case}": unpacked(content) for case, content in ARCHIVES.items()},
        "a device": refusal_of(lambda: read_from(Path("/dev"))("zero", 100)),
    }
    for name in an_odd_folder(folder):
        part = take(Source([name], read), Plan(files=Files(model=("x",), log=("*",)))).parts["log"]
        told[f"folder {name!r}"] = problem(part)
    for number, (names, files) in enumerate(NOT_FOUND, start=1):
        intake = take(Source(names, read), Plan(files=files))
        told[f"not found {number}"] = (*chain(*map(problem, intake.parts.values())), *intake.notes)
    make_file(folder, "submission.yaml", b"x" * (LARGEST_DECLARATION + 1))
    (folder / "submission.yml").symlink_to("/etc/hostname")
    for name in ("submission.yaml", "submission.yml"):
        told[name] = take(Source([name], read), Plan()).notes

    for case, ones in told.items():
        said(case, *ones)

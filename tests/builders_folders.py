"""Folders and zip archives for tests: with names that nobody should have, and as platforms hand them out."""

import io
import os
import tarfile
import unicodedata
import warnings
import zipfile
from pathlib import Path

import pytest

# A byte that is not UTF-8 comes from the file system as a lone surrogate.
HOSTILE_NAMES = (
    *("a\nb", "-rf", "--help", " a ", "%s{0}", "con", "\u202ecilbup", "\x1b[2J", "bad\udcff"),
    *("x" * 255, "\U0001f600", "`<b>[red]"),
    *(unicodedata.normalize(form, "José") for form in ("NFC", "NFD")),
)

unless_root = pytest.mark.skipif(
    hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read what nobody may"
)


def make_file(folder: Path, name: str, content: bytes = b"x") -> Path:
    """Write a file with its folders; skip the test where the file system does not take the name."""
    path = folder / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        pytest.skip(f"this file system does not take the name {name!a}: {error.strerror}")
    return path


def a_folder(folder: Path, *names: str) -> Path:
    """A folder with files; a name that ends with `/` is an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        if name.endswith("/"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        else:
            make_file(folder, name)
    return folder


def metadata(**submitters: list[tuple[str, str, str]]) -> str:
    """Gradescope's metadata: for each folder its submitters' names, numbers and e-mail addresses."""
    lines = []
    for folder, people in submitters.items():
        lines += [f"{folder}:", "  :submitters:" if people else "  :submitters: []"]
        for name, number, email in people:
            lines += [f"  - :name: {name}", f"    :sid: '{number}'", f"    :email: {email}"]
        lines += [
            "  :created_at: 2026-03-01 10:00:00.123456000 Z",
            "  :score: 0.0",
            "  :results:",
            "    tests:",
            "    - &1",
            "      name: loads",
            "      output: |",
            "        :submitters: nobody",
            "    - *1",
            "  :history: !ruby/array []",
        ]
    return "\n".join(lines) + "\n"


LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
Member = tuple[str | zipfile.ZipInfo, bytes]


def a_zip(*members: Member, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive with these members, in order; the same name may come twice."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.filterwarnings("ignore", "Duplicate name")
        for name, content in members:
            archive.writestr(name, content, method)
    return buffer.getvalue()


def a_tar(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    """A tar archive with these members, in order; a name that ends with `/` is a folder."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", errors="surrogateescape") as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size, member.linkname = len(content), "target"
            member.type = tarfile.DIRTYPE if name.endswith("/") else kind
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def with_header(content: bytes, at: int, field: bytes) -> bytes:
    """Write over a field of the first member, in the local header at this place, in the central two on."""
    changed = bytearray(content)
    for start in (content.index(LOCAL) + at, content.index(CENTRAL) + at + 2):
        changed[start : start + len(field)] = field
    return bytes(changed)

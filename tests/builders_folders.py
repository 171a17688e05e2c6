"""Folders and files for tests, with the names that nobody should have."""

import os
import unicodedata
from pathlib import Path

import pytest

# A byte that is not UTF-8 comes from the file system as a lone surrogate.
HOSTILE_NAMES = (
    "a\nb",
    "-rf",
    "--help",
    " a ",
    "%s{0}",
    "con",
    "\u202ecilbup",
    "\x1b[2J",
    "bad\udcff",
    "x" * 255,
    "\U0001f600",
    unicodedata.normalize("NFC", "José"),
    unicodedata.normalize("NFD", "José"),
    "`<b>[red]",
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

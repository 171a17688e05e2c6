"""Tests of `grader.sandbox.bytecode`."""

import sys
from pathlib import Path

import pytest

from grader.sandbox.bytecode import is_compiled


def test_a_package_without_byte_code_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package is compiled once its first file is; it is not imported to see that."""
    package = tmp_path / "a_package_to_compile"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit", encoding="ascii")
    monkeypatch.syspath_prepend(tmp_path)

    before = is_compiled(package.name)
    cached = package / "__pycache__" / f"__init__.{sys.implementation.cache_tag}.pyc"
    cached.parent.mkdir()
    cached.touch()

    assert not before
    assert is_compiled(package.name)


def test_a_package_that_is_not_there_needs_no_compiling() -> None:
    """What cannot be imported is somebody else's to say."""
    assert is_compiled("a_package_that_is_not_there")

"""Tests of `grader.platforms.packing.program`: a wheel that pip takes, of this very program."""

import base64
import csv
import hashlib
import importlib.metadata
import io
import zipfile
from pathlib import Path

import pytest

import grader
from grader import __version__
from grader.errors import UsageError
from grader.platforms.packing import program as module
from grader.platforms.packing.program import program


@pytest.fixture(scope="module")
def wheel() -> zipfile.ZipFile:
    """The wheel."""
    return zipfile.ZipFile(io.BytesIO(program().content))


def test_its_name_says_what_it_is() -> None:
    """The distribution, its version, and that it is for any machine."""
    assert f"keras_homework_grader-{__version__}-py3-none-any.whl" == program().name


def test_every_file_of_the_package_is_in_it(wheel: zipfile.ZipFile) -> None:
    """The data too, and the rubrics where an installed program looks for them; no compiled file."""
    package = Path(grader.__file__).parent
    expected = {
        f"grader/{path.relative_to(package).as_posix()}"
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert expected <= set(wheel.namelist())
    assert {
        "grader/rubrics/gradient_clipping.yaml",
        "grader/rubrics/gradient_clipping.calibration.json",
    } <= set(wheel.namelist())
    assert not [name for name in wheel.namelist() if name.endswith(".pyc")]


def test_the_record_is_that_of_its_files(wheel: zipfile.ZipFile) -> None:
    """Each file with the hash and the size that it has."""
    record = next(name for name in wheel.namelist() if name.endswith("/RECORD"))
    rows = list(csv.reader(io.StringIO(wheel.read(record).decode())))

    assert sorted(wheel.namelist()) == sorted(name for name, *_ in rows)
    for name, said, size in rows:
        if name != record:
            content = wheel.read(name)
            found = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            assert (f"sha256={found}", str(len(content))) == (said, size)


def test_it_needs_what_the_program_needs(wheel: zipfile.ZipFile) -> None:
    """The same dependencies, without those of the tests, and the same command."""
    folder = f"keras_homework_grader-{__version__}.dist-info"
    metadata = wheel.read(f"{folder}/METADATA").decode()
    needed = {
        one for one in importlib.metadata.requires("keras-homework-grader") or [] if "extra ==" not in one
    }

    assert needed == {
        line.removeprefix("Requires-Dist: ") for line in metadata.splitlines() if "Requires-Dist" in line
    }
    assert "tensorflow" in metadata
    assert "pytest" not in metadata
    assert b"grader = grader.__main__:main" in wheel.read(f"{folder}/entry_points.txt")


def test_a_program_that_was_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it needs is not known then."""
    monkeypatch.setattr(module, "DISTRIBUTION", "not-installed-here")

    with pytest.raises(UsageError) as caught:
        program()

    assert (
        "The program is not installed as `not-installed-here`, so what it needs is not known."
        == caught.value.message
    )
    assert "Install it with `pip install .` in its folder." == caught.value.hint

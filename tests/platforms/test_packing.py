"""What is packed for a platform: the program as a wheel that pip takes, and a rubric with its files."""

import base64
import csv
import hashlib
import importlib.metadata
import io
import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from builders_folders import make_file
from builders_notebooks import code, notebook
from builders_platforms import A_WHEEL, a_program, ran, unpacked
from builders_rubric import RUBRIC, a_file

import grader
from grader import __version__
from grader.errors import RubricError, UsageError
from grader.platforms import modules, names, packing
from grader.platforms.packing import bundle, run_script, wheel
from grader.rubric.lookup import DEFAULT, find_rubric


@pytest.mark.parametrize("platform", names("pack"))
def test_the_program_and_the_rubric_are_in_it(tmp_path: Path, platform: str) -> None:
    """Under their names; each script can be run, bash finds no mistake in it, and no placeholder is left."""
    paths = unpacked(platform, tmp_path)

    assert {A_WHEEL.name, f"{DEFAULT}.yaml", f"{DEFAULT}.calibration.json"} <= {
        Path(path).name for path in paths
    }
    for path in modules("pack")[platform].FILES:
        text = (tmp_path / path).read_text(encoding="utf-8")
        assert not re.search(r"\{(wheel|rubric|budget)\}", text)
        if text.startswith("#!"):
            checked = subprocess.run(["bash", "-n", tmp_path / path], capture_output=True, check=False)
            assert b"" == checked.stderr
            assert os.access(tmp_path / path, os.X_OK)


@pytest.mark.parametrize(("code", "result", "ends"), [(0, "{}", 0), (3, "{}", 0), (3, "", 3), (2, "", 2)])
def test_the_script_of_an_image(tmp_path: Path, code: int, result: str, ends: int) -> None:
    """A result for a person is none of the platform's failures; without a result, the grader has failed."""
    script = tmp_path / "run.sh"
    script.write_text(run_script("coursera", "/shared", "feedback.json"), encoding="utf-8")
    make_file(tmp_path, "feedback.json", result.encode())
    a_program(tmp_path / "environment" / "bin" / "grader", f"exit {code}")

    done = ran("bash", script, GRADER_FOLDER=str(tmp_path), GRADER_ROOT=str(tmp_path))

    assert ends == done.returncode


@pytest.fixture(scope="module")
def unzipped() -> zipfile.ZipFile:
    """The wheel's files."""
    return zipfile.ZipFile(io.BytesIO(wheel().content))


def test_every_file_of_the_package_is_in_it(unzipped: zipfile.ZipFile) -> None:
    """The data too, and the rubrics where an installed program looks for them; no compiled file."""
    package = Path(grader.__file__).parent
    expected = {
        f"grader/{path.relative_to(package).as_posix()}"
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    shipped = {f"grader/rubrics/{DEFAULT}.{suffix}" for suffix in ("yaml", "calibration.json")}
    assert expected | shipped <= set(unzipped.namelist())
    assert not [name for name in unzipped.namelist() if name.endswith(".pyc")]


def test_the_record_is_that_of_its_files(unzipped: zipfile.ZipFile) -> None:
    """Each file with the hash and the size that it has."""
    record = next(name for name in unzipped.namelist() if name.endswith("/RECORD"))
    rows = list(csv.reader(io.StringIO(unzipped.read(record).decode())))

    assert sorted(unzipped.namelist()) == sorted(name for name, *_ in rows)
    for name, said, size in rows:
        if name != record:
            content = unzipped.read(name)
            found = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            assert (f"sha256={found}", str(len(content))) == (said, str(size))


def test_it_needs_what_the_program_needs(unzipped: zipfile.ZipFile) -> None:
    """The same dependencies and command; its name says the version, and that it is for any machine."""
    folder = f"keras_homework_grader-{__version__}.dist-info"
    metadata = unzipped.read(f"{folder}/METADATA").decode()

    assert set(importlib.metadata.requires("keras-homework-grader") or []) == {
        line.removeprefix("Requires-Dist: ") for line in metadata.splitlines() if "Requires-Dist" in line
    }
    assert f"keras_homework_grader-{__version__}-py3-none-any.whl" == wheel().name
    assert b"grader = grader.__main__:main" in unzipped.read(f"{folder}/entry_points.txt")


def test_a_program_that_was_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it needs is not known then."""
    monkeypatch.setattr(packing, "DISTRIBUTION", "not-installed-here")

    with pytest.raises(UsageError) as caught:
        wheel()

    assert (
        "`not-installed-here` is not installed, so the packages that it needs are not known."
        == caught.value.message
    )
    assert "Run `pip install .` in the folder of its source." == caught.value.hint


def test_a_rubric_that_ships_with_its_calibration() -> None:
    """Both are copied as they are."""
    found = bundle(DEFAULT)

    assert ["rubric/gradient_clipping.yaml", "rubric/gradient_clipping.calibration.json"] == list(found)
    assert find_rubric(DEFAULT).read_bytes() == found["rubric/gradient_clipping.yaml"]


def test_the_starter_beside_a_rubric(tmp_path: Path) -> None:
    """The notebook that a teacher hands out is packed, too, unless it lies elsewhere."""
    file = a_file(tmp_path, f"starter: given/starter.ipynb\n{RUBRIC}")
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "starter.ipynb").write_bytes(notebook(code("x = 1")))

    assert notebook(code("x = 1")) == bundle(str(file))["rubric/given/starter.ipynb"]
    with pytest.raises(UsageError, match="must be in the rubric's folder to be packed"):
        bundle(str(a_file(tmp_path / "given", f"starter: ../given/starter.ipynb\n{RUBRIC}")))


def test_the_data_beside_a_rubric(tmp_path: Path) -> None:
    """It goes to the same place; a name that means something to a shell is spelt otherwise."""
    file = tmp_path / "my $(hw) 1.yaml"
    file.write_text(f"data: sets/own.npz\n{RUBRIC}", encoding="utf-8")
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "own.npz").write_bytes(b"data")
    found = bundle(str(file))

    assert b"data" == found["rubric/sets/own.npz"]
    assert next(iter(found)).startswith("rubric/my_hw_1-")
    assert not set(next(iter(found))) & set(" $()")


def test_the_labels_beside_a_rubric(tmp_path: Path) -> None:
    """A platform that compares predictions needs them."""
    (tmp_path / "labels.csv").write_text("id,label\n1,cat\n", encoding="utf-8")
    (tmp_path / "hw.yaml").write_text(f"labels: labels.csv\n{RUBRIC}", encoding="utf-8")

    assert b"id,label\n1,cat\n" == bundle(str(tmp_path / "hw.yaml"))["rubric/labels.csv"]


def test_a_rubric_with_a_mistake_is_not_packed(tmp_path: Path) -> None:
    """It is better seen here than on the platform."""
    (tmp_path / "hw.yaml").write_text("version: 1\n", encoding="utf-8")

    with pytest.raises(RubricError):
        bundle(str(tmp_path / "hw.yaml"))

"""`grader pack student`: what is written, and what is said of it."""

from pathlib import Path

import numpy as np
import pytest
from builders_command_line import invoked
from builders_rubric import RUBRIC, a_file

FILES = {"data": "own.npz", "labels": "labels.csv"}
EVERYONE = {"norm_logger.py", "starter.ipynb", "HOW_TO_CHECK.md"}


def test_what_students_are_given(tmp_path: Path) -> None:
    """The file that logs, the notebook, the page, and the program with the rubric to check with."""
    done = invoked("pack", "student", "gradient_clipping", "--out", tmp_path / "out")
    written = {path.name for path in (tmp_path / "out").iterdir()}
    page = (tmp_path / "out" / "HOW_TO_CHECK.md").read_text(encoding="utf-8")

    assert 0 == done.exit_code
    assert EVERYONE < written
    assert {".whl", ".yaml", ".json"} == {Path(name).suffix for name in written - EVERYONE}
    assert all(name in done.stdout for name in written)
    assert all(name in page for name in written if name.endswith((".whl", ".yaml")))


@pytest.mark.parametrize("why", ["data", "show", "labels"])
def test_what_students_must_not_know(tmp_path: Path, why: str) -> None:
    """A rubric with labels, whose data has them, or with hidden items is kept back; the teacher is told."""
    images, labels = np.zeros((24, 4, 4), np.uint8), np.arange(24) % 2
    np.savez(tmp_path / "own.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    (tmp_path / "labels.csv").write_text("id,label\n1,cat\n", encoding="utf-8")
    text = f"{RUBRIC}  show: teacher\n" if why == "show" else f"{why}: {FILES[why]}\n{RUBRIC}"
    done = invoked("pack", "student", str(a_file(tmp_path, text)), "--out", tmp_path / "out")
    written = {path.name for path in (tmp_path / "out").iterdir()}

    assert 0 == done.exit_code
    assert EVERYONE | ({"training_images.npz"} if why == "data" else set()) == written
    assert "The rubric is not in it, so students cannot check at home." in done.stdout
    assert "cannot be checked at home" in (tmp_path / "out" / "HOW_TO_CHECK.md").read_text(encoding="utf-8")
    if why == "data":
        with np.load(tmp_path / "out" / "training_images.npz") as given:
            assert {"images", "classes"} == set(given.files)


def test_each_student_has_a_seed(tmp_path: Path) -> None:
    """Named alone, or by the list of the class, in a folder each; without either it is a mistake."""
    rubric = a_file(tmp_path, f"course_key: a\nreplay: {{}}\n{RUBRIC}")
    (tmp_path / "class.csv").write_text("id,name\nana,Ana\nbruno/x,Bruno\n", encoding="utf-8")
    nobody = invoked("pack", "student", rubric, "--out", tmp_path / "nobody")
    one = invoked("pack", "student", rubric, "--out", tmp_path / "one", "--student", "ana")
    every = invoked(
        "pack", "student", rubric, "--out", tmp_path / "every", "--roster", tmp_path / "class.csv"
    )
    books = {path.parent.name: path.read_text() for path in tmp_path.rglob("starter.ipynb")}

    assert (2, 0, 0) == (nobody.exit_code, one.exit_code, every.exit_code)
    assert "Name a student with `--student`" in nobody.stderr
    assert books["one"] == books["ana"]
    assert 3 == len(books)
    assert 2 == len(set(books.values()))
    assert "For each of 2 students there is a folder with starter.ipynb." in every.stdout


@pytest.mark.parametrize("there", ["folder", "file"])
def test_nothing_is_overwritten(tmp_path: Path, there: str) -> None:
    """A folder with something in it, or a file, stays as it is."""
    out = tmp_path / "out"
    kept = out / "mine.txt" if there == "folder" else out
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("mine")
    done = invoked("pack", "student", "gradient_clipping", "--out", out)

    assert 2 == done.exit_code
    assert "It was not changed." in done.stderr
    assert "mine" == kept.read_text()
    assert [kept] == [path for path in tmp_path.rglob("*") if path.is_file()]

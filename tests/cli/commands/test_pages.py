"""Tests of `grader.cli.commands.pages`: the pages of a class, drawn once."""

import os
from pathlib import Path

import pytest
from builders_drawn import YARDSTICK, drawable
from builders_reports import FAILED, HOSTILE, PASSED
from builders_rubric import RUBRIC, a_file
from builders_store import a_store, a_work

from grader.cli.commands import pages
from grader.cli.commands.grade import grade
from grader.cli.commands.pages import write_pages
from grader.cli.commands.regrade import regrade
from grader.datasets import load_dataset
from grader.errors import UsageError
from grader.grading.store import Store
from grader.grading.store.drawn import read_targets
from grader.grading.store.keys import circumstances
from grader.grading.store.run import Run
from grader.report import Origin
from grader.reports import html, html_class
from grader.reports.charts import draw
from grader.reports.html_class import Entry
from grader.rubric.loading import load_rubric
from grader.submissions.roster import Student
from grader.submissions.submission import Submission

ABSENT = (Student("7", "Zoë"),)
CLASS = [("ana", "a", PASSED), ("ito", "b", FAILED), ("odd", "", HOSTILE)]


def test_the_pages_of_a_class(tmp_path: Path) -> None:
    """One for each submission, with pictures where evidence is kept, and one that links to them."""
    a_store(tmp_path).keep("a", drawable(), Origin())
    write_pages(tmp_path, CLASS, YARDSTICK, ABSENT)

    drawing = draw(drawable(), YARDSTICK)
    entries = [Entry(PASSED, "ana", drawing), Entry(FAILED, "ito"), Entry(HOSTILE, "odd")]
    assert html.page(PASSED, drawing) == (tmp_path / "ana" / "report.html").read_text(encoding="utf-8")
    assert html.page(FAILED) == (tmp_path / "ito" / "report.html").read_text(encoding="utf-8")
    assert html_class.page(entries, ABSENT) == (tmp_path / "index.html").read_text(encoding="utf-8")


def test_pages_elsewhere_and_without_pictures(tmp_path: Path) -> None:
    """What is graded stays as it is."""
    a_store(tmp_path / "out").keep("a", drawable(), Origin())
    write_pages(tmp_path / "out", CLASS, None, target=tmp_path / "pages")

    assert [".grader"] == [path.name for path in (tmp_path / "out").iterdir()]
    assert html.page(PASSED) == (tmp_path / "pages" / "ana" / "report.html").read_text(encoding="utf-8")


def test_a_page_that_lies_there_is_left(tmp_path: Path) -> None:
    """What did not change is not written; what a link leads to is not either."""
    write_pages(tmp_path, CLASS, None)
    path = tmp_path / "ana" / "report.html"
    os.utime(path, (1, 1))
    (tmp_path / "ito" / "report.html").unlink()
    (tmp_path / "ito" / "report.html").symlink_to(path)
    write_pages(tmp_path, CLASS, None)

    assert 1 == path.stat().st_mtime
    assert not (tmp_path / "ito" / "report.html").is_symlink()
    assert html.page(FAILED) == (tmp_path / "ito" / "report.html").read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written(tmp_path: Path) -> None:
    """It is the operator's to mend."""
    (tmp_path / "out").write_text("a file", encoding="utf-8")

    with pytest.raises(UsageError, match="cannot be written"):
        write_pages(tmp_path, CLASS, None, target=tmp_path / "out")


@pytest.mark.parametrize("wanted", [True, False])
def test_pages_of_a_class_that_is_graded(tmp_path: Path, wanted: bool) -> None:
    """`grader grade` writes them, unless it is told not to."""
    out, rubric, folder = tmp_path / "out", a_file(tmp_path, RUBRIC), tmp_path / "class"
    (folder / "ana").mkdir(parents=True)
    (folder / "ana" / "model.keras").write_bytes(b"model")
    loaded = load_rubric(rubric)
    data = load_dataset(loaded.plan.data, tmp_path).sha256
    store = Store(out, circumstances(loaded.plan, data))
    store.keep(store.key(Submission("ana", folder / "ana")), drawable(), Origin())
    grade(folder, str(rubric), out, 1, pages=wanted)

    assert wanted == (out / "ana" / "report.html").exists() == (out / "index.html").exists()
    assert loaded.targets == read_targets(out)


@pytest.mark.parametrize("wanted", [True, False])
def test_pages_of_another_rubric(tmp_path: Path, wanted: bool) -> None:
    """`grader regrade` writes them, unless it is told not to; what they are drawn against is kept."""
    out, rubric = tmp_path / "out", a_file(tmp_path, RUBRIC)
    loaded = load_rubric(rubric)
    data = load_dataset(loaded.plan.data, tmp_path).sha256
    store = Store(out, circumstances(loaded.plan, data))
    store.keep("a", drawable(), Origin())
    store.keep_run(Run(plan=loaded.plan, data=data, submissions=(a_work("ana", "a"),)))
    regrade(out, str(rubric), dry_run=False, pages=wanted)

    assert wanted == (out / "ana" / "report.html").exists() == (out / "index.html").exists()
    assert loaded.targets == read_targets(out)
    assert (out / "ana" / "report.json").exists()


def test_many_are_drawn_in_processes_of_their_own(tmp_path: Path) -> None:
    """They come out the same; one that is damaged costs its own picture only."""
    store = a_store(tmp_path)
    keys = [f"key{number}" for number in range(pages._FEWEST_FOR_PROCESSES + 1)]
    for key in keys:
        store.keep(key, drawable(), Origin())
    damaged = tmp_path / ".grader" / "evidence" / f"{keys[0]}.jsonl"
    damaged.write_bytes(damaged.read_bytes()[:-9])
    write_pages(tmp_path, [(key, key, PASSED) for key in keys], YARDSTICK)

    expected = html.page(PASSED, draw(drawable(), YARDSTICK))
    assert html.page(PASSED) == (tmp_path / keys[0] / "report.html").read_text(encoding="utf-8")
    assert {expected} == {(tmp_path / key / "report.html").read_text(encoding="utf-8") for key in keys[1:]}

"""Tests of `grader.cli.pages`: the pages of a class."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from builders_folders import make_file
from builders_grading import a_cache, a_graded_folder, a_submission, keep, report_in
from builders_pages import YARDSTICK, drawable, the_index
from builders_reports import FAILED, HOSTILE, PASSED
from builders_rubric import RUBRIC, a_file

from grader.cli.grade import grade
from grader.cli.pages import write_pages
from grader.cli.regrade import regrade
from grader.datasets import load_dataset
from grader.errors import UsageError
from grader.grading.cache import FILE
from grader.grading.deciding import decide
from grader.grading.decisions import Wish
from grader.grading.graded_folder import Run, locked, read_run
from grader.grading.judging import Drawers
from grader.grading.keys import circumstances, evidence_key
from grader.measure.request import pack
from grader.reports import html
from grader.reports.charts import draw
from grader.reports.html_class import Entry
from grader.rubric import Plan
from grader.rubric.loading import load_rubric
from grader.submissions.roster import Student
from grader.submissions.submission import Submission

pytestmark = pytest.mark.usefixtures("workers")

ABSENT = (Student("7", "Zoë"),)
CLASS = [(a_submission("ana"), PASSED), (a_submission("ito"), FAILED), (a_submission("odd"), HOSTILE)]


def write(out: Path, pages: Path | None = None) -> None:
    """Write the pages of the class, from what is cached below `out`."""
    with a_cache(out) as cache, Drawers() as drawers:
        listed = tuple(one for one, _ in CLASS)
        run = Run(plan=Plan(), data="", targets=YARDSTICK, submissions=listed, absent=ABSENT)
        write_pages(pages or out, run, CLASS, cache, drawers)


def test_the_pages_of_a_class(tmp_path: Path) -> None:
    """One for each submission, with pictures where evidence is cached, and one that links to them."""
    keep(tmp_path, ana=drawable())
    write(tmp_path)

    drawing = draw(drawable(), YARDSTICK)
    entries = [Entry(PASSED, "ana"), Entry(FAILED, "ito"), Entry(HOSTILE, "odd")]
    assert html.page(PASSED, drawing) == (tmp_path / "ana" / "report.html").read_text(encoding="utf-8")
    assert html.page(FAILED) == (tmp_path / "ito" / "report.html").read_text(encoding="utf-8")
    assert html.teacher_page(FAILED) == (tmp_path / "ito" / "teacher.html").read_text(encoding="utf-8")
    assert the_index(entries, ABSENT) == (tmp_path / "index.html").read_text(encoding="utf-8")


def test_pages_elsewhere(tmp_path: Path) -> None:
    """What is graded stays as it is."""
    write(tmp_path / "out", tmp_path / "pages")

    assert [FILE] == [path.name for path in (tmp_path / "out").iterdir()]
    assert html.page(PASSED) == (tmp_path / "pages" / "ana" / "report.html").read_text(encoding="utf-8")


def test_a_page_that_lies_there_is_left(tmp_path: Path) -> None:
    """What did not change is not written; what a link leads to is not either."""
    write(tmp_path)
    path = tmp_path / "ana" / "report.html"
    os.utime(path, (1, 1))
    (tmp_path / "ito" / "report.html").unlink()
    (tmp_path / "ito" / "report.html").symlink_to(path)
    write(tmp_path)

    assert 1 == path.stat().st_mtime
    assert not (tmp_path / "ito" / "report.html").is_symlink()
    assert html.page(FAILED) == (tmp_path / "ito" / "report.html").read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written(tmp_path: Path) -> None:
    """It is the operator's to mend."""
    (tmp_path / "pages").write_text("a file", encoding="utf-8")

    with pytest.raises(UsageError, match="cannot be written"):
        write(tmp_path / "out", tmp_path / "pages")


@pytest.mark.parametrize("wanted", [True, False])
def test_pages_of_a_class_that_is_graded(tmp_path: Path, wanted: bool) -> None:
    """`grader grade` writes them, unless it is told not to; what is cached is not measured."""
    out, rubric, folder = tmp_path / "out", a_file(tmp_path, RUBRIC), tmp_path / "class"
    make_file(folder, "ana/model.keras", b"model")
    loaded = load_rubric(rubric)
    run = circumstances(loaded.plan, load_dataset(loaded.plan.data).sha256)
    keep(out, **{evidence_key(pack(Submission("ana", folder / "ana"), run.plan), run): drawable()})
    grade(folder, str(rubric), out, "1", pages=wanted)

    assert wanted == (out / "ana" / "report.html").exists() == (out / "index.html").exists()
    assert loaded.targets == read_run(out).targets


def test_what_is_decided_while_the_pages_are_written_is_on_them(tmp_path: Path) -> None:
    """That run holds what a decision's pages are drawn from, so it writes them when it is done."""
    out, rubric, folder = tmp_path / "out", a_file(tmp_path, RUBRIC), tmp_path / "class"
    for name in ("ana", "ben"):
        make_file(folder, f"{name}/model.keras", name.encode())
    loaded = load_rubric(rubric)
    run = circumstances(loaded.plan, load_dataset(loaded.plan.data).sha256)
    for name in ("ana", "ben"):
        keep(out, **{evidence_key(pack(Submission(name, folder / name), run.plan), run): drawable()})
    (out / "ben").mkdir()
    os.mkfifo(page := out / "ben" / "report.html")

    def decide_meanwhile() -> None:
        # It can be opened as soon as the other one looks for the page that lies there.
        with page.open("wb"), Drawers(1) as drawers, locked(out):
            made = Wish("ana", points=0.25, comment="Just in time.", by="Dr. Kim").of(report_in(out, "ana"))
            decide(out, read_run(out), [made], drawers)

    with ThreadPoolExecutor(1) as teacher:
        decided = teacher.submit(decide_meanwhile)
        grade(folder, str(rubric), out, "1", pages=True)
        decided.result()

    assert "Just in time." in (out / "ana" / "report.html").read_text("utf-8")
    assert "0.25" in (out / "index.html").read_text("utf-8")


@pytest.mark.parametrize("wanted", [True, False])
def test_pages_of_another_rubric(tmp_path: Path, wanted: bool) -> None:
    """`grader regrade` writes them, unless it is told not to; what they are drawn against is listed."""
    rubric = a_file(tmp_path, RUBRIC)
    loaded = load_rubric(rubric)
    data = load_dataset(loaded.plan.data).sha256
    out = a_graded_folder(tmp_path / "out", PASSED, plan=loaded.plan, data=data)
    keep(out, garcia=drawable())
    regrade(out, str(rubric), dry_run=False, pages=wanted)

    assert wanted == (out / "garcia" / "report.html").exists() == (out / "index.html").exists()
    assert loaded.targets == read_run(out).targets
    assert (out / "garcia" / "report.json").exists()

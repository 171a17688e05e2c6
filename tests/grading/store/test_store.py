"""Tests of `grader.grading.store`: what was measured before is found again, or measured again."""

from pathlib import Path

import builders_evidence as build
import pytest
from builders_folders import make_file
from builders_store import a_store, below

from grader.evidence.problem import Problem
from grader.grading.findings import outline_of
from grader.grading.store import FOLDER
from grader.grading.store.judged import Judged
from grader.grading.store.pairs import Alike
from grader.grading.store.run import Run, Work
from grader.measure.architecture import Architecture, RerunRequest
from grader.report import Origin
from grader.rubric import Plan, RerunPlan
from grader.submissions.submission import Submission

EVIDENCE = build.some_evidence()
REQUEST = RerunRequest(
    plan=Plan(),
    architecture=Architecture(network="{}", parameters=1, inputs="raw pixels", probabilities=True),
)
RUN = Run(plan=Plan(), data="images", submissions=(Work(id="ana", name="", place="ana", key="key"),))


def fill(folder: Path) -> None:
    """Keep one of everything."""
    store = a_store(folder)
    assert store.keep("key", EVIDENCE, Origin(seconds=2.0))
    store.keep_rerun(REQUEST, build.a_rerun())
    store.keep_judged("key", Judged(program=store.program, outline=outline_of(EVIDENCE), outcomes={}))
    store.keep_pairs("class", (Alike(left_out=1),))
    store.keep_run(RUN)


def all_of(folder: Path) -> list[object]:
    """All that another run finds of it."""
    store = a_store(folder)
    entry = store.entry("key")
    return [entry, store.rerun(REQUEST), store.judged("key"), store.pairs("class"), store.last_run()]


def test_everything_comes_back(tmp_path: Path) -> None:
    """In a later run."""
    fill(tmp_path)

    entry, rerun, judged, pairs, run = all_of(tmp_path)
    assert entry is not None
    assert (EVIDENCE, 2.0) == (entry.evidence(), entry.origin.seconds)  # type: ignore[attr-defined]
    assert (build.a_rerun(), (Alike(left_out=1),), RUN) == (rerun, pairs, run)
    assert isinstance(judged, Judged)
    assert [FOLDER] == [path.name for path in tmp_path.iterdir()]


def test_an_empty_store_has_nothing(tmp_path: Path) -> None:
    """And makes nothing when it is asked."""
    assert [None] * 5 == all_of(tmp_path / "out")
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\x00", "half"])
def test_damaged_files_are_as_good_as_none(tmp_path: Path, damage: bytes | str) -> None:
    """Every one of them."""
    fill(tmp_path)
    for name in below(tmp_path):
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(damage if isinstance(damage, bytes) else content[: len(content) // 2])

    assert [None] * 5 == all_of(tmp_path)


def test_folders_in_the_place_of_files_are_as_good_as_none(tmp_path: Path) -> None:
    """Nothing is raised."""
    fill(tmp_path)
    for name in below(tmp_path):
        (tmp_path / name).unlink()
        (tmp_path / name).mkdir()

    assert [None] * 5 == all_of(tmp_path)


def test_a_rerun_is_kept_for_its_plan(tmp_path: Path) -> None:
    """Other steps are another training."""
    fill(tmp_path)
    longer = REQUEST.model_copy(update={"plan": Plan(rerun=RerunPlan(steps=700))})

    assert a_store(tmp_path).rerun(longer) is None


@pytest.mark.parametrize(("who", "kept"), [("student", True), ("operator", False), ("pending", False)])
def test_what_is_not_the_students_is_not_kept(tmp_path: Path, who: str, kept: bool) -> None:
    """A limit that was too small must not stay the last word."""
    problem = Problem.model_validate({"who": who, "message": "It is not there."})
    store = a_store(tmp_path)

    assert kept == store.keep("key", build.some_evidence(rerun=problem), Origin())
    assert kept == (store.entry("key") is not None)


def test_a_store_to_read_keeps_nothing(tmp_path: Path) -> None:
    """It finds what is there."""
    fill(tmp_path)
    before = below(tmp_path)
    store = a_store(tmp_path, read_only=True)

    store.keep("other", EVIDENCE, Origin())
    store.keep_pairs("other", ())
    store.keep_run(RUN.model_copy(update={"data": "others"}))

    assert before == below(tmp_path)
    assert store.last_run() == RUN


def test_a_key_is_that_of_the_content(tmp_path: Path) -> None:
    """Also where the names of folders and files are no UTF-8, and the run is kept."""
    log = make_file(tmp_path, "class/bad\udcff/training\udcff.csv", b"log")
    submission = Submission("bad\udcff", log.parent)
    store = a_store(tmp_path / "out")

    key = store.key(submission)
    store.keep_run(RUN)

    assert key == a_store(tmp_path / "out").key(submission)
    log.write_bytes(b"other")
    assert key != a_store(tmp_path / "out").key(submission)

"""Tests of `grader.grading.classes`: a class is graded from what is kept as from what was just measured."""

from pathlib import Path

import builders_class
import builders_evidence as build
import pytest
from builders_store import ACCURACY, FITS, LOGGED, a_rubric, a_store, a_work, below

from grader.evidence import Evidence
from grader.evidence.problem import Problem
from grader.grading.classes import Judge, Member
from grader.messages.languages import translated
from grader.report import Origin, Report
from grader.rubric import Rubric

DEAD = Problem(who="operator", message="The worker ended early.")
SHARED = builders_class.a_loss(builders_class.a_series(1))


def some_work(seed: int, *, copied: bool = False) -> Evidence:
    """Evidence with a log of its own, or with the one that some have copied."""
    loss = SHARED if copied else builders_class.a_loss(builders_class.a_series(seed + 100))
    weights = builders_class.some_weights(seed)
    return build.with_parts(
        builders_class.work(loss, weights=weights), accuracy=build.an_accuracy(0.86 + seed / 100)
    )


def measure(folder: Path, rubric: Rubric, **works: Evidence) -> list[Report]:
    """The reports of a class that is measured now."""
    judge = Judge(rubric, a_store(folder))
    return list(
        judge.alike([judge.measured(a_work(key), one, Origin(seconds=2.0)) for key, one in works.items()])
    )


def recall(folder: Path, rubric: Rubric, *ids: str) -> list[Report]:
    """The reports of a class whose evidence is kept."""
    judge = Judge(rubric, a_store(folder))
    members = [member for member in judge.recall(map(a_work, ids)) if member is not None]
    return list(judge.alike(members))


def evidence_file(folder: Path, key: str) -> Path:
    return folder / ".grader" / "evidence" / f"{key}.jsonl"


CLASS = {"ana": some_work(1), "ben": some_work(2, copied=True), "cem": some_work(3, copied=True)}


@pytest.mark.parametrize("likeness", ["review", "note", "off"])
def test_a_stored_class_has_the_reports_of_a_fresh_one(tmp_path: Path, likeness: str) -> None:
    """Those who are alike with their pairs; the second time nothing is written."""
    rubric = a_rubric(ACCURACY, LOGGED, FITS, likeness=likeness)
    fresh = measure(tmp_path, rubric, **CLASS)
    before = below(tmp_path)

    assert fresh == recall(tmp_path, rubric, *CLASS)
    assert before == below(tmp_path)
    assert (likeness != "off") == bool(fresh[1].pairs)
    assert [2.0] * 3 == [report.seconds for report in fresh]


@pytest.mark.parametrize("in_doubt", ["review", "failed", "note"])
def test_a_stored_class_is_said_in_another_language_as_a_fresh_one(tmp_path: Path, in_doubt: str) -> None:
    """Every sentence kept what it was made from, those that the judge adds to a stored one, too."""
    rubric = a_rubric(ACCURACY, LOGGED, FITS.model_copy(update={"in_doubt": in_doubt}))
    fresh = measure(tmp_path, rubric, **CLASS)
    again = recall(tmp_path, rubric, *CLASS)

    assert [report.model_dump_json() for report in fresh] == [report.model_dump_json() for report in again]
    for one, other in zip(fresh, again, strict=True):
        said = [translated(item.message, "es") for item in one.items]
        assert said == [translated(item.message, "es") for item in other.items]
        assert said != [item.message for item in one.items]


def test_points_and_titles_are_not_looked_for_again(tmp_path: Path) -> None:
    """What a check finds does not depend on them."""
    measure(tmp_path, a_rubric(ACCURACY), **CLASS)
    before = below(tmp_path)

    again = recall(tmp_path, a_rubric(ACCURACY.model_copy(update={"points": 7, "title": "New"})), *CLASS)

    assert [7.0] * 3 == [report.max_score for report in again]
    assert before == below(tmp_path)


def test_nobody_is_recalled_from_an_empty_store(tmp_path: Path) -> None:
    """All have to be measured."""
    assert [None, None] == Judge(a_rubric(), a_store(tmp_path)).recall(map(a_work, ("ana", "ben")))


def test_a_new_copy_is_found(tmp_path: Path) -> None:
    """One who hands in later is compared with those who are stored."""
    rubric = a_rubric(ACCURACY)
    measure(tmp_path, rubric, ana=CLASS["ana"], ben=CLASS["ben"])
    judge = Judge(rubric, a_store(tmp_path))

    ana, ben, cem = judge.recall(map(a_work, CLASS))
    assert ana is not None
    assert ben is not None
    new = judge.measured(a_work("cem"), CLASS["cem"], Origin(seconds=2.0))
    reports = list(judge.alike([ana, ben, new]))

    assert cem is None
    assert measure(tmp_path / "fresh", rubric, **CLASS) == reports
    assert [[], ["cem"], ["ben"]] == [[pair.id for pair in report.pairs] for report in reports]


@pytest.mark.parametrize("likeness", ["review", "off"])
def test_a_damaged_part_that_is_needed_is_measured_again(tmp_path: Path, likeness: str) -> None:
    """Where pairs are looked for, every part is needed; the others of the class are recalled."""
    rubric = a_rubric(ACCURACY, likeness=likeness)
    measure(tmp_path, rubric, **CLASS)
    content = evidence_file(tmp_path, "ben").read_bytes()
    evidence_file(tmp_path, "ben").write_bytes(content.replace(b'"form":"csv"', b'"form":"CSV"'))
    works = [a_work(key) for key in ("ana", "ben")]

    ana, ben = Judge(rubric, a_store(tmp_path)).recall(works)

    assert ana is not None
    assert (likeness == "review") == (ben is None)


def test_a_damaged_judgement_is_made_again(tmp_path: Path) -> None:
    """From the evidence."""
    fresh = measure(tmp_path, a_rubric(), **CLASS)
    for file in (tmp_path / ".grader" / "judged").iterdir():
        file.write_bytes(file.read_bytes().replace(b"accuracy", b"Accuracy"))

    assert fresh == recall(tmp_path, a_rubric(), *CLASS)


def test_what_could_not_be_measured_is_judged_and_not_kept(tmp_path: Path) -> None:
    """Nor are the pairs of its class, of which there may be more the next time."""
    rubric = a_rubric(ACCURACY)
    nothing = build.with_parts(CLASS["cem"], log=DEAD, model=DEAD, accuracy=DEAD)
    first = measure(tmp_path, rubric, **{**CLASS, "cem": nothing})
    judge = Judge(rubric, a_store(tmp_path))
    recalled = judge.recall(map(a_work, CLASS))

    again = measure(tmp_path, rubric, **CLASS)

    assert "error" == first[2].verdict
    assert [True, True, False] == [isinstance(member, Member) for member in recalled]
    assert [[], ["cem"], ["ben"]] == [[pair.id for pair in report.pairs] for report in again]


def test_ids_of_any_bytes_are_graded(tmp_path: Path) -> None:
    """Their pairs are kept, too."""
    rubric = a_rubric(ACCURACY)
    judge = Judge(rubric, a_store(tmp_path))
    works = {"b": a_work("ben\udcff", "b"), "c": a_work("cem", "c")}
    ben = judge.measured(works["b"], CLASS["ben"], Origin())
    cem = judge.measured(works["c"], CLASS["cem"], Origin())
    fresh = list(judge.alike([ben, cem]))

    other = Judge(rubric, a_store(tmp_path))
    again = other.recall(works.values())

    assert ["cem", "ben\udcff"] == [report.pairs[0].id for report in fresh]
    assert all(member is not None and member.features is None for member in again)
    assert fresh == list(other.alike([member for member in again if member is not None]))

"""Tests of `grader.grading.classes`: a class is graded from the cache as from what was just measured."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import builders_class
import builders_evidence as build
import pytest
from builders_folders import make_file
from builders_grading import ACCURACY, FITS, LOGGED, a_cache, a_rubric
from builders_training import a_dataset

from grader.evidence import Evidence
from grader.evidence.log import Log
from grader.evidence.problem import Problem
from grader.grading.batch import measure
from grader.grading.cache import Measured
from grader.grading.classes import ClassGrading
from grader.grading.graded_folder import read_reports, read_run
from grader.grading.judged_class import JudgedClass
from grader.grading.judging import Judges
from grader.grading.keys import circumstances
from grader.measure.request import Architecture, RerunRequest, pack
from grader.report import Origin, Report, Whose
from grader.rubric import Limits, Plan, Rubric
from grader.submissions.class_folder import find_submissions
from grader.submissions.submission import Submission

NOW = datetime(2026, 11, 29, tzinfo=UTC)
DEAD = Problem(who="operator", message="The worker ended early.")
SHARED = builders_class.a_loss(builders_class.a_series(1))


def some_work(seed: int, *, copied: bool = False) -> Evidence:
    """Evidence with a log of its own, or with the one that some have copied."""
    loss = SHARED if copied else builders_class.a_loss(builders_class.a_series(seed + 100))
    weights = builders_class.some_weights(seed)
    return build.with_parts(
        builders_class.work(loss, weights=weights), accuracy=build.an_accuracy(0.86 + seed / 100)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a class of three."""
    for name in ("ana", "ben", "cem"):
        make_file(tmp_path, f"class/{name}/training_log.csv", name.encode())
    return tmp_path / "class"


@contextmanager
def a_grading(out: Path, submissions: Sequence[Submission], rubric: Rubric) -> Iterator[ClassGrading]:
    """The grading of a class below a folder, whose cached submissions are judged."""
    with a_cache(out) as cache, Judges(rubric) as judges, JudgedClass(rubric) as judged:
        run = circumstances(Plan(), "images")
        grading = ClassGrading(out, submissions, rubric, cache, run, judges, judged)
        grading.judge_cached()
        yield grading


def take(grading: ClassGrading, submission: Submission, evidence: Evidence, origin: Origin) -> None:
    """Give what was measured of a submission's files, as they are now."""
    grading.begin(submission, pack(submission, grading.circumstances.plan))
    grading.take(submission, evidence, origin)


def grade(folder: Path, out: Path, rubric: Rubric, **works: Evidence) -> tuple[list[str], list[Report]]:
    """Who has to be measured, and the reports of a class; who is missing in `works` is not measured."""
    with a_grading(out, find_submissions(folder), rubric) as grading:
        waiting = grading.waiting
        for submission in waiting:
            if submission.id in works:
                take(grading, submission, works[submission.id], Origin(at=NOW, seconds=2.0))
        for submission, report in grading.judged(wait=True):
            assert report == Report.model_validate_json((out / submission.id / "report.json").read_bytes())
        return [one.id for one in waiting], [report for _, report in read_reports(out, grading.write(())[0])]


pytestmark = pytest.mark.usefixtures("workers")

CLASS = {"ana": some_work(1), "ben": some_work(2, copied=True), "cem": some_work(3, copied=True)}
ALL = list(CLASS)


@pytest.mark.parametrize("likeness", ["review", "note", "off"])
def test_a_cached_class_has_the_reports_of_a_fresh_one(folder: Path, tmp_path: Path, likeness: str) -> None:
    """Those who are alike with their pairs; nobody is measured."""
    rubric = a_rubric(ACCURACY, LOGGED, FITS, likeness=likeness)
    waiting, fresh = grade(folder, tmp_path / "out", rubric, **CLASS)

    nobody, again = grade(folder, tmp_path / "out", rubric)

    assert (ALL, ALL, []) == (waiting, [report.id for report in fresh], nobody)
    # With what each sentence is made from, for other languages.
    assert [one.model_dump_json() for one in fresh] == [one.model_dump_json() for one in again]
    assert (likeness != "off") == bool(fresh[1].pairs)
    assert [(NOW, 2.0)] * 3 == [(report.measured_at, report.seconds) for report in fresh]


def test_another_threshold_is_judged_from_the_cache(folder: Path, tmp_path: Path) -> None:
    """It gives what a fresh judging gives; points and titles likewise."""
    lower = a_rubric(
        ACCURACY.model_copy(update={"check": type(ACCURACY.check)(at_least=0.5), "points": 7, "title": "New"})
    )
    grade(folder, tmp_path / "a", a_rubric(ACCURACY), **CLASS)

    again = grade(folder, tmp_path / "a", lower)

    assert ([], grade(folder, tmp_path / "b", lower, **CLASS)[1]) == again
    assert ["passed", "review", "review"] == [report.verdict for report in again[1]]


def test_one_who_resubmits_is_measured_alone(folder: Path, tmp_path: Path) -> None:
    """A new copy is compared with those who are cached; who is not measured has no report."""
    rubric, out = a_rubric(ACCURACY), tmp_path / "out"
    grade(folder, out, rubric, ana=CLASS["ana"], ben=CLASS["ben"])
    make_file(folder, "cem/training_log.csv", b"resubmitted")

    before = grade(folder, out, rubric)
    after = grade(folder, out, rubric, cem=CLASS["cem"])

    assert (["cem"], ["ana", "ben"]) == (before[0], [report.id for report in before[1]])
    assert (["cem"], grade(folder, tmp_path / "fresh", rubric, **CLASS)[1]) == after
    assert [[], ["cem"], ["ben"]] == [[pair.id for pair in report.pairs] for report in after[1]]


def test_what_takes_too_long_is_measured_again_with_more_time(folder: Path, tmp_path: Path) -> None:
    """With the same limit it is not, so one submission does not cost a class its time at each run.

    What failed otherwise is an error, and measured again at each run.
    """
    late = build.with_parts(CLASS["ana"], rerun=DEAD.model_copy(update={"lasts": True}))
    rubric, out = a_rubric(ACCURACY), tmp_path / "out"
    longer = rubric.model_copy(update={"plan": Plan(limits=Limits(seconds=100))})
    nothing = build.with_parts(CLASS["ben"], log=DEAD, model=DEAD, accuracy=DEAD, rerun=DEAD)
    _, first = grade(folder, out, rubric, **CLASS | {"ana": late, "ben": nothing})

    assert "error" == first[1].verdict
    assert ["ben"] == grade(folder, out, rubric)[0]
    assert ["ana", "ben"] == grade(folder, out, longer)[0]


def test_who_is_being_judged_when_a_run_is_interrupted_stands_in_the_table(
    folder: Path, tmp_path: Path
) -> None:
    """What was measured needs no second run for its row."""
    with a_grading(tmp_path / "out", find_submissions(folder), a_rubric(ACCURACY)) as grading:
        for submission in grading.waiting:
            take(grading, submission, CLASS[submission.id], Origin())
        run, _ = grading.write(())

    assert ALL == [report.id for _, report in read_reports(tmp_path / "out", run)]


@pytest.mark.parametrize("bug", ["of one", "of all"])
def test_who_cannot_be_compared_costs_nobody_else(caplog: pytest.LogCaptureFixture, bug: str) -> None:
    """The report says so, and it is recorded for the operator; the others are compared where they can be."""
    rubric = a_rubric(ACCURACY)
    with Judges(rubric) as judges:
        content = {
            name: Measured(evidence=evidence, origin=Origin()).model_dump_json().encode()
            for name, evidence in CLASS.items()
        }
        asked = [judges.judge(Whose(name), content[name]) for name in ALL]
        members = [future.result() for future in asked]
    # As a bug in what is kept of a submission would leave it.
    broken = range(1) if bug == "of one" else range(3)
    for place in broken:
        (features,) = members[place].features
        bad = (replace(features, series=(None,)),)
        members[place] = members[place].model_copy(update={"features": bad})

    with JudgedClass(rubric) as judged:
        for name, member in zip(ALL, members, strict=True):
            judged.add(name, member)
        reports = list(judged.reports(ALL))

    assert [place in broken for place in range(3)] == [bool(report.teacher_notes) for report in reports]
    pairs = [[pair.id for pair in report.pairs] for report in reports]
    assert pairs == ([[], ["cem"], ["ben"]] if bug == "of one" else [[], [], []])
    assert "could not be compared" in caplog.text


def test_a_network_is_trained_once_for_its_plan(tmp_path: Path) -> None:
    """Other images are another training."""
    request = RerunRequest(
        plan=Plan(),
        architecture=Architecture(network="{}", parameters=1, inputs="raw pixels", probabilities=True),
    )
    rubric = a_rubric()
    with a_cache(tmp_path) as cache, Judges(rubric) as judges, JudgedClass(rubric) as judged:
        one, other = (
            ClassGrading(tmp_path, (), rubric, cache, circumstances(Plan(), data), judges, judged)
            for data in ("images", "others")
        )
        one.keep_rerun(request, build.a_rerun())

        assert (build.a_rerun(), None) == (one.rerun(request), other.rerun(request))


def test_names_of_any_bytes_are_graded(tmp_path: Path) -> None:
    """Names of files and folders that are no UTF-8; they are listed as their visible escapes."""
    log = make_file(tmp_path, "class/bad\udcff/training\udcff.csv", b"log")
    submissions = (Submission("bad\udcff", log.parent),)
    for waits in (True, False):
        with a_grading(tmp_path, submissions, a_rubric()) as grading:
            assert waits == bool(grading.waiting)
            for one in grading.waiting:
                take(grading, one, CLASS["ana"], Origin())
            assert waits == bool([*grading.judged(wait=True)])
            grading.write(())
        reports = read_reports(tmp_path, read_run(tmp_path))
        assert [r"bad\udcff"] == [report.id for _, report in reports]


def test_measured_submissions_do_not_pile_up(tmp_path: Path) -> None:
    """Where many more wait to be judged than are judged at a time, the first are waited for."""
    ids = [f"{number:02}" for number in range(40)]
    for own in ids:
        make_file(tmp_path, f"class/{own}/training_log.csv", own.encode())
    with a_grading(tmp_path / "out", find_submissions(tmp_path / "class"), a_rubric()) as grading:
        for submission in grading.waiting:
            take(grading, submission, CLASS["ana"], Origin())
        first = [submission.id for submission, _ in grading.judged()]

        assert ids[:8] == first[:8]


@pytest.mark.hostile_row(103)
def test_a_file_that_changes_while_the_class_is_measured(tmp_path: Path) -> None:
    """The evidence is cached for the content that was measured; the earlier content is measured again."""
    first, second = (f"step,loss\n1,{loss}\n2,{loss}\n" for loss in (2.5, 1.5))
    log = make_file(tmp_path, "class/ana/training_log.csv", first.encode())
    submissions = find_submissions(tmp_path / "class")
    dataset = a_dataset()

    def run(*, changes_to: str | None = None) -> list[tuple[float, ...]]:
        """Grade the class, and give the loss of each submission that had to be measured."""
        losses = []
        with a_grading(tmp_path / "out", submissions, a_rubric()) as grading:
            if changes_to:
                log.write_text(changes_to)
            for event in measure(grading.waiting, Plan(), dataset, jobs=1, grading=grading):
                if event.kind == "measured":
                    grading.take(event.submission, event.evidence, Origin())
                    losses.append(event.evidence.found(Log).column("loss").values)
        return losses

    assert [(1.5, 1.5)] == run(changes_to=second)
    assert [] == run()
    log.write_text(first)
    assert [(2.5, 2.5)] == run()

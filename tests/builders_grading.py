"""A cache, a rubric, and a folder as `grader grade` leaves it, for the tests of grading."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.analysis.targets import Targets
from grader.checks.hidden_layers import HiddenLayers
from grader.checks.log_fits_optimizer import LogFitsOptimizer
from grader.checks.logged_accuracy import LoggedAccuracy
from grader.checks.model_accuracy import ModelAccuracy
from grader.evidence import Evidence
from grader.grading.cache import FILE, Cache
from grader.grading.graded_folder import GradedSubmission, Run, write_class
from grader.messages.safe_text import file_names
from grader.report import Origin, Report
from grader.rubric import Item, Plan, Rubric

ACCURACY = Item(id="accuracy", title="Accuracy", points=3, check=ModelAccuracy(at_least=0.87, tolerance=0.0))
LAYERS = Item(id="layers", title="Layers", points=2, check=HiddenLayers(units=(300, 100)))
LOGGED = Item(id="logged", title="Logged", points=1, check=LoggedAccuracy(at_least=0.87))
FITS = Item(id="fits", title="Fits", points=0, check=LogFitsOptimizer())


def a_rubric(*items: Item, **fields: object) -> Rubric:
    """A rubric that reads nothing from a file."""
    return Rubric(**{"name": "homework", "title": "Homework", "items": items or (ACCURACY, LOGGED), **fields})


@contextmanager
def a_cache(out: Path, *, read_only: bool = False) -> Iterator[Cache]:
    """The cache below a folder, as a run opens it that is told nothing."""
    said: list[str] = []
    out.mkdir(parents=True, exist_ok=True)
    with Cache(out, said.append, read_only=read_only) as cache:
        yield cache
    assert [] == said


def keep(out: Path, **works: Evidence) -> None:
    """Cache evidence, each under its key."""
    with a_cache(out) as cache:
        for key, evidence in works.items():
            cache.keep(key, evidence, Origin(seconds=2.0))


def a_submission(id: str, key: str = "") -> GradedSubmission:  # noqa: A002  (its name in the report)
    """A graded submission; its key is its id where a test gives no other."""
    return GradedSubmission(id=id, name="", folder=id, key=key or id)


def below(folder: Path) -> dict[str, bytes]:
    """Everything in a folder but the cache."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != FILE)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def rows_in(out: Path) -> list[dict[str, str]]:
    """The rows of the table of grades."""
    with (out / "grades.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def report_in(out: Path, name: str) -> Report:
    """The report that was written for a submission."""
    return Report.model_validate_json((out / name / "report.json").read_bytes())


def a_graded_folder(folder: Path, *reports: Report, **fields: Any) -> Path:
    """The folder, with a report for each, and the list of a run that has graded them and nobody else.

    The key of the evidence of each is its id; the fields are those of the run.
    """
    graded = [
        (GradedSubmission(id=report.id, name=report.name, folder=name, key=report.id), report)
        for name, report in zip(file_names(report.id for report in reports), reports, strict=True)
    ]
    listed = tuple(submission for submission, _ in graded)
    run = {"plan": Plan(), "data": "images", "targets": Targets(), "submissions": listed, **fields}
    write_class(folder, Run(**run), graded)
    return folder

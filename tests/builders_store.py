"""A store and a rubric for the tests of grading."""

from pathlib import Path

from grader.checks.log_fits_optimizer import LogFitsOptimizer
from grader.checks.logged_accuracy import LoggedAccuracy
from grader.checks.model_accuracy import ModelAccuracy
from grader.grading.store import Store
from grader.grading.store.keys import circumstances
from grader.grading.store.run import Work
from grader.rubric import Item, Plan, Rubric

ACCURACY = Item(id="accuracy", title="Accuracy", points=3, check=ModelAccuracy(at_least=0.87, tolerance=0.0))
LOGGED = Item(id="logged", title="Logged", points=1, check=LoggedAccuracy(at_least=0.87))
FITS = Item(id="fits", title="Fits", points=0, check=LogFitsOptimizer())


def a_rubric(*items: Item, **fields: object) -> Rubric:
    """A rubric that reads nothing from a file."""
    return Rubric(**{"name": "homework", "title": "Homework", "items": items or (ACCURACY, LOGGED), **fields})


def a_store(folder: Path, *, read_only: bool = False) -> Store:
    """The store below a folder, as another run opens it."""
    return Store(folder, circumstances(Plan(), "images"), read_only=read_only)


def a_work(id: str, key: str = "") -> Work:  # noqa: A002  (its name in the report)
    """What a student has handed in; its key is its id where a test gives no other."""
    return Work(id=id, name="", place=id, key=key or id)


def below(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, the lock left out."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

"""Folders that students could hand in: what is taken, what is said, and what is never opened."""

import os
import threading
import unicodedata
from pathlib import Path

import builders_hostile as hostile
import h5py
import pytest
from builders_folders import make_file
from builders_golden import said

from grader.evidence.problem import Problem
from grader.measure.request import Intake, Taken, pack, unpack
from grader.measure.sources import read_from
from grader.platforms.downloads import read_class
from grader.rubric import Plan
from grader.submissions.class_folder import find_submissions
from grader.submissions.submission import Submission, open_submission

SECRET = b"epoch,loss\n1,0.5\n"


def arrived(submission: Submission) -> Intake:
    """The files of a submission as they are in its worker."""
    messages = iter(pack(submission, Plan()))
    return unpack(lambda: next(messages))[1]


def of(folder: Path) -> Intake:
    return arrived(open_submission(folder))


def is_the_students(part: tuple[Taken, ...] | Problem) -> bool:
    """Whether a part is missing for the student to mend; what is said is pinned in this room's file."""
    found = part if isinstance(part, Problem) else part[0].candidate.problem
    return found is not None and found.who == "student" and said(found.message, found.hint)


def only(part: tuple[Taken, ...] | Problem) -> Taken:
    """The only file that could be a part."""
    assert not isinstance(part, Problem)
    (taken,) = part
    return taken


@pytest.mark.hostile_row(12, 13)
def test_an_unpacked_model_with_links(tmp_path: Path) -> None:
    """Keras would read the file that the link leads to into the model, and wait at the pipe for ever."""
    secret = make_file(tmp_path, "secret.txt", b"secret")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    folder = hostile.an_unpacked_model(tmp_path / "ana" / "model.keras")
    (folder / "assets").mkdir()
    (folder / "assets" / "vocabulary.txt").symlink_to(secret)
    with h5py.File(folder / "model.weights.h5", "w") as file:
        file["layers"] = h5py.ExternalLink(str(pipe), "/layers")

    messages = pack(open_submission(tmp_path / "ana"), Plan())

    assert is_the_students(of(tmp_path / "ana").parts["model"])
    assert b"secret" not in b"".join(messages)


@pytest.mark.hostile_row(12)
def test_what_is_beside_an_unpacked_model_is_taken(tmp_path: Path) -> None:
    """A log in it, but not its `config.json`; where there is a model file, the folder is no answer."""
    hostile.an_unpacked_model(tmp_path / "ana" / "model")
    (tmp_path / "ana" / "model" / "loss.csv").write_bytes(SECRET)

    alone = of(tmp_path / "ana").parts
    make_file(tmp_path, "ana/model.keras", b"model")
    beside = of(tmp_path / "ana").parts["model"]

    assert "model/loss.csv" == only(alone["log"]).candidate.file.name
    assert is_the_students(alone["model"])
    assert "model.keras" == only(beside).candidate.file.name


@pytest.mark.hostile_row(38)
def test_a_saved_model_that_writes_a_file(tmp_path: Path) -> None:
    """It is refused by its name, and says how to save instead."""
    marker = tmp_path / "marker"
    hostile.a_saved_model(tmp_path / "ana" / "export", marker)

    assert is_the_students(of(tmp_path / "ana").parts["model"])
    assert not marker.exists()


@pytest.mark.hostile_row(43)
@pytest.mark.parametrize("target", ["ana.zip", "ana", "gone", "dora", "/etc"])
def test_a_link_among_the_submissions_is_said_to_be_one(tmp_path: Path, target: str) -> None:
    """To another student, to nothing, to itself, out of the folder: somebody has to hear of it."""
    make_file(tmp_path, "ana/training_log.csv", SECRET)
    make_file(tmp_path, "ana.zip", b"PK\3\4")
    name = "dora.zip" if target.endswith(".zip") else "dora"
    (tmp_path / name).symlink_to(target)

    dora = find_submissions(tmp_path)[-1]
    intake = arrived(dora)

    assert name == dora.path.name
    assert is_the_students(intake.parts["model"])
    assert intake.parts["model"] == intake.parts["log"]
    assert SECRET not in b"".join(pack(dora, Plan()))


@pytest.mark.hostile_row(43)
def test_a_link_that_somebody_typed_is_followed(tmp_path: Path) -> None:
    """Who runs the program names what is to be checked."""
    make_file(tmp_path, "ana/training_log.csv", SECRET)
    (tmp_path / "latest").symlink_to("ana")

    assert SECRET == only(of(tmp_path / "latest").parts["log"]).content


@pytest.mark.hostile_row(44)
def test_a_hard_link_is_noted(tmp_path: Path) -> None:
    """The bytes are taken, and a teacher hears that the file has a second name."""
    ana = make_file(tmp_path, "ana/model.keras", b"model")
    make_file(tmp_path, "ben/training_log.csv", SECRET)
    os.link(ana, tmp_path / "ben" / "model.keras")

    intake = of(tmp_path / "ben")

    assert b"model" == only(intake.parts["model"]).content
    assert said(only(intake.parts["model"]).candidate.file.teacher_note)
    assert "" == str(only(intake.parts["log"]).candidate.file.teacher_note)


@pytest.mark.hostile_row(45)
def test_an_empty_folder_with_the_name_of_a_model(tmp_path: Path) -> None:
    """There is no file in it, so there is none."""
    (tmp_path / "model.keras").mkdir()

    assert is_the_students(of(tmp_path).parts["model"])


@pytest.mark.hostile_row(47)
def test_a_file_that_grows_is_taken_as_it_was(tmp_path: Path) -> None:
    """One open, one read: no more than it had when it was opened, however fast somebody writes."""
    path = make_file(tmp_path, "training_log.csv", SECRET)
    stop = threading.Event()

    def grow() -> None:
        with path.open("ab", buffering=0) as stream:
            while not stop.is_set():
                stream.write(b"2,0.4\n")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        taken = [read_from(tmp_path)("training_log.csv", 1 << 40)[0] for _ in range(20)]
    finally:
        stop.set()
        writer.join()

    assert all(content.startswith(SECRET) for content in taken)
    assert sorted(map(len, taken)) == list(map(len, taken))


@pytest.mark.hostile_row(50)
def test_floods_of_folders(tmp_path: Path) -> None:
    """Each of five thousand students is found."""
    for number in range(5000):
        (tmp_path / f"{number:04}").mkdir()

    assert [f"{number:04}" for number in range(5000)] == [found.id for found in find_submissions(tmp_path)]


@pytest.mark.hostile_row(77)
@pytest.mark.parametrize(
    ("one", "other"),
    [("Alice", "alice"), (unicodedata.normalize("NFC", "José"), unicodedata.normalize("NFD", "José"))],
)
def test_two_ids_that_are_nearly_one(tmp_path: Path, one: str, other: str) -> None:
    """Both are graded, the teacher hears of it once, and neither student reads the other's id."""
    for name in (one, other, "ben"):
        make_file(tmp_path / name, "model.keras")

    found = read_class(tmp_path)

    assert {one, other, "ben"} == {submission.id for submission in found.submissions}
    assert not any(arrived(submission).notes for submission in found.submissions)
    (sentence,) = found.sentences
    assert f"`{other}`" in sentence
    assert f"`{one}`" in sentence

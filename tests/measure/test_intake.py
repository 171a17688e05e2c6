"""Taking the bytes of a submission's files from a folder; what is refused is in `test_sentences`."""

import hashlib
import os
from pathlib import Path

import pytest
from builders_folders import HOSTILE_NAMES, make_file, unless_root
from builders_golden import refusal_of

from grader.evidence import File
from grader.measure.intake import Intake, Taken, take
from grader.measure.sources import Source, read_from
from grader.rubric import Plan
from grader.submissions.submission import list_files


def take_folder(folder: Path) -> Intake:
    """Take from a folder with the homework's own patterns."""
    return take(Source(list_files(folder), read_from(folder)), Plan())


def model_in(intake: Intake) -> Taken:
    """The file of the model."""
    model = intake.parts["model"]
    assert isinstance(model, Taken)
    return model


def test_each_file_is_taken_once(tmp_path: Path) -> None:
    """What was read comes with its name, size and hash, even if there is nothing in it."""
    make_file(tmp_path, "model.keras", b"")
    make_file(tmp_path, "logs/training_log.csv", b"log")
    make_file(tmp_path, "submission.yaml", b"name: Ana")

    intake = take_folder(tmp_path)

    digest = hashlib.sha256(b"log").hexdigest()
    log = Taken(File(role="log", name="logs/training_log.csv", bytes=3, sha256=digest), b"log")
    assert log == intake.parts["log"]
    assert b"" == model_in(intake).content
    assert intake.declaration is not None
    assert b"name: Ana" == intake.declaration.content
    assert () == intake.notes


def test_a_choice_is_noted_with_the_file(tmp_path: Path) -> None:
    """Of several candidates the one taken says why, the declaration too."""
    for name in ("model.keras", "old/model.keras", "a/submission.yaml", "submission.yml", "submission.yaml"):
        make_file(tmp_path, name)

    intake = take_folder(tmp_path)

    assert intake.declaration is not None
    model, declaration = (str(taken.file.note) for taken in (model_in(intake), intake.declaration))
    assert model.endswith("it is in the outermost folder; ignored `old/model.keras`.")
    assert declaration.endswith("in the outermost folder; ignored `a/submission.yaml`, `submission.yml`.")


@pytest.mark.hostile_row(48, 49)
@pytest.mark.parametrize("name", [f"{name[:200]}.keras" for name in HOSTILE_NAMES])
def test_any_name_can_be_taken(tmp_path: Path, name: str) -> None:
    """A hostile name opens its file, and only its safe form goes into the evidence, which is JSON."""
    make_file(tmp_path, name, b"model")
    make_file(tmp_path, f"old/{name}")

    model = model_in(take_folder(tmp_path))

    assert b"model" == model.content
    assert model.file == File.model_validate_json(model.file.model_dump_json())
    assert model.file.name.isprintable()


def test_a_very_long_name_is_shortened(tmp_path: Path) -> None:
    """The evidence holds at most 300 characters of it."""
    make_file(tmp_path, "/".join([*("d" * 200 for _ in range(3)), "x.keras"]), b"model")

    model = model_in(take_folder(tmp_path))

    assert (b"model", 300) == (model.content, len(model.file.name))


@pytest.mark.hostile_row(43)
def test_a_linked_folder_is_not_entered(tmp_path: Path) -> None:
    """Not even where the name was listed before the folder became a link."""
    make_file(tmp_path, "secret/log.csv", b"secret")
    (tmp_path / "logs").symlink_to("secret")

    message, _ = refusal_of(lambda: read_from(tmp_path)("logs/log.csv", 100))

    # The reason is the system's.
    assert message.startswith(("`log.csv` cannot be read: ", "`log.csv` is a link;"))


@pytest.mark.hostile_row(44)
def test_a_hard_link_is_a_file(tmp_path: Path) -> None:
    """It has bytes like any other, up to the largest size, and is counted."""
    os.link(make_file(tmp_path, "bob/model.keras", b"model"), tmp_path / "model.keras")

    assert (b"model", 2) == read_from(tmp_path)("model.keras", 5)


@pytest.mark.hostile_row(47)
@unless_root
def test_a_file_that_nobody_may_read(tmp_path: Path) -> None:
    """The system's reason is in the sentence."""
    make_file(tmp_path, "log.csv").chmod(0)

    message, _ = refusal_of(lambda: read_from(tmp_path)("log.csv", 100))

    assert "`log.csv` cannot be read: Permission denied." == message

"""Finding the submissions of a folder, and the files of one."""

import os
from pathlib import Path

import pytest
from builders_folders import HOSTILE_NAMES, make_file, unless_root

from grader.errors import SubmissionError, UsageError
from grader.submissions.class_folder import find_submissions
from grader.submissions.submission import (
    DEEPEST_FOLDER,
    MOST_FILES,
    Submission,
    hidden,
    list_files,
    open_submission,
    own_files,
)

ONE_EACH = "Name the folder that holds one folder, or one `.zip`, for each student."
BOTH = "Name the folder that holds the model and the log."
READABLE = "Name a folder that you may read."
LEFT_BEHIND = (".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX/._w.zip")


@pytest.mark.parametrize(
    ("files", "opened", "path", "zipped"),
    [
        (["ana/x"], "ana", "ana", False),
        (["ana/x"], "ana/./../ana", "ana", False),
        (["ana.zip"], "ana.zip", "ana.zip", True),
        (["ana.ZIP"], "ana.ZIP", "ana.ZIP", True),
        # What a system leaves beside a zip does not count; a zip beside another file is one of the files.
        (["ana/work.zip", *(f"ana/{name}" for name in LEFT_BEHIND)], "ana", "ana/work.zip", True),
        (["ana/work.zip", "ana/model.keras"], "ana", "ana", False),
    ],
)
def test_a_folder_or_a_zip_is_a_submission(
    tmp_path: Path, files: list[str], opened: str, path: str, zipped: bool
) -> None:
    """Its id is the name of the folder, or that of the zip without `.zip`, in a class as well."""
    for name in files:
        make_file(tmp_path, name)
    found = open_submission(tmp_path / opened)

    assert ("ana", (tmp_path / path).resolve(), zipped) == (found.id, found.path.resolve(), found.zipped)
    assert ["ana"] == [submission.id for submission in find_submissions(tmp_path)]


def refusal(read, path: Path) -> tuple[str, str]:
    """What is said of a path that cannot be read, without the folder, and the hint."""
    with pytest.raises((UsageError, SubmissionError)) as caught:
        read(path)
    return str(caught.value.message).replace(f"{path.parent}/", ""), str(caught.value.hint)


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        *((name, f"There is nothing at `{name}`.", BOTH) for name in ("missing", "dangling")),
        ("a\x1b", r"`a\x1b` cannot be read: Too many levels of symbolic links.", READABLE),
        (
            "model.keras",
            "A submission must be a folder or an archive such as a `.zip`. Received: `model.keras`.",
            "Name the folder that the file is in.",
        ),
    ],
)
def test_what_is_no_submission(tmp_path: Path, name: str, message: str, hint: str) -> None:
    """The sentence names what was found; what is odd in the name is shown, not printed."""
    make_file(tmp_path, "model.keras")
    (tmp_path / "dangling").symlink_to("gone")
    (tmp_path / "a\x1b").symlink_to("a\x1b")

    assert (message, hint) == refusal(open_submission, tmp_path / name)
    assert refusal(open_submission, tmp_path / "model.keras" / "inside")[0].startswith("There is nothing at ")


def test_each_folder_and_each_zip_is_found(tmp_path: Path) -> None:
    """In order of id; other files, hidden entries and links to other files are left out."""
    for name in ("zoe/model.keras", "ana/model.keras", ".git/x", "__MACOSX/x", "mia.zip", ".b.zip", "a.txt"):
        make_file(tmp_path, name)
    (tmp_path / "link.txt").symlink_to("a.txt")
    (tmp_path / ".link").symlink_to("ana")

    names = (("ana", "ana"), ("mia", "mia.zip"), ("zoe", "zoe"))
    assert tuple(Submission(own, tmp_path / name) for own, name in names) == find_submissions(tmp_path)


def test_ids_are_unique(tmp_path: Path) -> None:
    """A zip keeps `.zip` in its id where something else has the name without it, in any letter case."""
    for name in ("ana/model.keras", "Ana.zip", "Bob.ZIP", "bob.zip", "bob.zip.zip", "cleo.zip"):
        make_file(tmp_path, name)
    ids = [submission.id for submission in find_submissions(tmp_path)]

    assert ["Ana.zip", "Bob", "ana", "bob.zip", "bob.zip.zip", "cleo"] == ids


@pytest.mark.hostile_row(48, 49)
@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_any_name_of_a_folder_is_an_id(tmp_path: Path, name: str) -> None:
    """It stays as it is; whoever shows it makes it safe."""
    make_file(tmp_path / name, "model.keras")

    assert (Submission(name, tmp_path / name),) == find_submissions(tmp_path)
    assert ("model.keras",) == list_files(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("class", "There is no folder `class`.", ONE_EACH),
        ("ana.zip", "`ana.zip` is a file, not a folder.", f"If it is an archive, unpack it. {ONE_EACH}"),
        ("ring", "The folder `ring` cannot be read: Too many levels of symbolic links.", READABLE),
        (
            "single",
            "`single` looks like one submission, not like a class: a model lies in it directly.",
            f"For a single submission, use `grader check`. {ONE_EACH}",
        ),
        (
            "notes",
            "No submission was found in `notes`: it has no subfolder and no `.zip` file.",
            f"{ONE_EACH} For a single submission, use `grader check`.",
        ),
    ],
)
def test_where_no_submissions_are(tmp_path: Path, name: str, message: str, hint: str) -> None:
    """The likely mistake is to name the folder of a single submission."""
    make_file(tmp_path, "ana.zip")
    make_file(tmp_path, "single/model.keras")
    make_file(tmp_path, "notes/notes.txt")
    (tmp_path / "ring").symlink_to("ring")

    assert (message, hint) == refusal(find_submissions, tmp_path / name)


@pytest.mark.hostile_row(47)
@unless_root
def test_an_unreadable_folder_is_a_submission_with_a_problem(tmp_path: Path) -> None:
    """It is found, so that nobody is lost; its files cannot be listed."""
    folder = tmp_path / "ana"
    folder.mkdir(mode=0)

    assert (Submission("ana", folder),) == find_submissions(tmp_path)
    assert (
        "The submission's folder cannot be read: Permission denied.",
        "Hand in a folder that others may read.",
    ) == refusal(list_files, folder)


def test_a_folder_that_is_gone_cannot_be_listed(tmp_path: Path) -> None:
    """A folder that went away meanwhile is the submission's problem only."""
    assert refusal(list_files, tmp_path / "gone")[0].endswith("cannot be read: No such file or directory.")


def test_files_are_listed_from_the_outside_in(tmp_path: Path) -> None:
    """The outer come first, in order of name; what a person would not see is left out."""
    for name in ("b.csv", "a/x.csv", "a/__pycache__/y.pyc", ".git/config", "._b.csv", "__MACOSX/._b.csv"):
        make_file(tmp_path, name)

    assert ("b.csv", "a/x.csv") == list_files(tmp_path)


@pytest.mark.hostile_row(43)
def test_links_are_listed_and_not_followed(tmp_path: Path) -> None:
    """A link to a folder leads nowhere, a ring ends at once, a link to a file is a name like any other."""
    make_file(tmp_path, "outside/secret.csv")
    folder = tmp_path / "ana"
    folder.mkdir()
    (folder / "folder").symlink_to(tmp_path / "outside")
    (folder / "up").symlink_to(folder)
    (folder / "ring").symlink_to("ring")
    (folder / "dangling.csv").symlink_to("gone")
    (folder / "file.csv").symlink_to(tmp_path / "outside" / "secret.csv")

    assert ("dangling.csv", "file.csv", "ring") == list_files(folder)


@pytest.mark.hostile_row(50)
def test_very_deep_files_are_left_out(tmp_path: Path) -> None:
    """A file in eight folders is listed, in nine it is not."""
    inside = "/".join("d" * DEEPEST_FOLDER)
    make_file(tmp_path, f"{inside}/x.csv")
    make_file(tmp_path, f"{inside}/d/y.csv")

    assert (f"{inside}/x.csv",) == list_files(tmp_path)


@pytest.mark.hostile_row(50)
def test_a_flood_of_files_is_cut(tmp_path: Path) -> None:
    """The outermost files are among those that are listed."""
    make_file(tmp_path, "model.keras")
    flood = tmp_path / "a"
    flood.mkdir()
    for number in range(MOST_FILES):
        os.link(tmp_path / "model.keras", flood / str(number))

    names = list_files(tmp_path)

    assert MOST_FILES == len(names)
    assert "model.keras" == names[0]


@pytest.mark.hostile_row(50)
def test_a_flood_of_folders_is_cut(tmp_path: Path) -> None:
    """Empty folders cost time too, so they are counted."""
    for number in range(MOST_FILES):
        (tmp_path / f"{number:05}").mkdir()
    make_file(tmp_path / f"{MOST_FILES - 2:05}", "seen.csv")
    make_file(tmp_path / f"{MOST_FILES - 1:05}", "late.csv")

    assert (f"{MOST_FILES - 2:05}/seen.csv",) == list_files(tmp_path)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("model.keras", "a/model.keras", "-rf", "__MACOSX.csv"), False),
        ((".DS_Store", ".git/model.keras", "__MACOSX/._model.keras"), True),
        (("a/__pycache__/x.pyc", "a/Thumbs.db", "DESKTOP.INI"), True),
    ],
)
def test_what_a_person_would_not_see(names: tuple[str, ...], expected: bool) -> None:
    """Dot files and what systems leave behind, anywhere in a name."""
    assert {expected} == {hidden(name) for name in names}


def test_own_files(tmp_path: Path) -> None:
    """Only those that a platform names, else all of the folder, as they are called."""
    make_file(tmp_path / "ana", "src/model.keras")
    stored = (("model.keras", "garcia_12_34_model.keras"),)

    assert {"src/model.keras": "src/model.keras"} == own_files(open_submission(tmp_path / "ana"))
    assert dict(stored) == own_files(Submission("12", tmp_path, files=stored))

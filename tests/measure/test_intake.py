"""Taking the bytes of a submission's files from a folder."""

import hashlib
import os
import socket
from pathlib import Path

import pytest
from builders_folders import HOSTILE_NAMES, make_file, unless_root

from grader.errors import SubmissionError
from grader.evidence import File
from grader.evidence.problem import Problem
from grader.measure.intake import LARGEST_DECLARATION, Intake, Taken, take
from grader.measure.sources import Source, read_from
from grader.rubric import Files
from grader.submissions.submission import MOST_FILES, list_files

FILES = Files()
MODEL_HINT = 'Save the model with `model.save("model.keras")` and put the file into the submission\'s folder.'
LOG_HINT = (
    'Write the log while training, with `grader.student.NormLogger("training_log.csv")`, '
    "and put it into the submission's folder."
)
FILE_ITSELF = "Submit the file itself."


def take_folder(folder: Path) -> Intake:
    """Take from a folder with the homework's own patterns."""
    return take(Source(list_files(folder), read_from(folder)), FILES)


def refusal(folder: Path, name: str, largest: int = 100) -> tuple[str, str]:
    """The sentence and the hint with which a name is refused."""
    with pytest.raises(SubmissionError) as caught:
        read_from(folder)(name, largest)
    return str(caught.value.message), str(caught.value.hint)


def test_each_file_is_taken_once(tmp_path: Path) -> None:
    """What was read comes with its name, size and hash."""
    make_file(tmp_path, "model.keras", b"model")
    make_file(tmp_path, "logs/training_log.csv", b"log")
    make_file(tmp_path, "submission.yaml", b"name: Ana")

    intake = take_folder(tmp_path)

    digest = hashlib.sha256(b"log").hexdigest()
    assert (
        Taken(File(role="log", name="logs/training_log.csv", bytes=3, sha256=digest), b"log")
        == intake.parts["log"]
    )
    assert isinstance(intake.parts["model"], Taken)
    assert b"model" == intake.parts["model"].content
    assert intake.declaration is not None
    assert b"name: Ana" == intake.declaration.content
    assert () == intake.notes


def test_a_choice_is_noted_with_the_file(tmp_path: Path) -> None:
    """Two candidates: the one taken says why, the declaration too."""
    for name in ("model.keras", "old/model.keras", "a/submission.yaml", "submission.yml", "submission.yaml"):
        make_file(tmp_path, name)

    intake = take_folder(tmp_path)

    assert isinstance(intake.parts["model"], Taken)
    assert (
        "Used `model.keras` as the model, because it is in the outermost folder; "
        "ignored `old/model.keras`." == str(intake.parts["model"].file.note)
    )
    assert intake.declaration is not None
    assert (
        "Used `submission.yaml` as the declaration, because it is in the outermost folder; "
        "ignored `a/submission.yaml`, `submission.yml`." == str(intake.declaration.file.note)
    )


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The sentence names what was asked and what there is, the hint says how to make it."""
    make_file(tmp_path, "notes.txt")
    make_file(tmp_path, "model.png")

    intake = take_folder(tmp_path)

    assert (
        Problem(
            who="student",
            message="No file for the model was found; its name must match one of `model.keras`, `model.h5`, "
            "`*.keras`, `*.h5`, `*.hdf5`. The files are: `model.png`, `notes.txt`.",
            hint=MODEL_HINT,
        )
        == intake.parts["model"]
    )
    assert (
        Problem(
            who="student",
            message="No file for the log was found; its name must match one of `training_log.csv`, "
            "`training_log.json`, `training_log.jsonl`, `*.csv`, `*.jsonl`, `*.json`. "
            "The files are: `model.png`, `notes.txt`.",
            hint=LOG_HINT,
        )
        == intake.parts["log"]
    )


def test_an_empty_folder(tmp_path: Path) -> None:
    """With a single pattern the sentence is shorter, and that there is nothing is said."""
    intake = take(Source(list_files(tmp_path), read_from(tmp_path)), Files(model=("model.keras",)))

    assert isinstance(intake.parts["model"], Problem)
    assert (
        "No file for the model was found; its name must match `model.keras`. The submission has no files."
        == str(intake.parts["model"].message)
    )


def test_many_names_and_patterns_stay_one_sentence() -> None:
    """The longest lists that a rubric and a student can make are cut to fit the evidence."""
    names = ["\x1b" * 200 + f"{number}.txt" for number in range(MOST_FILES)]
    patterns = [f"{number}" * 100 for number in range(50)]

    problem = take(Source(names, read_from(Path())), Files(model=tuple(patterns))).parts["model"]

    assert isinstance(problem, Problem)
    assert str(problem.message).startswith("No file for the model was found; its name must match one of `000")
    assert "...` and 44 more. The files are: `" in str(problem.message)
    assert str(problem.message).endswith("...` and 1,994 more.")


@pytest.mark.hostile_row(50)
def test_a_flood_of_files_is_noted() -> None:
    """Whoever handed in a whole environment is told that not every file was seen."""
    names = [f"{number}.txt" for number in range(MOST_FILES)]

    notes = take(Source(names, read_from(Path())), FILES).notes

    assert ("The submission has 2,000 files or more; only the first 2,000 were looked at.",) == tuple(
        map(str, notes)
    )


@pytest.mark.hostile_row(48, 49)
@pytest.mark.parametrize("name", [f"{name[:200]}.keras" for name in HOSTILE_NAMES])
def test_any_name_can_be_taken(tmp_path: Path, name: str) -> None:
    """A hostile name opens its file, and only its safe form goes into the evidence, which is JSON."""
    make_file(tmp_path, name, b"model")
    make_file(tmp_path, f"old/{name}")

    intake = take_folder(tmp_path)

    assert isinstance(intake.parts["model"], Taken)
    assert b"model" == intake.parts["model"].content
    assert intake.parts["model"].file == File.model_validate_json(
        intake.parts["model"].file.model_dump_json()
    )
    assert intake.parts["model"].file.name.isprintable()


def test_a_very_long_name_is_shortened(tmp_path: Path) -> None:
    """The evidence holds at most 300 characters of it."""
    name = "/".join([*("d" * 200 for _ in range(3)), "x.keras"])
    make_file(tmp_path, name, b"model")

    intake = take_folder(tmp_path)

    assert isinstance(intake.parts["model"], Taken)
    assert b"model" == intake.parts["model"].content
    assert 300 == len(intake.parts["model"].file.name)


@pytest.mark.hostile_row(42)
def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    """A named pipe that nobody writes to would hold an ordinary reader for ever."""
    os.mkfifo(tmp_path / "model.keras")

    assert ("`model.keras` is not a regular file.", FILE_ITSELF) == refusal(tmp_path, "model.keras")
    assert (
        Problem(who="student", message="`model.keras` is not a regular file.", hint=FILE_ITSELF)
        == take_folder(tmp_path).parts["model"]
    )


@pytest.mark.hostile_row(45)
def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot be opened like a file."""
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("log.csv")

    assert ("`log.csv` is not a regular file.", FILE_ITSELF) == refusal(tmp_path, "log.csv")


@pytest.mark.hostile_row(45)
def test_a_device_is_refused() -> None:
    """An endless file is not read."""
    assert ("`zero` is not a regular file.", FILE_ITSELF) == refusal(Path("/dev"), "zero")


@pytest.mark.hostile_row(45)
def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """A file that became a folder meanwhile is refused; as a folder it was never a candidate."""
    make_file(tmp_path, "model.keras/inside.txt")

    assert ("`model.keras` is not a regular file.", FILE_ITSELF) == refusal(tmp_path, "model.keras")
    assert isinstance(take_folder(tmp_path).parts["model"], Problem)


@pytest.mark.hostile_row(43)
@pytest.mark.parametrize("target", ["../secret.csv", "gone.csv", "log.csv", "/etc/hostname"])
def test_a_link_is_refused(tmp_path: Path, target: str) -> None:
    """To a file, to nothing, to itself: a link is a link, and what it leads to is never shown."""
    make_file(tmp_path, "secret.csv", b"secret")
    folder = tmp_path / "ana"
    folder.mkdir()
    (folder / "log.csv").symlink_to(target)

    expected = ("`log.csv` is a link; links are not followed.", "Submit the file itself, not a link to it.")
    assert expected == refusal(folder, "log.csv")
    log = take_folder(folder).parts["log"]
    assert isinstance(log, Problem)
    assert expected == (str(log.message), str(log.hint))


@pytest.mark.hostile_row(43)
def test_a_linked_folder_is_not_entered(tmp_path: Path) -> None:
    """Not even where the name was listed before the folder became a link."""
    make_file(tmp_path, "secret/log.csv", b"secret")
    (tmp_path / "logs").symlink_to("secret")

    message, hint = refusal(tmp_path, "logs/log.csv")

    assert message in {
        "`log.csv` cannot be read: Not a directory.",
        "`log.csv` is a link; links are not followed.",
    }
    assert hint


@pytest.mark.hostile_row(44)
def test_a_hard_link_is_a_file(tmp_path: Path) -> None:
    """It has bytes like any other."""
    os.link(make_file(tmp_path, "bob/model.keras", b"model"), tmp_path / "model.keras")

    assert b"model" == read_from(tmp_path)("model.keras", 100)


@pytest.mark.hostile_row(46)
def test_a_file_over_its_size_is_not_read(tmp_path: Path) -> None:
    """A file of a tebibyte that takes no room on the disk is refused by its size alone."""
    with (tmp_path / "log.csv").open("wb") as stream:
        stream.truncate(1 << 40)

    log = take_folder(tmp_path).parts["log"]

    assert (
        Problem(
            who="student",
            message="`log.csv` has 1,099,511,627,776 bytes; at most 20,971,520 are read.",
            hint="Submit the file that the homework asks for, without anything else in it.",
        )
        == log
    )


def test_a_file_of_the_largest_size_is_read(tmp_path: Path) -> None:
    """One byte more is too much, and the sentence shows that."""
    make_file(tmp_path, "log.csv", b"x" * 101)

    assert b"x" * 101 == read_from(tmp_path)("log.csv", 101)
    assert "`log.csv` has 101 bytes; at most 100 are read." == refusal(tmp_path, "log.csv")[0]


def test_an_empty_file_is_taken(tmp_path: Path) -> None:
    """Whoever reads it says what is wrong with it."""
    make_file(tmp_path, "log.csv", b"")

    assert b"" == read_from(tmp_path)("log.csv", 100)


@pytest.mark.hostile_row(47)
def test_a_file_that_is_gone(tmp_path: Path) -> None:
    """A file removed after it was listed is that submission's problem only."""
    make_file(tmp_path, "model.keras")
    names = list_files(tmp_path)
    (tmp_path / "model.keras").unlink()

    assert (
        Problem(
            who="student",
            message="`model.keras` cannot be read: No such file or directory.",
            hint="Submit a file that others may read.",
        )
        == take(Source(names, read_from(tmp_path)), FILES).parts["model"]
    )


@pytest.mark.hostile_row(47)
@unless_root
def test_a_file_that_nobody_may_read(tmp_path: Path) -> None:
    """The system's reason is in the sentence."""
    make_file(tmp_path, "log.csv").chmod(0)

    assert (
        "`log.csv` cannot be read: Permission denied.",
        "Submit a file that others may read.",
    ) == refusal(tmp_path, "log.csv")


def test_a_folder_in_the_name_is_not_shown(tmp_path: Path) -> None:
    """A refusal names the file, not where it is, and nothing in the name acts."""
    assert "`a'\\x1b.csv` cannot be read: No such file or directory." == refusal(tmp_path, "a`\x1b.csv")[0]
    assert "`x.csv` cannot be read: No such file or directory." == refusal(tmp_path, "private/x.csv")[0]


def test_a_declaration_that_cannot_be_taken_is_left_aside(tmp_path: Path) -> None:
    """It is worth a note, never the grade."""
    make_file(tmp_path, "model.keras", b"model")
    make_file(tmp_path, "submission.yaml", b"x" * (LARGEST_DECLARATION + 1))

    intake = take_folder(tmp_path)

    assert intake.declaration is None
    assert isinstance(intake.parts["model"], Taken)
    expected = "`submission.yaml` has 65,537 bytes; at most 65,536 are read. It was ignored."
    assert (expected,) == tuple(map(str, intake.notes))


def test_a_declaration_that_is_a_link_is_left_aside(tmp_path: Path) -> None:
    """The link is not followed."""
    (tmp_path / "submission.yaml").symlink_to("/etc/hostname")

    notes = take_folder(tmp_path).notes

    assert ("`submission.yaml` is a link; links are not followed. It was ignored.",) == tuple(map(str, notes))

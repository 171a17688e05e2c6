"""What in the folder of a class is somebody's submission, and what is nobody's."""

from pathlib import Path

import pytest
from builders_folders import a_folder

from grader.errors import UsageError
from grader.submissions import class_folder
from grader.submissions.class_folder import (
    find_submissions,
    is_class,
    list_folder,
    names_of,
    only_folder,
    refuse_several_classes,
    submissions_in,
)
from grader.submissions.submission import open_submission


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("ana/x.csv bo.zip cy.tar dan.tar.gz eve.TGZ", "ana bo cy dan eve"),
        ("a.rar b.7z c.tar.bz2 d.lnk e.url f.webloc g.desktop h.gdoc i.ipynb j", "a b c.tar d e f g h i j"),
        (".ana.zip.icloud .DS_Store ~$bo.docx ._cy.zip .~lock.dan.zip#", "ana"),
        ("notes.txt roster.csv rubric.yaml README solution.pdf ana.zip", "ana"),
        ("ana.zip ana.tar.gz Ana.rar", "Ana ana.tar.gz ana.zip"),
        ("ana/ bo.keras cy.h5 cy.csv", "ana bo cy"),
    ],
)
def test_each_entry_that_could_be_a_submission_is_one(tmp_path: Path, names: str, expected: str) -> None:
    """Folders, archives, and unreadable files; not what a teacher keeps or a system leaves there."""
    a_folder(tmp_path, *names.split())

    assert expected.split() == [submission.id for submission in find_submissions(tmp_path)]


def test_loose_models_are_a_submission_each(tmp_path: Path) -> None:
    """With the documents that begin with the same name; the longest such name counts."""
    names = ("ana.keras", "ana.weights.h5", "ana_b.h5", "ana.csv", "ana_log.csv", "ana_b-log.csv", "anab.csv")
    a_folder(tmp_path, *names, "bo/")

    found = {one.id: names_of(one, tmp_path) for one in submissions_in(list_folder(tmp_path))}

    assert {
        "ana": {"ana.keras", "ana.weights.h5", "ana.csv", "ana_log.csv"},
        "ana_b": {"ana_b.h5", "ana_b-log.csv"},
        "bo": {"bo"},
    } == found


@pytest.mark.parametrize(
    "names",
    [
        ("model.keras", "training_log.csv"),
        ("model.keras", "training_log.csv", "figures/loss.png", "README.md"),
        ("model.keras",),
        ("model.h5", "model.keras", "log.json"),
    ],
)
def test_a_single_submission_is_no_class(tmp_path: Path, names: tuple[str, ...]) -> None:
    """Whoever names the folder of one student is told of `grader check`."""
    a_folder(tmp_path, *names)

    with pytest.raises(UsageError) as caught:
        find_submissions(tmp_path)

    assert "`grader check`" in str(caught.value.hint)


WHOLE = ("model.keras", "log.csv")
AMBIGUOUS = "ambiguous"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        # A class one folder too high, also where one forgot the log, with a teacher's list beside it.
        (
            (*(f"{who}/{name}" for who in ("ana", "bo") for name in WHOLE), "cy/model.keras", "roster.csv"),
            True,
        ),
        (("ana.zip", "bo.tar.gz"), True),
        (("ana.rar", "bo/model.keras", "bo/log.csv"), True),
        # One student's folder.
        (WHOLE, False),
        ((*WHOLE, "figures/loss.png"), False),
        (("model/model.keras", "logs/log.csv"), False),
        (("export/saved_model.pb", "export/variables/x", "logs/train/events"), False),
        ((), False),
        # Either.
        (("ana/model.keras", "ana/log.csv", "bo/model.keras"), AMBIGUOUS),
        ((*WHOLE, "old/model.keras", "old/log.csv", "older/model.keras", "older/log.csv"), AMBIGUOUS),
        (("final/model.keras", "checkpoints/epoch1.h5"), AMBIGUOUS),
    ],
)
def test_the_only_folder_is_the_class_or_a_student(
    tmp_path: Path, names: tuple[str, ...], expected: bool | str
) -> None:
    """Two that each have a model and a log, or archives, are a class; where it may be either, it is asked."""
    a_folder(tmp_path / "class" / "HW11", *names)
    inner = only_folder(list_folder(tmp_path / "class"))
    assert inner is not None

    if expected is not AMBIGUOUS:
        assert expected is is_class(inner)
        return
    with pytest.raises(UsageError) as caught:
        is_class(inner)
    assert "HW11" in str(caught.value.hint)
    assert "`--layout folders`" in str(caught.value.hint)


def test_a_folder_of_classes(tmp_path: Path) -> None:
    """None of them is taken for one student, who may have trained twice; the folder to name is said."""
    twice = [f"ana/{run}/{name}" for run in ("clipped", "unclipped") for name in WHOLE]
    refuse_several_classes(list_folder(a_folder(tmp_path / "class", *twice, "bo/model.keras", "solutions/")))
    a_folder(tmp_path / "course" / "HW11", *(f"{who}/{name}" for who in "abc" for name in WHOLE))
    a_folder(tmp_path / "course", "solutions/", "grades.csv")

    with pytest.raises(UsageError) as caught:
        refuse_several_classes(list_folder(tmp_path / "course"))

    assert "HW11` holds several submissions, such as `a`, `b` and `c`." in str(caught.value.message)
    assert "`--layout folders`" in str(caught.value.hint)


@pytest.mark.parametrize(
    "names",
    [("ana/model.keras", "ana/log.csv"), ("ana/hw.zip", "ana/.DS_Store"), ("ana/hw.rar",), ("ana.tar.gz",)],
)
def test_one_submission_is_opened_as_in_a_class(tmp_path: Path, names: tuple[str, ...]) -> None:
    """`grader check`, a hook and `grader grade` take the same files of the same folder."""
    a_folder(tmp_path, *names)
    (alone,) = find_submissions(tmp_path)

    assert alone == open_submission(tmp_path / names[0].split("/")[0])


@pytest.mark.hostile_row(50)
def test_a_flood_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any number of documents is nobody's; too many submissions are refused, and how many is said."""
    monkeypatch.setattr(class_folder, "MOST_SUBMISSIONS", 500)
    a_folder(tmp_path, "ana/", *(f"{number}.txt" for number in range(1_000)))
    assert 1 == len(find_submissions(tmp_path))

    a_folder(tmp_path, *(f"{number}.rar" for number in range(500)))
    with pytest.raises(UsageError, match="holds 501 submissions; at most 500 are read"):
        find_submissions(tmp_path)

"""What whoever types a command is told about a platform's files: word for word in `sentences.txt`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from builders_folders import a_folder, metadata
from builders_golden import said
from builders_platforms import BRIGHTSPACE, CANVAS, MOODLE, WORKSHEET, a_gradebook, a_graded
from builders_reports import REVIEW
from builders_rubric import RUBRIC, a_file

from grader.errors import UsageError
from grader.platforms.brightspace.gradebook import brightspace
from grader.platforms.canvas.gradebook import canvas
from grader.platforms.downloads import read_class
from grader.platforms.gradebooks import Export, GradedClass
from grader.platforms.hooks import open_inside
from grader.platforms.moodle.gradebook import moodle, moodle_feedback, moodle_worksheet
from grader.platforms.openedx.xqueue import XQueue
from grader.platforms.packing import bundle

CANVAS_FILES = ("garciaana_12_34_model.keras", "itoren_LATE_7_36_work.zip", "okafor_9_37_model.keras")
MOODLE_FILES = ("Ana_12_assignsubmission_file_/model.keras", "Bo_7_assignsubmission_file_/model.keras")
GITHUB_FILES = ("hw-ana/.git/HEAD", "hw-bo/.git/HEAD")
EXPORT = ("submission_1/", "submission_2/", "submission_metadata.yml")
COLUMN = "Assignment: Homework 11 (Real)"
CLASS = (
    a_graded("Ana García"),
    a_graded("ren", 5.0),
    a_graded("chi"),
    a_graded("zhou"),
    REVIEW.model_copy(update={"id": "ana.smith"}),
    a_graded("lee", declared={"id": "101"}),
)


def reading(*names: str, layout: str = "auto") -> Callable[[Path], str]:
    """What is said of a folder with these names, links with an `@`, and the ids that are found."""

    def read(folder: Path) -> str:
        a_folder(folder, *(name for name in names if not name.endswith("@")))
        for name in names:
            if name.endswith("@"):
                (folder / name).symlink_to("gone")
        if "submission_metadata.yml" in names:
            text = metadata(submission_1=[("Ana", "1", ""), ("Bo", "2", "")], submission_3=[("Cho", "3", "")])
            (folder / "submission_metadata.yml").write_text(text, encoding="utf-8")
        found = read_class(folder, layout)
        return "\n".join((*found.sentences, *(f"- {submission.id}" for submission in found.submissions)))

    return read


def exporting(export: Callable[..., Export], text: str, **options: object) -> Callable[[Path], str]:
    """What is said of a class whose grades go into a file with this text."""

    def fill(folder: Path) -> str:
        return "\n".join(export(GradedClass(CLASS), source=a_gradebook(folder, text), **options).lines)

    return fill


def packing(data: str) -> Callable[[Path], str]:
    def pack(folder: Path) -> str:
        (folder.parent / "own.npz").touch()
        return str(bundle(str(a_file(folder, f"data: {data.format(above=folder.parent)}\n{RUBRIC}"))))

    return pack


SAID: dict[str, Callable[[Path], object]] = {
    "canvas": reading(*CANVAS_FILES, "notes.txt"),
    "moodle": reading(*MOODLE_FILES),
    "github": reading(*GITHUB_FILES),
    "gradescope": reading(*EXPORT),
    "another folder": reading(*CANVAS_FILES, "ana/"),
    "another archive": reading(*CANVAS_FILES, "ana.zip"),
    "another link": reading(*MOODLE_FILES, "link@"),
    "another folder that is no repository": reading(*GITHUB_FILES, "hw-carla/model.keras"),
    "many other files": reading(*CANVAS_FILES, "a.txt", "b.txt", "c.txt", "d.txt"),
    "all of one student": reading("hw_1_1001_ana.zip", "hw_1_1002_bo.zip"),
    "all with one name": reading("lab_3_1001_ana.zip", "lab_4_1002_bo.zip"),
    "one number, two names": reading("a_1_7_x.zip", "b_1_8_x.zip"),
    "one number, two files": reading("a_1_7_x.zip", "b_2_7_x.zip"),
    "one participant, two names": reading("Ana_12_assignsubmission_file_/", "Bo_12_assignsubmission_file_/"),
    "a file that fits two": reading(*CANVAS_FILES, "okafor_9_1_7_40_log.csv"),
    "files that fit two": reading(
        *("Ana_12_assignsubmission_file_a.csv", "Bo_7_assignsubmission_file_a.csv"),
        *(f"Bo_7_assignsubmission_file_x_12_assignsubmission_file_{name}" for name in "abcd"),
    ),
    "only files that fit two": reading("okafor_9_1_7_40_log.csv", layout="canvas"),
    "one participant, asked for": reading(
        *(f"{name}_assignsubmission_file_a.csv" for name in ("Ana_12", "Bo_12", "Cho_7")), layout="moodle"
    ),
    "an assignment of two words": reading("hw-1-ana/.git/HEAD", "hw-1-bo/.git/HEAD"),
    "two platforms": reading(*CANVAS_FILES, *MOODLE_FILES),
    "either platform": reading("anna_1_2_model.keras", "Bo_7_assignsubmission_file_model.keras"),
    "no folder of the metadata": reading("submission_metadata.yml"),
    "no folder of the metadata, asked for": reading("submission_metadata.yml", layout="gradescope"),
    "asked for": reading(*CANVAS_FILES, "ana/", "bo/", "a.txt", layout="canvas"),
    "asked for in vain": reading("ana/", "bo/", layout="moodle"),
    "no such layout": reading("ana/", layout="edmodo"),
    "export canvas": exporting(canvas, CANVAS, column="4711"),
    "export canvas, other points": exporting(canvas, CANVAS, column="Quiz"),
    "export canvas, scaled to other points": exporting(canvas, CANVAS, column="4711", scale_to=5.0),
    "export canvas, no such column": exporting(canvas, CANVAS, column="Homework 12"),
    "export canvas, two such columns": exporting(
        canvas, CANVAS.replace("Quiz", "Homework 11"), column="Homework 11"
    ),
    "export canvas, computed": exporting(canvas, CANVAS, column="Final Score"),
    "export canvas, another file": exporting(canvas, MOODLE, column="4711"),
    "export brightspace": exporting(brightspace, BRIGHTSPACE, column="Homework 11"),
    "export brightspace, another file": exporting(brightspace, CANVAS, column="Homework 11"),
    "export brightspace, no points": exporting(
        brightspace, BRIGHTSPACE.replace("Quiz Points Grade <Numeric", "Q Points Grade <Formula"), column="Q"
    ),
    "export canvas, nobody missing for sure": exporting(canvas, CANVAS, column="4711", missing="zero"),
    "export moodle": exporting(moodle, MOODLE, column=COLUMN),
    "export moodle, the same id": exporting(
        moodle, MOODLE.replace("2026002", "2026001"), column=COLUMN, identify_by="ID number"
    ),
    "export moodle, no addresses": exporting(moodle, MOODLE.replace("@", " at "), column=COLUMN),
    "export moodle, more than 100": exporting(moodle, MOODLE, column=COLUMN, scale_to=120.0),
    "export moodle-worksheet": exporting(moodle_worksheet, WORKSHEET),
    "export moodle-worksheet, another file": exporting(moodle_worksheet, "a,b,c\nAna,x,y\n"),
    "export moodle-feedback": exporting(moodle_feedback, WORKSHEET),
    "export moodle-feedback, for a class": exporting(moodle_feedback, WORKSHEET, form="junit"),
    "pack, data elsewhere": packing("../own.npz"),
    "pack, data by its whole path": packing("{above}/own.npz"),
    "hook, another folder": lambda folder: open_inside(folder, "student", ()),
    "hook openedx, another address": lambda _: XQueue("xqueue.example", "q", "grader", "secret"),
    "hook openedx, nobody": lambda _: XQueue("https://xqueue.example", "q", "", ""),
}


@pytest.mark.parametrize("case", SAID)
def test_every_sentence(case: str, tmp_path: Path) -> None:
    """How a folder was read, which grades change, and what is refused with what to do instead."""
    folder = tmp_path / "folder"
    folder.mkdir()
    try:
        told = str(SAID[case](folder))
    except UsageError as error:
        told = f"refused: {error.message}\n  {error.hint}"

    assert said(told.replace(f"{folder}", "FOLDER").replace(f"{tmp_path}", "ABOVE"))

"""The forms of downloads."""

from pathlib import Path

import pytest
from builders_downloads import a_folder, metadata

from grader.platforms.download_forms import forms
from grader.platforms.listing import list_folder


def test_forms() -> None:
    """Every file of the folder is a form with a title."""
    assert {
        "canvas": "a Canvas download",
        "github": "a folder of GitHub Classroom's repositories",
        "gradescope": "a Gradescope export",
        "moodle": "a Moodle download",
    } == {name: form.TITLE for name, form in forms().items()}


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("canvas", ["garciaana_12_34_model.keras"]),
        ("github", ["hw-ana/.git/config", "hw-bo/.git/config"]),
        ("gradescope", ["submission_metadata.yml", "submission_1/model.keras"]),
        ("moodle", ["Ana García_12_assignsubmission_file/model.keras"]),
        (None, ["ana/model.keras", "bo/model.keras", "carla.zip", "notes.txt"]),
    ],
)
def test_one_form_reads(tmp_path: Path, form: str | None, names: list[str]) -> None:
    """No download is of two forms, and a plain folder is of none."""
    a_folder(tmp_path, *names)
    if form == "gradescope":
        text = metadata(submission_1=[("Ana", "1", "a@b.edu")])
        (tmp_path / "submission_metadata.yml").write_text(text, encoding="utf-8")

    found = [name for name, module in forms().items() if module.read(list_folder(tmp_path))]

    assert ([form] if form else []) == found

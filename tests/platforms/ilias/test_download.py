"""ILIAS' names of folders."""

from pathlib import Path

import pytest
from builders_folders import a_folder
from builders_platforms import read_alone

from grader.platforms.downloads import read_class
from grader.platforms.ilias.download import parse
from grader.platforms.shapes import Named
from grader.submissions.people import Person


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (
            "Garcia Lopez_Ana_Maria_agarcia_1234",
            Named(
                "Garcia Lopez_Ana_Maria_agarcia_1234",
                Person(name="Ana Maria Garcia Lopez", id="1234", login="agarcia"),
            ),
        ),
        *((name, None) for name in ("garcia_ana_1", "submission_123", "a_b_c_d")),
    ],
)
def test_a_name_says(stored: str, expected: Named | None) -> None:
    """Whose it is; or nothing."""
    assert expected == parse(stored)


def test_a_class(tmp_path: Path) -> None:
    """Each folder is a submission, a zip alone in it too."""
    names = ("Garcia_Ana_agarcia_12/model.keras", "Li_Bo_bli_7/x.zip", "status.xlsx")

    assert ({"12": {"model.keras"}, "7": {"x.zip"}}, frozenset()) == read_alone("ilias", tmp_path, *names)


def test_names_that_have_the_form_by_chance(tmp_path: Path) -> None:
    """Two students never have one login or one number."""
    a_folder(tmp_path, "garcia_ana_hw_11/x.csv", "li_bo_hw_11/x.csv")

    found = read_class(tmp_path)

    assert ["garcia_ana_hw_11", "li_bo_hw_11"] == [one.id for one in found.submissions]
    assert found.sentences[0].startswith("Not read as an ILIAS download, because `11` is in several names.")

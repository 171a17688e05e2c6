"""Brightspace's own export of the grades, filled and then read by the rules of its import.

The rules are those of D2L's page `Importing grades`, and of the exports that are in public repositories.
"""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from builders_platforms import BRIGHTSPACE, a_gradebook, a_graded, cells_of
from builders_reports import REVIEW
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.platforms.brightspace.gradebook import brightspace
from grader.platforms.gradebooks import GradedClass
from grader.report import Report

TITLE = "Homework 11 Points Grade <Numeric MaxPoints:10 Weight:5 Category:Homework CategoryWeight:20>"


def imported(text: str, items: set[str], enrolled: set[str]) -> dict[tuple[str, str], float]:
    """The points by id and grade item; an `AssertionError` where Brightspace would take them as others.

    An item that is not there would be made, a user who is not in the course refused.
    """
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    header = rows[0]
    assert {"OrgDefinedId", "Username"} & set(header[:2])
    assert "End-of-Line Indicator" == header[-1]
    titles = {place: re.split(r" Points Grade( <|$)", title)[0] for place, title in enumerate(header)}
    points = {place: titles[place] for place, title in enumerate(header) if titles[place] != title}
    assert set(points.values()) <= items
    found = {}
    for row in rows[1:]:
        assert len(row) == len(header)
        assert "#" == row[-1]
        assert row[0].startswith("#")
        assert row[0][1:] in enrolled
        for place, item in points.items():
            if row[place]:
                most = re.search(r"MaxPoints:([\d.]+)", header[place])
                assert most
                found[row[0][1:], item] = min(float(row[place]), float(most[1]))
    return found


def filled(
    folder: Path, *reports: Report, column: str = "Homework 11", text: str = BRIGHTSPACE, **options: Any
) -> tuple[str, tuple[str, ...]]:
    """The text of the filled file, and what is said of it."""
    content, lines, _ = brightspace(
        GradedClass(reports), source=a_gradebook(folder, text), column=column, **options
    )
    assert isinstance(content, str)
    return content, lines


@pytest.mark.parametrize("column", ["Homework 11", TITLE])
def test_one_item_is_filled(tmp_path: Path, column: str) -> None:
    """Named as in Brightspace or by its column; whose row it is, id, login, address and name say."""
    content, lines = filled(
        tmp_path,
        a_graded("2026001"),
        a_graded("397063-2557369 Ren Ito", name="Ren Ito"),
        REVIEW.model_copy(update={"id": "chi"}),
        column=column,
    )

    meant = BRIGHTSPACE.replace("ana@uni.example,,4", "ana@uni.example,8,4").replace("7.50,", "8,")
    assert cells_of(meant) == cells_of(content)
    enrolled = {"2026001", "0026002", "2026003"}
    assert {
        ("2026001", "Homework 11"): 8.0,
        ("2026001", "Quiz"): 4.0,
        ("0026002", "Homework 11"): 8.0,
    } == imported(content, {"Homework 11", "Quiz"}, enrolled)
    assert (
        "2 grades to change, 1 left alone.",
        "Change: `Ana García`: (empty) → 8.",
        "Change: `Ren Ito`: `7.50` → 8.",
        f"Left alone: {REVIEW.name} (chi): it needs review.",
    ) == lines


@pytest.mark.parametrize("key", ["OrgDefinedId", "Username"])
def test_an_export_with_one_key_and_no_names(tmp_path: Path, key: str) -> None:
    """Whoever has no name is called by the id, without the mark before it."""
    text = f"{key},Homework 11 Points Grade <Numeric MaxPoints:10>,End-of-Line Indicator\n#0123,,#\n#,,#\n"
    content, lines = filled(tmp_path, a_graded("0123"), text=text)

    assert cells_of(text.replace("#0123,", "#0123,8")) == cells_of(content)
    assert "Change: `0123`: (empty) → 8." == lines[1]


def test_a_bonus_is_left_to_brightspace(tmp_path: Path) -> None:
    """Only Brightspace knows whether an item may be above its maximum; else it cuts it."""
    content, lines = filled(tmp_path, a_graded("2026001").model_copy(update={"score": 11.0}))

    assert "Above the maximum, with a bonus: 1." in lines[0]
    assert (
        10.0
        == imported(content, {"Homework 11", "Quiz"}, {"2026001", "0026002", "2026003"})[
            "2026001", "Homework 11"
        ]
    )


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("Homework 12", BRIGHTSPACE, "There is no column `Homework 12`"),
        ("Homework 11 Weighted Grade", BRIGHTSPACE, "There is no column"),
        ("Homework 11", BRIGHTSPACE.replace("Quiz Points", "Homework 11 Points"), "2 columns are called"),
        ("Quiz", BRIGHTSPACE, "has 5 points; the reports have 10"),
        ("Quiz", BRIGHTSPACE.replace("<Numeric MaxPoints:5>", "<Formula MaxPoints:10>"), "is `Formula`"),
        ("Homework 11", BRIGHTSPACE.replace("End-of-Line Indicator", "End"), "end with `End-of-Line"),
        ("Homework 11", BRIGHTSPACE.replace("OrgDefinedId,Username", "ID,Login"), "have a column"),
        ("Homework 11", "a\n", "have a column"),
    ],
)
def test_no_item_is_made(tmp_path: Path, column: str, text: str, said: str) -> None:
    """Brightspace would make a grade item of a new title; another file is not Brightspace's."""
    with pytest.raises(UsageError, match=said):
        filled(tmp_path, a_graded("2026001"), column=column, text=text)


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@given(st.lists(NAMES, min_size=1, max_size=5), st.lists(st.integers(0, 6), unique=True), st.floats(0, 10))
def test_any_class_is_imported_as_meant(tmp_path_factory, names, who, score) -> None:
    """Whatever the students are called: whoever has a report and a row gets the points, and nobody else."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["OrgDefinedId", "Username", "Last Name", "First Name", TITLE, "End-of-Line Indicator"])
    writer.writerows([f"#{n:03}", f"#u{n}", name, name, "", "#"] for n, name in enumerate(names))
    reports = [a_graded(f"{number:03}", score, 10.0) for number in who]

    content, _ = filled(tmp_path_factory.mktemp("class"), *reports, text=text.getvalue())

    everyone = {f"{number:03}" for number in range(len(names))}
    given = imported(content, {"Homework 11"}, everyone)
    assert {f"{number:03}" for number in who} & everyone == {own for own, _ in given}
    assert all(points == pytest.approx(score, abs=0.0051) for points in given.values())

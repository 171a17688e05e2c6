"""Names that students choose: a file is its owner's or nobody's, and nothing is in the program's way."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest
from builders_command_line import invoked
from builders_folders import a_folder, make_file
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.grading.cache import FILE
from grader.grading.graded_folder import folders_of
from grader.platforms import modules
from grader.platforms.downloads import Listing, Reading, read_class
from grader.reports import load, names
from grader.reports.rows import INDEX, PAGES

# How each platform begins the name of a file, by its layout.
PREFIXES = {
    "canvas": "{name}{late}_{number}_{file}_",
    "canvas, anonymous": "{late}anon_{code}_{file}_",
    "moodle": "{name}_{number}_assignsubmission_file_",
}
NUMBERS = st.integers(1, 12)
# What a name or a file can be made of to look like another student's.
PIECES = st.sampled_from(
    [
        *("ana", "x", "\u203f", "\U0001d400", ".", " ", "1", "12"),
        *("late", "LATE", "model.keras", "text.html"),
        *("w.zip", "anon_abcd1", "_1_2_", "_3_4_a", "_777_1", "_5_assignsubmission_file_"),
    ]
)
WORDS = st.lists(PIECES | NUMBERS.map(str), max_size=5).map("_".join)
FILES = WORDS.filter(lambda name: name and not name.startswith("."))
STUDENTS = st.lists(
    st.tuples(NUMBERS, WORDS, st.lists(FILES, min_size=1, max_size=3, unique=True)),
    min_size=1,
    max_size=4,
    unique_by=lambda student: student[0],
)


def written(layout: str, number: int, name: str) -> str:
    """The name of a student as the platform writes it."""
    if layout == "moodle":
        return name.replace("_", " ")
    return "".join(letter for letter in name.lower() if letter not in " .")


def download(layout: str, students: list[tuple[int, str, list[str]]]) -> Mapping[str, str]:
    """The names of the files in a flat download, each with the id of the student who handed it in."""
    files, number = {}, 0
    for student, name, own in students:
        for file in own:
            number += 7
            late = (
                {"canvas": "_LATE", "canvas, anonymous": "LATE_"}.get(layout, "") if student % 3 == 0 else ""
            )
            code = f"abcd{'123456789xyz'[student - 1]}"
            whose = f"anon_{code}" if layout == "canvas, anonymous" else str(student)
            prefix = PREFIXES[layout].format(
                name=written(layout, student, name), number=student, file=number, late=late, code=code
            )
            files[prefix + file] = whose
    return files


def reading(layout: str, names: Mapping[str, str]) -> Reading | None:
    """The folder with these files, as `--layout` reads it; nothing of it is on the disk."""
    listing = Listing(Path("class"), tuple(sorted(names)), (), ())
    found: Reading | None = modules("download")[layout.partition(",")[0]].read(listing)
    return found


def taken(found: Reading | None) -> dict[str, set[str]]:
    """The files of each submission, by its id."""
    if found is None:
        return {}
    return {one.id: {stored for _, stored in one.files} or {one.path.name} for one in found.submissions}


@pytest.mark.hostile_row(86)
@pytest.mark.parametrize("layout", PREFIXES)
@settings(max_examples=150)
@given(students=STUDENTS)
def test_a_file_is_its_owners_or_nobodys(layout: str, students: list[tuple[int, str, list[str]]]) -> None:
    """And a submission gets nothing that it would not get if the others' files were not there."""
    whose = download(layout, students)

    found = reading(layout, whose)

    assert found is not None
    files = taken(found)
    assert all(whose[stored] == owner for owner, own in files.items() for stored in own)
    notes = {one.id: " ".join(map(str, one.notes)) for one in found.submissions}
    for stored, owner in whose.items():
        note = notes.get(owner, "")
        older = " more than once" in note or " was uploaded " in note
        assert stored in files.get(owner, ()) or stored in found.contested or older
    for owner, own in files.items():
        alone = taken(reading(layout, {stored: one for stored, one in whose.items() if one == owner}))
        assert own == alone[owner]


@pytest.mark.hostile_row(86)
@pytest.mark.parametrize(
    ("layout", "names", "expected", "contested"),
    [
        pytest.param(
            "moodle",
            ["Ana_101_assignsubmission_file_model.keras", "Zoe_103_assignsubmission_file_log.csv"],
            {"101": "model.keras", "103": "log.csv"},
            "Zoe_103_assignsubmission_file_x_101_assignsubmission_file_model.keras",
            id="a file that begins like another student's",
        ),
        pytest.param(
            "canvas",
            ["garciaana_777_9001_final.keras", "itoben_778_9003_log.csv"],
            {"777": "final.keras", "778": "log.csv"},
            "garciaana_777_1_700_9005_model.keras",
            id="a student whose name ends like another student's prefix",
        ),
    ],
)
@pytest.mark.parametrize("asked_for", [True, False])
def test_a_name_with_two_readings(  # noqa: PLR0913, PLR0917  (the cases, and how each is read)
    tmp_path: Path, asked_for: bool, layout: str, names: list[str], expected: dict[str, str], contested: str
) -> None:
    """It is nobody's, whether the layout is asked for or recognised, and it is said."""
    folder = a_folder(tmp_path / "class", *names, contested)

    found = read_class(folder, layout if asked_for else "auto")

    assert expected == {one.id: one.files[0][0] for one in found.submissions}
    assert all(len(one.files) == 1 for one in found.submissions)
    assert f"  `{contested}`" in found.sentences


@pytest.mark.hostile_row(86)
def test_no_option_gives_two_students_one_submission(tmp_path: Path) -> None:
    """Files of one number and two names stay nobody's, also where the layout is asked for."""
    names = ["Ana_12_assignsubmission_file_a.h5", "Bo_12_assignsubmission_file_b.h5"]
    folder = a_folder(tmp_path / "class", *names, "Cho_13_assignsubmission_file_c.h5")

    found = read_class(folder, "moodle")

    assert ["13"] == [one.id for one in found.submissions]
    assert any("2 names fit more than one student" in sentence for sentence in found.sentences)


@pytest.mark.hostile_row(87)
@pytest.mark.usefixtures("workers")
def test_a_submission_of_a_name_that_the_program_uses(tmp_path: Path) -> None:
    """It is graded as any other, and the run ends with its table and pages."""
    ids = ["Grades.CSV", "JUNIT.xml", "decisions.jsonl", "errors.log", "grades.csv", "history.jsonl"]
    ids += [*sorted(PAGES[:3]), "run.json"]
    for own in ids:
        make_file(tmp_path, f"class/{own}/training_log.csv", b"step,loss\n1,0.5\n")

    done = invoked("grade", tmp_path / "class", "--out", tmp_path / "out", "--jobs", "1")

    assert 0 == done.exit_code
    with (tmp_path / "out" / "grades.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert ids == [row["id"] for row in csv.DictReader(stream)]
    out = tmp_path / "out"
    assert {"grades.csv", "run.json", INDEX} <= {path.name for path in out.iterdir() if path.is_file()}
    assert len(ids) == len(list(out.glob("*/report.json"))) == len(list(out.glob("*/report.html")))
    written = [path.name for path in out.iterdir() if path.is_file() and not path.name.startswith(FILE)]
    files = [*written, *PAGES, *(form.file for form in map(load, names()) if form.of_class)]
    assert not {name.casefold() for name in folders_of(files)} & set(files)

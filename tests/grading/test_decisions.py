"""Tests of `grader.grading.decisions`: the record of what people decided."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from builders_reports import a_norm_item, a_report, an_accuracy_item, an_item
from hypothesis import example, given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.evidence import File
from grader.grading.decisions import DECISIONS, Decisions, Recorded, Wish, files_sha256, record, wishes_in
from grader.grading.verdict import settled


def a_line(**fields: Any) -> Recorded:
    """A decision in the record, with any field replaced."""
    fields = {
        "time": datetime(2026, 11, 29, 15, tzinfo=UTC),
        "by": "Dr. Kim",
        "status": "passed",
        "submission": "garcia",
        "files": files_sha256(REPORT),
    } | fields
    return Recorded(**fields)


REPORT = settled(a_report(an_item(), a_norm_item(), an_accuracy_item(), points_to_pass=7.5))


def test_what_is_recorded_is_read_back(tmp_path: Path) -> None:
    """A folder in which nobody decided anything has no record."""
    assert Decisions() == Decisions.read(tmp_path)

    record(tmp_path, [a_line(item="norm", comment="<b>\x1b[31m\n한국어")])
    record(tmp_path, [a_line(submission="ito", reason="seen")])

    assert ("garcia", "ito") == tuple(one.submission for one in Decisions.read(tmp_path).every)
    assert "<b>\x1b[31m\n한국어" == Decisions.read(tmp_path).every[0].comment


def test_the_newest_about_the_same_counts_until_it_is_undone() -> None:
    """Undoing takes back all that was decided before about the same, and nothing else."""
    first, second = a_line(item="norm", status="failed"), a_line(item="norm", points=1.0, status=None)
    undone = a_line(item="norm", is_undone=True)

    assert {"norm": second, "": a_line()} == Decisions((first, a_line(), second)).newest("garcia")
    assert {"": a_line()} == Decisions((first, a_line(), second, undone)).newest("garcia")
    assert {} == Decisions((first, a_line())).newest("ito")


def test_a_decision_about_other_files_does_not_count() -> None:
    """A new upload makes the submission wait; the same files under another name do not."""
    log = File(role="log", name="a.csv", bytes=1, sha256="00")
    report, renamed, changed = (
        REPORT.model_copy(update={"files": (log.model_copy(update=fields),)})
        for fields in ({}, {"name": "b.csv"}, {"sha256": "11"})
    )
    decisions = Decisions((a_line(files=files_sha256(report)),))

    verdicts = [decisions.applied(one).verdict for one in (report, renamed, changed)]

    assert ["passed", "passed", "review"] == verdicts


@pytest.mark.parametrize(
    "damage",
    [
        b'{"time":"2026-11-29T15:00:0',
        b"\xff\xfe\n",
        b"[" * 10_000,
        a_line(points=7.0).model_dump_json().replace("7.0", "NaN").encode(),
        a_line(points=7.0).model_dump_json().replace("7.0", "-7.0").encode(),
        a_line().model_dump_json().replace('"by":"Dr. Kim"', '"by":""').encode(),
    ],
    ids=["half", "no text", "nested", "NaN", "negative", "nobody"],
)
def test_a_damaged_line_loses_only_itself(tmp_path: Path, damage: bytes) -> None:
    """It is named with its number, also where a program was killed in the middle of its line."""
    record(tmp_path, [a_line()])
    with (tmp_path / DECISIONS).open("ab") as file:
        file.write(damage)
    record(tmp_path, [a_line(item="norm")])

    read = Decisions.read(tmp_path)

    assert ["", "norm"] == [one.item for one in read.every]
    assert f"{DECISIONS}:2" in "".join(read.mistakes)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8))
@example("\x1b\u2028\x7f/'\"\\")
def test_of_one_submission_all_lines_are_read(own: str) -> None:
    """Whatever its id is, and however another program spells it."""
    made = a_line(submission=own, item="norm")
    with TemporaryDirectory() as place:
        out = Path(place)
        record(out, [a_line(), made])
        with (out / DECISIONS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(json.loads(made.model_dump_json())) + "\n")

        assert Decisions.read(out).newest(own) == Decisions.read(out, own).newest(own)
        assert 2 == len([one for one in Decisions.read(out, own).every if one == made])


WRITER = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from test_decisions import a_line, record
for number in range(200):
    record(Path({out!r}), [a_line(item=f"{{sys.argv[1]}}_{{number}}", comment="x" * 2000)])
"""


def test_two_programs_that_decide_at_once_lose_nothing(tmp_path: Path) -> None:
    """Each line is whole, and those of one program stay in their order."""
    path = [str(Path(__file__).parent), *sys.path]
    script = WRITER.format(path=path, out=str(tmp_path))
    programs = [subprocess.Popen([sys.executable, "-c", script, name]) for name in ("a", "b")]

    assert [0, 0] == [program.wait() for program in programs]

    read = Decisions.read(tmp_path)
    assert () == read.mistakes
    for name in ("a", "b"):
        assert [f"{name}_{number}" for number in range(200)] == [
            one.item for one in read.every if one.item.startswith(name)
        ]


FULL = """
import resource, sys
sys.path[:0] = {path!r}
from pathlib import Path
from test_decisions import UsageError, a_line, record
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
try:
    record(Path({out!r}), [a_line()])
except UsageError as error:
    print(error.message)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_decides_nothing(tmp_path: Path) -> None:
    """Whoever decides reads that it was not recorded, and what is half there stands in nobody's way."""
    path = [str(Path(__file__).parent), *sys.path]
    script = FULL.format(path=path, out=str(tmp_path))

    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    record(tmp_path, [a_line(item="norm")])

    assert b"Nothing was decided." in told
    assert ["norm"] == [one.item for one in Decisions.read(tmp_path).every]


@pytest.mark.parametrize(
    "fields",
    [
        {"item": "nrom", "verb": "pass"},
        {"verb": "maybe"},
        {},
        {"verb": "undo", "points": 1.0},
        {"item": "norm", "points": 3.5},
        {"item": "guard", "points": 1.0},
        {"points": -1.0},
        {"points": float("nan")},
        {"verb": "pass", "comment": "x" * 5_000},
        {"verb": "pass", "by": ""},
    ],
    ids=[
        "item",
        "verb",
        "nothing",
        "undo with points",
        "too many",
        "a guard",
        "negative",
        "NaN",
        "long",
        "nobody",
    ],
)
def test_what_cannot_be_decided_is_refused(fields: dict[str, Any]) -> None:
    """The sentence names what was received."""
    guard = an_item(id="guard", points=0.0, max_points=0.0)
    with_guard = REPORT.model_copy(update={"items": (*REPORT.items, guard)})

    with pytest.raises(UsageError):
        Wish("garcia", **{"by": "Dr. Kim", **fields}).of(with_guard)


def test_a_decision_knows_the_files_and_the_rubric_that_it_was_made_on() -> None:
    """It has the time, and what a decision about the whole report may earn is all of its points."""
    made = Wish("garcia", points=7.5, by="Dr. Kim").of(REPORT)

    assert ("gradient_clipping", files_sha256(REPORT), 7.5) == (made.rubric, made.files, made.points)
    assert abs((datetime.now(UTC) - made.time).total_seconds()) < 60


def test_decisions_come_from_a_spreadsheet(tmp_path: Path) -> None:
    """With semicolons, decimal commas and capitals, as a spreadsheet writes them."""
    path = tmp_path / "decisions.csv"
    path.write_text("ID;Item;Decision;Points;Comment\ngarcia;norm;Pass;;Seen.\nito;;;2,5;\n", "utf-8")

    first, second = wishes_in(path)

    assert ("garcia", "norm", "pass", None, "Seen.") == (
        *(first.submission, first.item, first.verb),
        *(first.points, first.comment),
    )
    assert ("ito", "", "", 2.5, "decisions.csv:3") == (
        *(second.submission, second.item, second.verb),
        *(second.points, second.where),
    )


@pytest.mark.parametrize(
    "text", ["name,decision\nana,pass\n", "id,decison\nana,pass\n", "id,points\nana,many\n"]
)
def test_a_spreadsheet_that_cannot_be_read_decides_nothing(tmp_path: Path, text: str) -> None:
    """A column that nobody knows, none of ids, and points that are no number are named."""
    path = tmp_path / "decisions.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError):
        list(wishes_in(path))


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """The record is a file of this folder."""
    (tmp_path / DECISIONS).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="cannot be written"):
        record(tmp_path, [a_line()])
    assert not (tmp_path / "elsewhere").exists()

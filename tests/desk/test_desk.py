"""Tests of `grader.desk.desk`: from the queue to the decision, and whatever can go wrong on the way."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from builders_desk import a_waiting_class, at_the_desk, in_review
from builders_grading import a_graded_folder, below, report_in, rows_in
from builders_pages import TRICKS
from builders_reports import LIKE, a_report, an_item

from grader.evidence import File
from grader.grading.decisions import DECISIONS, Decisions, Wish, record
from grader.grading.verdict import settled


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    """A class in which three wait."""
    return a_waiting_class(tmp_path / "graded", "ana", "ben", "cem")


def decided_in(graded: Path) -> list[tuple[str, str]]:
    """About whom and which item somebody decided."""
    return [(one.submission, one.item) for one in Decisions.read(graded).every]


def test_the_queue_has_those_who_wait(graded: Path) -> None:
    """In groups by the reason; who has passed is not in it."""
    with at_the_desk(graded) as browser:
        page = browser.page("/")

    assert ["In doubt: 3"] == [group for group in ("In doubt: 3", "Passed: 1") if group in page]
    assert "0 of 3 decided" in page
    assert "Zoë" not in page


def test_a_class_is_decided_one_after_the_other(graded: Path) -> None:
    """Each decision leads to the next, the last to an empty queue; all outputs agree."""
    with at_the_desk(graded) as browser:
        assert (303, "/submission/ben") == browser.decide("ana", "pass", comment="You did <clip>.")
        assert "1 of 3 decided" in browser.page("/submission/ben")
        assert (303, "/submission/cem") == browser.decide("ben", "fail", about="norm", reason="Seen.")
        assert (303, "/") == browser.decide("cem", "points", about="norm", points="1,5", phrase="1")
        assert "Nobody waits" in browser.page("/")

    assert ["passed", "failed", "failed", "passed"] == [row["verdict"] for row in rows_in(graded)]
    assert [("ana", ""), ("ben", "norm"), ("cem", "norm")] == decided_in(graded)
    assert ("Well argued.", 1.5) == (
        Decisions.read(graded).every[2].comment,
        report_in(graded, "cem").items[1].points,
    )
    assert "You did &lt;clip&gt;." in (graded / "ana" / "report.html").read_text("utf-8")


def test_what_was_decided_last_is_taken_back_at_once(graded: Path) -> None:
    """From any page, and the submission waits again."""
    with at_the_desk(graded) as browser:
        browser.decide("ana", "fail")
        page = browser.page("/")
        form = page.split('action="/decide/ana"')[1].split("</form>")[0]
        seen = form.split('name="seen" value="')[1].split('"')[0]

        assert (303, "/submission/ana") == browser.decide("ana", "undo", about="", seen=seen)
        assert 'class="last">\n</div>' in browser.page("/")

    assert "review" == report_in(graded, "ana").verdict


def test_only_what_was_decided_can_be_taken_back(graded: Path) -> None:
    """A submission about which nobody decided anything has no such button."""
    with at_the_desk(graded) as browser:
        before = browser.page("/submission/ana")
        browser.decide("ana", "fail")
        after = browser.page("/submission/ana")

    buttons = [page.split('class="decide"')[1].count('value="undo"') for page in (before, after)]
    assert [0, 1] == buttons


def test_next_and_previous_go_round(graded: Path) -> None:
    """From each of those who wait to its neighbours."""
    with at_the_desk(graded) as browser:
        went = [
            browser.goes(f"/{step}?after={after}")[-3:]
            for step, after in [
                *(("next", ""), ("next", "ana"), ("next", "cem")),
                *(("previous", ""), ("previous", "ana"), ("previous", "cem"), ("next", "nobody")),
            ]
        ]

    assert ["ana", "ben", "ana", "cem", "cem", "ben", "ana"] == went


def test_a_pair_stands_side_by_side(tmp_path: Path) -> None:
    """The teacher's page of both, then what the student reads."""
    ito = settled(a_report(an_item(), id="ito", name="Ito"))
    out = a_graded_folder(tmp_path, LIKE.model_copy(update={"pairs_decide": True}), ito)
    with at_the_desk(out) as browser:
        page = browser.page("/submission/mori")

        frames = [part.split('"')[0] for part in page.split('<iframe src="')[1:]]
        assert ["/pages/mori/teacher.html", "/pages/ito/teacher.html", "/pages/mori/report.html"] == frames
        framed = browser.send("GET", frames[0])

    assert "frame-ancestors 'self'" in framed.headers["content-security-policy"]
    assert "The teacher's page" in framed.text.replace("&#39;", "'")


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("pass", {"about": "nrom"}),
        ("points", {"points": "8"}),
        ("points", {"points": "nan"}),
        ("points", {"points": "-1"}),
        ("points", {"points": "many"}),
        ("points", {}),
        ("maybe", {}),
        ("", {}),
        ("pass", {"comment": "x" * 4_001}),
        ("pass", {"about": "norm", "points": "x", "seen": "an older report"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "_".join(value),
)
def test_what_cannot_be_decided_is_refused(graded: Path, verb: str, fields: dict[str, str]) -> None:
    """The page says why and keeps what was filled in; nothing is recorded."""
    with at_the_desk(graded) as browser:
        hidden, before = browser.fields("ana"), below(graded)
        status, page = browser.post("ana", {**hidden, "verb": verb, **fields})

        assert before.keys() == below(graded).keys()
        assert [] == decided_in(graded)

    assert 422 == status
    assert 'role="alert"' in page
    assert fields.get("comment", "") in page


@pytest.mark.parametrize(
    "path", ["/submission/anna", "/find?id=anna", "/submission/..", "/submission/%2e%2e%2fx"]
)
def test_an_unknown_submission_is_named(graded: Path, path: str) -> None:
    """The queue is shown, and the nearest id."""
    with at_the_desk(graded) as browser:
        page = browser.page(path, 404)

    assert "ana" in page if "find" in path else "root" not in page


def test_any_submission_is_found_by_its_id(graded: Path) -> None:
    """Also one that does not wait, which a teacher may decide as well."""
    with at_the_desk(graded) as browser:
        assert "/submission/zoe" == browser.goes("/find?id=+zoe")
        browser.decide("zoe", "fail")

    assert "failed" == report_in(graded, "zoe").verdict


@pytest.mark.parametrize("trick", [*TRICKS, "\x1b[31m\u202e", "=cmd|' /C x'!A0"])
def test_a_trick_in_a_comment_is_text(graded: Path, trick: str) -> None:
    """On the desk's pages, on the student's, and in the table."""
    with at_the_desk(graded) as browser:
        _, page = browser.decide("ana", "points", comment=trick)
        browser.decide("ana", "pass", comment=trick)
        pages = browser.page("/submission/ana") + (graded / "ana" / "report.html").read_text("utf-8")

    assert trick.strip() == Decisions.read(graded).every[0].comment
    assert not any(sign in pages for sign in ("\x1b", "\u202e"))
    assert not any(sign in page + pages for sign in ("<script>alert", "<img src=x", "<!--"))


def test_an_upload_while_the_desk_is_open_is_seen(graded: Path) -> None:
    """A decision about what is no longer there is not recorded; the page shows what is."""
    again = in_review("ana").model_copy(update={"files": (File(role="log", name="b", bytes=1, sha256="1"),)})
    with at_the_desk(graded) as browser:
        fields = browser.fields("ana")
        a_graded_folder(graded, again, in_review("ben"), in_review("dan"))

        status, page = browser.decide("ana", "pass", seen=fields["seen"], comment="Seen.")
        assert (422, []) == (status, decided_in(graded))
        assert "Seen." in page
        assert "Dan" in browser.page("/")
        assert (303, "/submission/ben") == browser.decide("ana", "pass")


def test_two_desks_at_one_folder_see_each_other(graded: Path) -> None:
    """Who has a submission open is shown, the next one is free, and no decision is lost."""
    with at_the_desk(graded, "Dr. Lee") as lee, at_the_desk(graded, "Dr. Kim") as kim:
        lee.page("/submission/ana")
        assert "Dr. Lee has this open since" in kim.page("/")
        assert "Dr. Lee has this open since" in kim.page("/submission/ana")
        assert "/submission/ben" == kim.goes("/next")
        kim.page("/submission/ben")
        stale = kim.fields("ana")["seen"]

        assert (303, "/submission/cem") == lee.decide("ana", "fail")
        assert 422 == kim.decide("ana", "pass", seen=stale)[0]
        kim.decide("ben", "pass")
        assert "has this open" not in kim.page("/")

    assert [("ana", ""), ("ben", "")] == decided_in(graded)
    assert ["failed", "passed", "review", "passed"] == [row["verdict"] for row in rows_in(graded)]
    assert [] == list(graded.glob("*/.desk.json"))


def test_a_record_of_another_class_and_a_damaged_line_count_for_nobody(graded: Path) -> None:
    """Both are named in the queue, and who has equal ids but other files waits still."""
    record(
        graded,
        [
            Wish("ana", verb="pass", by="X").of(in_review("ana").model_copy(update={"id": name}))
            for name in ("eve", "fay")
        ],
    )
    other = in_review("ana").model_copy(update={"files": (File(role="log", name="b", bytes=1, sha256="1"),)})
    record(graded, [Wish("ana", verb="pass", by="X").of(other)])
    with (graded / DECISIONS).open("ab") as file:
        file.write(b'{"half\n')

    with at_the_desk(graded) as browser:
        page = browser.page("/")

    assert "eve, fay" in page
    assert f"{DECISIONS}:4" in page
    assert "0 of 3 decided" in page


KILLED = """
import os, signal, sys
sys.path[:0] = {path!r}
from pathlib import Path
from builders_desk import in_review
from grader.grading.decisions import Wish, record
record(Path({out!r}), [Wish("ana", verb="pass", by="Dr. Kim").of(in_review("ana"))])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_desk_that_was_killed_in_the_middle_of_a_decision(graded: Path) -> None:
    """The next one finds the decision, and writes what it changes."""
    script = KILLED.format(path=sys.path, out=str(graded))
    assert -9 == subprocess.run([sys.executable, "-c", script], check=False).returncode

    with at_the_desk(graded) as browser:
        assert "Ana" not in browser.page("/")

    assert ("passed", "passed") == (report_in(graded, "ana").verdict, rows_in(graded)[0]["verdict"])


def test_a_full_disk_is_said(graded: Path) -> None:
    """Nothing is recorded, and the desk goes on when there is room."""
    with at_the_desk(graded) as browser:
        fields = browser.fields("ana")
        before, (_, most) = below(graded), resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))
        try:
            status, page = browser.post("ana", {**fields, "verb": "pass"})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        assert 422 == status
        assert "Nothing was decided." in page
        assert before | {DECISIONS: b""} == below(graded) | {DECISIONS: b""}
        assert [] == decided_in(graded)
        assert 303 == browser.decide("ana", "pass")[0]


@pytest.mark.parametrize(
    ("language", "too_many", "unknown"),
    [
        ("es", "Los puntos deben estar entre 0 y 7.5", "¿Quiso decir"),
        ("ko", "점수는 0부터 7.5까지여야", "뜻하셨습니까?"),
    ],
)
def test_a_desk_speaks_the_language_of_the_class(
    tmp_path: Path, language: str, too_many: str, unknown: str
) -> None:
    """That of its reports, also where it refuses something."""
    out = a_graded_folder(tmp_path, in_review("ana").model_copy(update={"language": language}))
    with at_the_desk(out) as browser:
        page = browser.page("/")
        _, refused = browser.decide("ana", "points", points="99")
        not_found = browser.page("/find?id=anna", 404)

    assert f'<html lang="{language}">' in page
    assert too_many in refused
    assert unknown in not_found

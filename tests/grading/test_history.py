"""Tests of `grader.grading.history`: what happened to a submission, in order."""

from pathlib import Path

import pytest
from builders_desk import in_review
from builders_grading import a_graded_folder

from grader.grading.deciding import decide
from grader.grading.decisions import Wish
from grader.grading.graded_folder import read_run
from grader.grading.history import HISTORY, history, note_exported

EXPORTED = b'{"kind":"exported","time":"2026-11-29T15:00:00Z","submission":"ana","to":"","grade":""}\n'
ANA, BEN = in_review("ana"), in_review("ben")


def kinds(out: Path, name: str = "ana") -> list[str]:
    """What happened, a word for each."""
    words = (line.split()[3].strip(":") for line in history(out, name)[0] if not line.startswith(" "))
    return [word.replace("Kim", "decided") for word in words]


def test_what_happened_stands_in_order(tmp_path: Path) -> None:
    """A run that finds the same is no news, whatever was decided; another rubric is."""
    out = a_graded_folder(tmp_path, ANA, BEN)
    decide(out, read_run(out), [Wish("ana", verb="pass", by="Kim").of(ANA)], None)
    a_graded_folder(out, ANA, BEN)
    note_exported(out, "canvas", [("ana", "7.5")])
    a_graded_folder(out, ANA.model_copy(update={"rubric_version": "abcd"}), BEN)

    assert ["found", "decided", "exported", "found"] == [
        word.replace("Kim", "decided") for word in kinds(out)
    ]
    assert ["found"] == kinds(out, "ben")
    assert "review, 4.5 of 7.5 points" in history(out, "ana")[0][0]


@pytest.mark.parametrize(
    "damage", [b"{", b"\xff\n", b'{"kind":"found"}\n', EXPORTED.replace(b"Z", b""), b"[" * 5_000]
)
def test_a_damaged_line_loses_only_itself(tmp_path: Path, damage: bytes) -> None:
    """It is named, and what comes after it is a line of its own."""
    out = a_graded_folder(tmp_path, ANA)
    with (out / HISTORY).open("ab") as file:
        file.write(damage)
    note_exported(out, "canvas", [("ana", "7.5")])

    assert ["found", "exported"] == kinds(out)
    assert f"{HISTORY}:2" in "".join(history(out, "ana")[1])


def test_words_of_others_act_nowhere(tmp_path: Path) -> None:
    """A comment stands on its line, and nothing in it acts on a terminal."""
    out = a_graded_folder(tmp_path, ANA)
    wish = Wish("ana", verb="pass", by="Kim\x1b[31m", comment="a\n2026-01-01 00:00 found: passed")
    decide(out, read_run(out), [wish.of(ANA)], None)

    last = history(out, "ana")[0][-1]
    assert "\x1b" not in last
    assert "\n" not in last

"""Tests of `grader.grading.store.drawn`: what was drawn of kept evidence is drawn once."""

import logging
from pathlib import Path

import pytest
from builders_drawn import YARDSTICK, drawable
from builders_store import a_store, below

from grader.evidence.log import Log
from grader.grading.store.drawn import draw_kept, keep_targets, kept_drawing, read_targets
from grader.messages.languages import LANGUAGES, translated
from grader.report import Origin
from grader.reports.charts import draw


def test_a_drawing_is_kept(tmp_path: Path) -> None:
    """It comes back for the same targets, and for no other."""
    a_store(tmp_path).keep("ana", drawable(), Origin())

    assert kept_drawing(tmp_path, "ana", YARDSTICK) is None
    drawn = draw_kept(tmp_path, "ana", YARDSTICK)
    assert draw(drawable(), YARDSTICK) == drawn
    assert drawn == kept_drawing(tmp_path, "ana", YARDSTICK)
    assert kept_drawing(tmp_path, "ana", YARDSTICK.model_copy(update={"cap": 2.0})) is None


def test_a_kept_drawing_serves_every_language(tmp_path: Path) -> None:
    """Its words are kept with what they were made from, so nothing is drawn again for another one."""
    a_store(tmp_path).keep("ana", drawable(), Origin())
    drawn = draw_kept(tmp_path, "ana", YARDSTICK)
    kept = kept_drawing(tmp_path, "ana", YARDSTICK)

    assert drawn is not None
    assert kept is not None
    for language in LANGUAGES:
        for one, other in zip(drawn.panels, kept.panels, strict=True):
            assert one.lettered(language) == other.lettered(language)
            assert translated(one.words, language) == translated(other.words, language)
    assert kept.panels[0].lettered("ko") != kept.panels[0].lettered("en")


def test_evidence_that_is_not_there_or_damaged(tmp_path: Path) -> None:
    """There is no drawing, and nothing is kept."""
    a_store(tmp_path).keep("ana", drawable(), Origin())
    path = tmp_path / ".grader" / "evidence" / "ana.jsonl"
    path.write_bytes(path.read_bytes().replace(b"norm_after", b"norm_AFTER"))

    assert draw_kept(tmp_path, "ana", YARDSTICK) is None
    assert draw_kept(tmp_path, "ben", YARDSTICK) is None
    assert [".grader/evidence/ana.jsonl"] == list(below(tmp_path))


def test_a_damaged_drawing_is_made_again(tmp_path: Path) -> None:
    """It has its own hash."""
    a_store(tmp_path).keep("ana", drawable(), Origin())
    draw_kept(tmp_path, "ana", YARDSTICK)
    path = tmp_path / ".grader" / "drawings" / "ana.json"
    path.write_bytes(path.read_bytes().replace(b"stroke", b"strike", 1))

    assert kept_drawing(tmp_path, "ana", YARDSTICK) is None


def test_a_folder_that_cannot_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The drawing is used, and it is said that it is not kept."""
    a_store(tmp_path).keep("ana", drawable(), Origin())
    (tmp_path / ".grader" / "drawings").write_text("a file", encoding="utf-8")

    with caplog.at_level(logging.WARNING, "grader"):
        assert draw_kept(tmp_path, "ana", YARDSTICK) is not None
    assert ["The drawing of ana cannot be kept."] == [record.message for record in caplog.records]


def test_what_cannot_be_drawn_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A mistake of the program costs the pictures, not the page."""
    odd = drawable()
    # A log with fewer values than rows cannot be read from a file; here it stands for any such mistake.
    log = odd.found(Log)
    assert log is not None
    columns = tuple(column.model_copy(update={"values": column.values[1:]}) for column in log.columns)
    a_store(tmp_path).keep("ana", odd.having("log", log.model_copy(update={"columns": columns})), Origin())

    with caplog.at_level(logging.ERROR, "grader"):
        assert draw_kept(tmp_path, "ana", YARDSTICK) is None
    assert "The evidence ana cannot be drawn." in caplog.text


def test_the_targets_is_kept(tmp_path: Path) -> None:
    """So that stored reports can be drawn without their rubric."""
    assert read_targets(tmp_path) is None
    keep_targets(tmp_path, YARDSTICK)
    assert YARDSTICK == read_targets(tmp_path)

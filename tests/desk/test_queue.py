"""Tests of `grader.desk.queue`: who waits, read again only where something has changed."""

from pathlib import Path

from builders_desk import a_waiting_class, in_review
from builders_grading import a_graded_folder
from builders_reports import ERROR, LIKE, PASSED, an_item

from grader.desk.queue import Queue
from grader.grading.deciding import decide
from grader.grading.decisions import Wish
from grader.grading.graded_folder import read_run
from grader.grading.verdict import settled
from grader.reports import json_report


def test_who_waits_stands_in_groups_by_the_reason(tmp_path: Path) -> None:
    """Doubts first, then pairs, then those that could not be graded; by name in each."""
    reports = (ERROR, LIKE, in_review("cem"), in_review("ana"), PASSED)
    queue = Queue(a_graded_folder(tmp_path, *reports))

    assert [
        ("In doubt", ["Ana (ana)", "Cem (cem)"]),
        ("Similar to another submission", ["mori"]),
        ("Not graded", ["smith"]),
    ] == [(group.text, [row.who for row in rows]) for group, rows in queue.groups()]


def test_a_pair_is_the_reason_before_what_is_graded_by_hand(tmp_path: Path) -> None:
    """The reason is that of the group."""
    caption = an_item(id="caption", status="review", points=0.0, is_by_hand=True, is_open=True)
    alike = LIKE.model_copy(update={"pairs_decide": True, "items": (*LIKE.items, caption)})
    (row,) = Queue(a_graded_folder(tmp_path, settled(alike))).waiting

    assert ("Similar to another submission", alike.pairs[0].message.text) == (row.group.text, row.why)


def test_what_has_changed_is_read_again(tmp_path: Path) -> None:
    """By a decision elsewhere, and by another run; the progress counts who is there."""
    out = a_waiting_class(tmp_path, "ana", "ben")
    queue = Queue(out)
    assert (0, 2) == queue.progress

    decide(out, read_run(out), [Wish("ana", verb="pass", by="Dr. Lee").of(in_review("ana"))], None)
    queue.read()
    assert (["ben"], (1, 2)) == ([row.folder for row in queue.waiting], queue.progress)

    a_waiting_class(out, "ben", "dan")
    queue.read()
    assert (["ben", "dan"], (0, 2)) == ([row.folder for row in queue.waiting], queue.progress)
    assert (None, "dan") == (queue.submission("ana"), queue.submission("dan").id)


def test_what_was_decided_here_needs_no_look_at_others(tmp_path: Path) -> None:
    """A report that somebody has written without the table of grades is read with the next table."""
    out = a_waiting_class(tmp_path, "ana", "ben")
    queue, run = Queue(out), read_run(out)
    (out / "ben" / "report.json").write_text(json_report.page(PASSED), "utf-8")

    decide(out, run, [Wish("ana", verb="pass", by="Dr. Lee").of(in_review("ana"))], None)
    queue.decided(run.submissions[:1])
    queue.read()
    assert ["ben"] == [row.folder for row in queue.waiting]

    a_waiting_class(out, "ana", "ben")
    queue.read()
    assert ["ben"] == [row.folder for row in queue.waiting]

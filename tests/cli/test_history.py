"""Tests of `grader.cli.history`: what happened to one submission."""

from pathlib import Path

from builders_command_line import invoked
from builders_desk import a_waiting_class


def test_what_happened_is_printed(tmp_path: Path) -> None:
    """A decision with who made it; an id that is not there is an error with the nearest."""
    graded = a_waiting_class(tmp_path, "ana")
    invoked("decide", graded, "ana", "--pass", "--by", "Dr. Kim", "--no-pages")

    told = invoked("history", graded, "ana").stdout.splitlines()
    unknown = invoked("history", graded, "anna")

    assert ["found:", "Dr."] == [line.split()[3] for line in told if not line.startswith(" ")]
    assert 2 == unknown.exit_code
    assert "`ana`" in unknown.stderr


def test_a_folder_from_before_the_history_has_none(tmp_path: Path) -> None:
    """It says so."""
    graded = a_waiting_class(tmp_path, "ana")
    (graded / "history.jsonl").unlink()

    assert "Nothing is on record.\n" == invoked("history", graded, "ana").stdout

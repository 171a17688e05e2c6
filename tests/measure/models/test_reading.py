"""What every step of reading a file knows."""

import pytest

from grader.measure.models.limits import Limits
from grader.measure.models.reading import start


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("model.keras", "model.keras"),
        ("/home/ana/model.keras", "model.keras"),
        ("C:\\Users\\ana\\model.h5", "model.h5"),
        ("a`b.h5", "a'b.h5"),
        ("a\x1b[2J\u202eb.h5", "a\\x1b[2J\\u202eb.h5"),
        ("x" * 200, "x" * 77 + "..."),
    ],
)
def test_the_name_is_fit_to_show(name: str, shown: str) -> None:
    """It is the file's own name without the path, and nothing acts in it."""
    assert shown == start(name, Limits()).name


def test_a_note_is_kept_once() -> None:
    """What was changed in ten layers is said once, in the order in which it was found."""
    reading = start("model.keras", Limits())
    for sentence in ("First.", "Second.", "First."):
        reading.note(sentence)

    assert ["First.", "Second."] == reading.notes


def test_notes_are_bounded() -> None:
    """A file cannot make as many as it likes."""
    reading = start("model.keras", Limits(notes=2))
    for number in range(5):
        reading.note(f"Note {number}.")

    assert ["Note 0.", "Note 1."] == reading.notes


def test_each_file_has_its_own_notes() -> None:
    """One reading does not see those of another."""
    start("a.keras", Limits()).note("A note.")

    assert [] == start("b.keras", Limits()).notes

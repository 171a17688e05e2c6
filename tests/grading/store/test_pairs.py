"""Tests of `grader.grading.store.pairs`: the pairs of a class, while nothing in it changes."""

from pathlib import Path

import pytest

from grader.grading.store import sealed
from grader.grading.store.pairs import Alike, Pairs, class_sha256, read_pairs
from grader.report import Pair

ALIKE = (
    Alike(pairs=(Pair(id="bad\udcff", part="log", message="All values are equal."),), left_out=2),
    Alike(),
)
CLASS = [("ana", "1", False), ("ben", "2", False)]


def test_pairs_come_back_for_the_class_that_they_were_found_in(tmp_path: Path) -> None:
    """And for no other."""
    (tmp_path / "pairs.json").write_text(sealed.page(Pairs(of="class", alike=ALIKE)), encoding="utf-8")

    assert read_pairs(tmp_path / "pairs.json", "class") == ALIKE
    assert read_pairs(tmp_path / "pairs.json", "another") is None
    assert read_pairs(tmp_path / "missing.json", "class") is None


@pytest.mark.parametrize(
    "other",
    [
        CLASS[:1],
        CLASS[::-1],
        [("ana", "1", False), ("ben", "3", False)],
        [("ana", "1", False), ("bea", "2", False)],
        [("ana", "1", False), ("ben", "2", True)],
    ],
)
def test_every_change_in_a_class_is_another_class(other: list[tuple[str, str, bool]]) -> None:
    """Who is in it, in which order, with which evidence, and whose log is doubted; so is another program."""
    assert class_sha256("program", CLASS) != class_sha256("program", other)
    assert class_sha256("program", CLASS) != class_sha256("other", CLASS)


def test_names_of_any_bytes_are_hashed() -> None:
    """They come from the file system."""
    assert 64 == len(class_sha256("program", [("bad\udcff", "1", False)]))

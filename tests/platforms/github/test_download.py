"""GitHub Classroom's repositories."""

from pathlib import Path

import pytest
from builders_folders import a_folder
from builders_platforms import a_reading
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.platforms.downloads import list_folder
from grader.platforms.github.download import assignment_prefix, is_login, read
from grader.submissions.people import Person
from grader.submissions.submission import Submission


@pytest.mark.parametrize(
    ("folder", "repositories", "prefix"),
    [
        ("anything", ["hw-1-ana", "hw-1-bo"], "hw-1-"),
        ("anything", ["hw-1-ana-x", "hw-1-ana-y"], "hw-1-ana-"),
        ("hw-1-submissions", ["hw-1-ana-x", "hw-1-ana-y"], "hw-1-"),
        ("hw-1-submissions", ["hw-1-ana"], "hw-1-"),
        ("hw-2-submissions", ["hw-1-ana", "hw-1-bo"], "hw-1-"),
        ("anything", ["hw-1-anabel", "hw-1-anatol"], "hw-1-"),
        ("anything", ["hw-1-ana"], ""),
        ("anything", ["ana", "bo"], ""),
        ("anything", [], ""),
    ],
)
def test_what_stands_before_the_login(folder: str, repositories: list[str], prefix: str) -> None:
    """The folder's name tells it, or else what the names have in common up to a hyphen."""
    assert prefix == assignment_prefix(folder, repositories)


@pytest.mark.parametrize(
    ("is_one", "texts"),
    [
        (True, ("ana", "Ana-Garcia", "a", "a1", "ana_corp")),
        (False, ("", "-ana", "ana-", "a--b", "a b", "é", "a" * 40, "ana\n")),
    ],
)
def test_a_login(is_one: bool, texts: tuple[str, ...]) -> None:
    """GitHub has only letters, digits and single hyphens, and underscores for companies."""
    assert [is_one] * len(texts) == list(map(is_login, texts))


@settings(max_examples=150)
@given(
    st.text("ab-", min_size=1, max_size=8),
    st.lists(st.from_regex(r"[a-z0-9]{1,10}", fullmatch=True), min_size=2),
)
def test_logins_are_found(assignment, logins) -> None:
    """Of logins without hyphens nothing is cut off, whatever the assignment is called."""
    prefix = assignment_prefix("x", [f"{assignment}-{login}" for login in logins])

    assert f"{assignment}-" == prefix or len(set(logins)) == 1


def test_a_class(tmp_path: Path) -> None:
    """The login is the id."""
    names = ("hw-ana/.git/config", "hw-bo/.git", "hw-bo/src/model.keras", "notes.txt")
    reading = a_reading(read, tmp_path, *names)

    assert [
        Submission(login, tmp_path / f"hw-{login}", people=(Person(login=login),), id_from="platform")
        for login in ("ana", "bo")
    ] == list(reading.submissions)
    assert {"hw-ana", "hw-bo"} == reading.used


def test_folders_that_are_no_repositories(tmp_path: Path) -> None:
    """Names with a hyphen are common; it is `.git` that tells."""
    assert read(list_folder(a_folder(tmp_path, "hw-ana/", "hw-bo/"))) is None


def test_one_repository_is_none(tmp_path: Path) -> None:
    """Nothing tells the assignment from the login, unless the folder's name does."""
    assert read(list_folder(a_folder(tmp_path / "class", "hw-ana/.git/"))) is None
    assert read(list_folder(a_folder(tmp_path / "hw-submissions", "hw-ana/.git/"))) is not None

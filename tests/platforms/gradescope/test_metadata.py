"""Gradescope's metadata."""

from pathlib import Path

import pytest
from builders_downloads import metadata
from builders_folders import unless_root
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.platforms.gradescope.metadata import LARGEST, METADATA, read_metadata
from grader.submissions.people import Person

AGAIN = "Download the export again, or say `--layout folders` to grade the folders without names."
CANNOT = "The YAML cannot be read here:"
SUBMITTERS = "submission_1:\n  :submitters:\n"


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / METADATA
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_submitters_are_read(tmp_path: Path) -> None:
    """Names, numbers and addresses as text; results, aliases and tags in them are passed over."""
    text = metadata(submission_1=[("Ana García", "0012", "ana@example.edu")], submission_2=[])

    assert {
        "submission_1": (Person("Ana García", "0012", "ana@example.edu"),),
        "submission_2": (),
    } == read_metadata(write(tmp_path, text))


@pytest.mark.parametrize(
    ("lines", "person"),
    [
        ("- :name: Null\n    :sid: null\n    :email:\n", Person("Null")),
        ("- :name: 'null'\n    :sid: 12\n    :email: ~\n", Person("null", "12")),
        ('- :name: " Ana\\u00e9 "\n    :role: {a: [1]}\n', Person("Anaé")),
        ("- {}\n", Person()),
    ],
)
def test_what_a_submitter_may_leave_out(tmp_path: Path, lines: str, person: Person) -> None:
    """Nothing is made of nothing, and a student may be called Null."""
    assert (person,) == read_metadata(write(tmp_path, f"{SUBMITTERS}  {lines}"))["submission_1"]


def test_a_mark_at_the_beginning_is_no_text(tmp_path: Path) -> None:
    """Windows' programs write one."""
    text = b"\xef\xbb\xbf" + metadata(submission_1=[]).encode()

    assert {"submission_1": ()} == read_metadata(write(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The file is empty; it must have a key for each folder (submission_metadata.yml:1)."),
        ("# nothing\n", "The file is empty; it must have a key for each folder (submission_metadata.yml:1)."),
        ("- a\n", "The file must be a mapping of keys to values (submission_metadata.yml:1)."),
        ("\n&a text\n", "The file must be a mapping of keys to values (submission_metadata.yml:2)."),
        ("[a]: 1\n", "The file must have words as keys (submission_metadata.yml:1)."),
        ("a: 1\n", "The entry of `a` must be a mapping of keys to values (submission_metadata.yml:1)."),
        ("a: {}\n", "The entry of `a` has no `:submitters:` (submission_metadata.yml:1)."),
        ("a:\n  :submitters: x\n", "`:submitters:` of `a` must be a list (submission_metadata.yml:2)."),
        (
            "a:\n  :submitters: []\na:\n  :submitters: []\n",
            "The folder `a` is there twice (submission_metadata.yml:4).",
        ),
        (
            f"{SUBMITTERS}  - Ana\n",
            "A submitter of `submission_1` must be a mapping of keys to values (submission_metadata.yml:3).",
        ),
        (
            f"{SUBMITTERS}  - :name: [Ana]\n",
            "`:name:` of a submitter must be text (submission_metadata.yml:3).",
        ),
        (
            f"{SUBMITTERS}  - :name: &a Ana\n  - :name: *a\n",
            "An alias, `*...`, is not read (submission_metadata.yml:4).",
        ),
        (
            f"{SUBMITTERS}  - :name: !ruby/object:User {{}}\n",
            "The tag `!ruby/object:User` is not read (submission_metadata.yml:3).",
        ),
        ("a: &x\n  :submitters: []\nb: *x\n", "An alias, `*...`, is not read (submission_metadata.yml:3)."),
        (
            "a:\n  :submitters: []\n---\nb: {}\n",
            "The file must be one YAML document; a second one begins (submission_metadata.yml:3).",
        ),
        (
            f"a:\n  :results: {'[' * 31}{']' * 31}\n  :submitters: []\n",
            "The value that begins here is nested more than 30 levels deep (submission_metadata.yml:2).",
        ),
        (
            "a:\n\t:submitters: []\n",
            f"{CANNOT} found character '\\t' that cannot start any token (submission_metadata.yml:2).",
        ),
        (
            "a: {b: [}\n",
            f"{CANNOT} expected the node content, but found '}}' (submission_metadata.yml:1).",
        ),
        (b"a: 1\nb: \xff\n", "The byte 0xFF is not UTF-8 (submission_metadata.yml:2)."),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, text: str | bytes, message: str) -> None:
    """The file and the line are named, and what to do."""
    with pytest.raises(UsageError) as caught:
        read_metadata(write(tmp_path, text))

    assert message == caught.value.message
    assert AGAIN == caught.value.hint


def test_a_character_that_is_not_yaml(tmp_path: Path) -> None:
    """The parser's own words for it are kept short and shown, not printed."""
    with pytest.raises(UsageError) as caught:
        read_metadata(write(tmp_path, "a: \x1b[2J\n"))

    assert caught.value.message.startswith("The YAML cannot be read: ")
    assert "\x1b" not in caught.value.message


def test_too_large_a_file(tmp_path: Path) -> None:
    """It is not read; both numbers are said."""
    with pytest.raises(UsageError) as caught:
        read_metadata(write(tmp_path, b"#" * (LARGEST + 1)))

    assert (
        "`submission_metadata.yml` has more than 8,388,608 bytes; at most that many are read."
        == caught.value.message
    )
    assert (
        "Take the parts `:results:` and `:history:` out of it, "
        "or say `--layout folders` to grade the folders without names."
    ) == caught.value.hint


@unless_root
def test_a_file_that_nobody_may_read(tmp_path: Path) -> None:
    """The reason is the system's."""
    path = write(tmp_path, "")
    path.chmod(0)

    with pytest.raises(UsageError, match=r"`submission_metadata.yml` cannot be read: Permission denied\."):
        read_metadata(path)


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("a: -\n[]{}&*!|>'\"#%:submitters:\\U\t,?"), max_size=60))
def test_any_text_is_read_or_refused(tmp_path_factory, text) -> None:
    """No other error comes out."""
    path = write(tmp_path_factory.getbasetemp(), text)

    try:
        found = read_metadata(path)
    except UsageError as error:
        assert error.message.endswith(").")  # noqa: PT017  (either is right)
    else:
        assert all(isinstance(people, tuple) for people in found.values())

"""What every step of reading a file knows, and its JSON; what is wrong with that is in `test_sentences`."""

import json

from hypothesis import given
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.measure.model.reading import LONGEST_SHOWN, MEBIBYTE, Limits, Reading, read_json, shown, start

READING = Reading("model.keras", Limits())


def test_notes_are_kept_once_and_are_bounded() -> None:
    """What was changed in ten layers is said once, in the order in which it was found, and never too much."""
    reading = start("model.keras", Limits(notes=2))
    for sentence in ("First.", "Second.", "First.", "Third."):
        reading.note(sentence)

    assert ["First.", "Second."] == reading.notes


def test_a_file_is_not_unpacked_beyond_what_its_weights_may_be() -> None:
    """All the weights that are read fit into the largest file, as float32."""
    most = Limits().of_rubric

    assert most.parameters * 4 <= most.model_file == 256 * MEBIBYTE


def test_any_value_can_stand_in_backticks() -> None:
    """It is one short line in which nothing acts and no backtick ends the name."""
    texts = ("dense", "a`b", "\x1b[31m", "two\nlines", "x" * 100, "")

    assert ["dense", "a'b", r"\x1b[31m", r"two\nlines", "x" * 77 + "...", ""] == list(map(shown, texts))
    assert ["7", "None", "[1, 'x']"] == list(map(shown, (7, None, [1, "x"])))


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_is_shown_is_short_and_harmless(text) -> None:
    """Lone surrogates and controls included."""
    found = shown(text)

    assert len(found) <= LONGEST_SHOWN
    assert found.isprintable() or set(found) & set("\u200c\u200d\u2028") or not found.isascii()
    assert "`" not in found
    assert found == found.encode().decode()


@given(
    st.dictionaries(
        st.text("abc"),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text("ab"), lambda part: st.lists(part, max_size=3)
        ),
        max_size=3,
    )
)
def test_plain_json_comes_back_as_it_was(value) -> None:
    """What is strict is read like any reader would."""
    assert value == read_json(READING, "It", json.dumps(value))


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_any_bytes_are_read_or_refused(content) -> None:
    """Nothing but a SubmissionError comes out."""
    try:
        result = read_json(READING, "It", content)
    except SubmissionError as error:
        result = {"refused": error.message}

    assert isinstance(result, dict)

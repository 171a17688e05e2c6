"""What nothing in a student's text may do at a sink."""

import csv
import io
import json
import re
import unicodedata

import pytest
from builders_reports import ANY_TEXT
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.messages.safe_text import (
    LONGEST_FILE_NAME,
    csv_cell,
    file_name,
    file_names,
    json_text,
    plain,
)

BIDIRECTIONAL = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.hostile_row(69)
@pytest.mark.parametrize(
    "text",
    [
        *("\x1b]0;title\x07", "a\r\n\tb\x00", "\x9b31m", "\u202egnp.exe\u2066"),
        *("\u2028\u200b\ufeff\uffff", "\ud800x\udcff", "\U000e0041"),
    ],
)
def test_hidden_characters_are_shown(text: str) -> None:
    """Controls, overrides and surrogates are spelt out as Python writes them."""
    assert ascii(text)[1:-1] == plain(text)


@pytest.mark.parametrize("text", ["Ana García 王小明", "\u0645\u06cc\u200c\u0634\u0648\u062f"])
def test_letters_of_any_script_stay(text: str) -> None:
    """With the joiners that some scripts need."""
    assert text == plain(text)


@settings(max_examples=150)
@given(ANY_TEXT)
def test_plain_text_has_nothing_that_acts(text) -> None:
    """Nothing in it is a control, a direction or a surrogate, and making it plain again changes nothing."""
    shown = plain(text)

    assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(letter) for letter in shown} & BIDIRECTIONAL
    assert shown.encode().decode() == shown
    assert plain(shown) == shown


@pytest.mark.hostile_row(69, 71)
def test_each_control_direction_and_surrogate_is_hidden() -> None:
    """The table of hidden characters leaves out none that Unicode calls so."""
    acting = [
        letter
        for letter in map(chr, range(0x110000))
        if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}
        or unicodedata.bidirectional(letter) in BIDIRECTIONAL
    ]

    assert len(acting) > 2000
    assert [] == [letter for letter in acting if plain(letter) == letter]


def test_a_long_text_is_cut() -> None:
    """It ends with three dots and is never longer than asked, however many escapes it needs."""
    assert "a" * 20 == plain("a" * 20, 20)
    assert "a" * 17 + "..." == plain("a" * 21, 20)
    assert r"\x1b\x1b\x1b\x1b\..." == plain("\x1b" * 10_000_000, 20)


@pytest.mark.hostile_row(66)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, text) for text in ("Ana", "a-b=c", "")),
        *((text, f"'{text}") for text in ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "  =1", '"=1"')),
        *((text, f"'{text}") for text in ("\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "\ufe661")),
        *(("\t=1", r"'\t=1"), ("\r=1", r"'\r=1"), ("\u200b=1", r"\u200b=1")),
        *(("x;=1", "x;'=1"), ('x; ""=1', 'x;\' ""=1')),
    ],
)
def test_a_cell_is_no_formula(text: str, expected: str) -> None:
    """What a spreadsheet would calculate, also after splitting at a semicolon, gets an apostrophe."""
    assert expected == csv_cell(text)


@pytest.mark.hostile_row(66)
@settings(max_examples=150)
@given(st.text(st.sampled_from("=+-@\uff1d;\"'\t\r\n ,a1"), max_size=12))
def test_no_cell_is_a_formula_wherever_it_is_split(text) -> None:
    """Read with a comma or a semicolon as the separator, no cell starts with what starts a formula."""
    page = io.StringIO()
    csv.writer(page).writerow([csv_cell(text), csv_cell(text)])

    for separator in ",;":
        rows = list(csv.reader(io.StringIO(page.getvalue(), newline=""), delimiter=separator))
        cells = [cell.strip() for row in rows for cell in row]
        assert [] == [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\uff1d", "\t", "\r"))]


@pytest.mark.parametrize("name", ["garcia", "Smith_John-2.v3", "00123", "_", "a" * LONGEST_FILE_NAME])
def test_a_good_file_name_stays(name: str) -> None:
    """A name of letters, digits, dots, hyphens and underscores is not changed."""
    assert name == file_name(name)


@pytest.mark.hostile_row(48)
@pytest.mark.parametrize(
    ("name", "stem"),
    [
        *(
            ("Ana García", "Ana_Garcia"),
            ("../../etc/passwd", "etc_passwd"),
            ("-rf", "rf"),
            ("--help", "help"),
        ),
        *((name, "submission") for name in ("..", "", "王小明", "\ud800\u202e")),
        *((".hidden", "hidden"), ("dot.", "dot"), ("con", "con"), ("NUL.txt", "NUL_txt")),
        *(("line\nbreak\x00", "line_break"), ("%s{0}", "s_0"), ("\U0001f600 smile", "smile")),
        ("a" * 300, "a" * (LONGEST_FILE_NAME - 9)),
    ],
)
def test_any_other_name_gets_a_slug_and_a_hash(name: str, stem: str) -> None:
    """What is kept of the name stands first, eight digits of its hash last."""
    assert re.fullmatch(f"{re.escape(stem)}-[0-9a-f]{{8}}", file_name(name))


@settings(max_examples=150)
@given(ANY_TEXT | st.sampled_from(["con.", "aux. txt", "LPT1.x y", "com\u00b9", "-", "._", "._-"]))
def test_a_file_name_is_good_everywhere(name) -> None:
    """It is short ASCII, no path, no option, no hidden file, no device; and it is its own file name."""
    chosen = file_name(name)

    assert chosen.isascii()
    assert not set(chosen) & set('/\\:*?"<>| ')
    assert 0 < len(chosen) <= LONGEST_FILE_NAME
    assert not chosen.startswith((".", "-"))
    assert not chosen.endswith(".")
    assert chosen.partition(".")[0].lower() not in {"con", "prn", "aux", "nul", "com1", "lpt1"}
    assert chosen == file_name(chosen)


def test_names_that_are_spelt_alike_stay_apart() -> None:
    """Two forms of one letter (NFC, NFD) are two names, so two students keep their own page."""
    assert ["Garcia-ec67bd8f", "Garcia-7d6709fa"] == [*map(file_name, ("Garc\u00eda", "Garci\u0301a"))]


@pytest.mark.hostile_row(48, 77)
def test_names_that_differ_in_case_stay_apart() -> None:
    """On a file system that ignores case the second, the repeated and the reserved get a hash."""
    names = file_names(["Alice", "alice", "alice", "bob", "grades.csv"], taken=["grades.csv"])

    assert ("Alice", "alice-2bd806c9", "alice-0aea20e0", "bob", "grades_csv-a71edd09") == names


@settings(max_examples=150)
@given(st.lists(st.text(st.sampled_from("aA\u00e1\uff21/ .-"), max_size=3), max_size=12))
def test_no_two_file_names_are_equal(names) -> None:
    """As many different names come out as went in, case ignored, and the same each time."""
    chosen = file_names(names)

    assert len(names) == len({name.casefold() for name in chosen})
    assert chosen == file_names(names)


def test_json_is_readable_and_hides_nothing() -> None:
    """Letters stay letters; what could act on a screen is a JSON escape; the value is kept."""
    text = json_text({"name": "José\x1b\x7f\x9b\u202e\U000e0041", "points": [1, 2.5, None, True]})

    assert (
        "{\n"
        r'  "name": "José\u001b\u007f\u009b\u202e\udb40\udc41",' + "\n"
        '  "points": [\n    1,\n    2.5,\n    null,\n    true\n  ]\n}\n'
    ) == text
    assert "José\x1b\x7f\x9b\u202e\U000e0041" == json.loads(text)["name"]


@pytest.mark.hostile_row(71)
def test_json_has_a_form_for_what_it_has_none_for() -> None:
    """NaN and infinity become null, a lone surrogate its visible escape, in keys as well."""
    text = json_text({"\ud800": [float("nan"), float("inf"), -float("inf")], "tuple": ("\udcff",)})

    assert {r"\ud800": [None, None, None], "tuple": [r"\udcff"]} == json.loads(text)

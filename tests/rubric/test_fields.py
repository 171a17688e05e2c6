"""The sentences about single fields."""

from pathlib import Path

import pytest
from builders_rubric import RUBRIC, mistakes, refusal

NUMBER_HINT = "Write a number without quotes and units: a share as 0.85, a decimal with a point."


@pytest.mark.hostile_row(64)
@pytest.mark.parametrize(
    ("written", "received"),
    [
        ("85%", "'85%'"),
        ('"2"', "'2'"),
        ("two", "'two'"),
        ("1,5", "'1,5'"),
        ("1_000", "'1_000'"),
        ("1:30", "'1:30'"),
        ("no", "'no'"),
        (".inf", "'.inf'"),
        (".nan", "'.nan'"),
        ("1e999", "'1e999'"),
    ],
)
def test_text_is_no_number(tmp_path: Path, written: str, received: str) -> None:
    """What looks like a number to a person but is text to YAML is refused with the way to write it."""
    error = refusal(tmp_path, RUBRIC.replace("2", written))

    assert error.message.endswith("hw.yaml:6)")
    assert error.message.startswith(f"`points` must be a number in [0, 1000000]. Received: {received} (")
    assert NUMBER_HINT == error.hint


@pytest.mark.hostile_row(65)
@pytest.mark.parametrize(
    ("written", "received"),
    [("true", "true"), ("-1", "-1"), ("1e308", "1e+308"), ("", "nothing"), ("[2]", "[2]")],
)
def test_no_number_of_points(tmp_path: Path, written: str, received: str) -> None:
    """A truth value, a negative number and a huge one are no points."""
    error = refusal(tmp_path, RUBRIC.replace("2", written))

    assert f"`points` must be a number in [0, 1000000]. Received: {received}" in error.message
    assert "" == error.hint


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "likeness: ignore",
            "`likeness` must be `review`, `note` or `off`. Received: 'ignore'",
        ),
        ("pass_at: 85", "`pass_at` must be a number in [0, 1]. Received: 85"),
        ("pass_at: 85%", "`pass_at` must be a number in [0, 1]. Received: '85%'"),
        ("rerun: {steps: 1.5}", "`steps` must be a whole number in [1, 100000]. Received: 1.5"),
        ("rerun: {batch_size: 0}", "`batch_size` must be a whole number in [1, 10000]. Received: 0"),
        ("rerun: {seed: true}", "`seed` must be a whole number in [0, 2147483648). Received: true"),
        ("rerun: {optimizer: {clipnorm: 0}}", "`clipnorm` must be a number above 0. Received: 0"),
        (
            "rerun: fast",
            (
                "`rerun` must be a mapping with keys from `optimizer`, `batch_size`, `steps` and `seed`. "
                "Received: 'fast'"
            ),
        ),
        ("probe:", "`probe` must be a mapping with keys from `batches`. Received: nothing"),
        ("limits: {seconds: 1 h}", "`seconds` must be a number in (0, 86400]. Received: '1 h'"),
        (
            "limits: {memory: 4}",
            "`memory` must be from 256 MiB to 8 EiB, with its unit, such as `4 GiB`. Received: 4",
        ),
        (
            "limits: {memory: 4 XB}",
            (
                "`memory` must be a number and a unit (B, KiB, MiB, GiB, MB, GB), such as "
                "`4 GiB`. Received: '4 XB'"
            ),
        ),
        (
            "files: {log: []}",
            "`log` must be a list of 1 to 50 entries, each text of at most 200 characters. Received: []",
        ),
        ("files: {log: [x, 3]}", "Entry 2 of `log` must be text of at most 200 characters. Received: 3"),
        (
            "files: {model: [../*.h5]}",
            (
                "Entry 1 of `model` must be a file pattern inside the submission, such as "
                "`*.keras` or `model/*.h5`. Received: '../*.h5'"
            ),
        ),
        (
            "files: {model: [/etc/passwd]}",
            (
                "Entry 1 of `model` must be a file pattern inside the submission, such as "
                "`*.keras` or `model/*.h5`. Received: '/etc/passwd'"
            ),
        ),
        ("data: 3", "`data` must be text of at most 1000 characters. Received: 3"),
    ],
)
def test_every_part_of_the_plan(tmp_path: Path, line: str, message: str) -> None:
    """The sentence has what must be and what was received, in the words of the field's own schema."""
    assert [f"{message} (hw.yaml:7)"] == mistakes(tmp_path, f"{RUBRIC}{line}\n")


def test_unknown_optimizer(tmp_path: Path) -> None:
    """The name must be the one in `keras.optimizers`."""
    (line,) = mistakes(tmp_path, f"{RUBRIC}rerun:\n  optimizer: {{name: adam}}\n")

    assert line.startswith("`name` must be `Adadelta`, `Adagrad`, `Adam`, `Adamax`")
    assert line.endswith("or `SGD`. Received: 'adam' (hw.yaml:8)")


def test_two_ways_to_clip(tmp_path: Path) -> None:
    """Keras takes one of the three."""
    expected = [
        (
            "`optimizer` must have at most one of `clipnorm`, `global_clipnorm` and `clipvalue`. "
            "Received: {clipnorm: 1, clipvalue: 2} (hw.yaml:8)"
        )
    ]
    assert expected == mistakes(tmp_path, f"{RUBRIC}rerun:\n  optimizer: {{clipnorm: 1.0, clipvalue: 2}}\n")


@pytest.mark.hostile_row(65)
def test_unknown_keys(tmp_path: Path) -> None:
    """The nearest key is offered, and where none is near, the list of keys."""
    keys = (
        "`data`, `files`, `limits`, `rerun`, `probe`, `version`, `title`, `pass_at`, `likeness`, `language`"
    )
    text = f"{RUBRIC}titel: x\nrerun: {{step: 3, zzz: 1}}\nauthor: me\n"

    expected = [
        "Unknown key `titel`; did you mean `title`? (hw.yaml:7)",
        "Unknown key `step`; did you mean `steps`? (hw.yaml:8)",
        "Unknown key `zzz`; `rerun` has the keys `optimizer`, `batch_size`, `steps` and `seed`. (hw.yaml:8)",
        f"Unknown key `author`; a rubric has the keys {keys} and `items`. (hw.yaml:9)",
    ]
    assert expected == mistakes(tmp_path, text)


def test_parameters_of_a_check(tmp_path: Path) -> None:
    """A check's parameters are held to the fields of its class."""
    text = RUBRIC.replace("{cap: 1.0}", "{cap: 0, toleranc: 1e-5, scope: globl}")

    expected = {
        "`cap` must be a number above 0. Received: 0 (hw.yaml:4)",
        "`scope` must be `variable` or `global`. Received: 'globl' (hw.yaml:4)",
        "Unknown key `toleranc`; did you mean `tolerance`? (hw.yaml:4)",
    }
    assert expected == set(mistakes(tmp_path, text))


def test_missing_keys(tmp_path: Path) -> None:
    """What must be there is said with what it must be, at the line of what lacks it."""
    text = "title: Homework\nitems:\n- hidden_layers:\n  title: Hidden layers\n"

    expected = [
        "The rubric must have `version`, `1` (hw.yaml:1)",
        "Entry 1 of `items` must have `points`, a number in [0, 1000000] (hw.yaml:3)",
        (
            "`hidden_layers` must have `units`, a list of at least 1 entry, each a whole number above 0 "
            "(hw.yaml:3)"
        ),
    ]
    assert expected == mistakes(tmp_path, text)


def test_text_that_reads_as_a_number(tmp_path: Path) -> None:
    """A title of digits needs quotes, and the hint says so."""
    error = refusal(tmp_path, RUBRIC.replace("Homework", "111"))

    assert "`title` must be text of 1 to 200 characters. Received: 111" in error.message
    assert "Put text that reads as a number, or as `true` or `false`, in quotes." == error.hint


def test_word_instead_of_a_list(tmp_path: Path) -> None:
    """One required item is a list of one."""
    error = refusal(tmp_path, f"{RUBRIC}  requires: other\n")

    assert "`requires` must be a list, each text. Received: 'other'" in error.message
    assert "Write a list in brackets, even with one entry." == error.hint


@pytest.mark.parametrize("written", ["My id", "ä", "A", "''", '"a\\nb"', "x" * 61])
def test_form_of_an_id(tmp_path: Path, written: str) -> None:
    """An id is a column of a table and a name in `requires`."""
    (line,) = mistakes(tmp_path, f"{RUBRIC}  id: {written}\n")

    assert line.startswith("`id` must be text of the form `[a-z0-9_]+` of at most 60 characters. Received: ")


@pytest.mark.parametrize(("items", "received"), [("[]", "[]"), ("{a: 1}", "{a: 1}"), ("none", "'none'")])
def test_items_are_a_list(tmp_path: Path, items: str, received: str) -> None:
    """A rubric without items asks for nothing."""
    expected = [
        f"`items` must be a list of 1 to 200 entries, each a mapping. Received: {received} (hw.yaml:3)"
    ]
    assert expected == mistakes(tmp_path, f"version: 1\ntitle: x\nitems: {items}\n")


def test_too_many_items(tmp_path: Path) -> None:
    """A list that is too long is counted, not shown."""
    items = "".join(
        f"- log_is_complete:\n  id: item_{number}\n  title: x\n  points: 1\n" for number in range(201)
    )

    expected = [
        "`items` must be a list of 1 to 200 entries, each a mapping. Received: 201 entries (hw.yaml:3)"
    ]
    assert expected == mistakes(tmp_path, f"version: 1\ntitle: x\nitems:\n{items}")


def test_items_are_mappings(tmp_path: Path) -> None:
    """An item that is a word has its number."""
    expected = [
        "Entry 1 of `items` must be a mapping. Received: 'a' (hw.yaml:4)",
        "Entry 2 of `items` must be a mapping. Received: 3 (hw.yaml:5)",
    ]
    assert expected == mistakes(tmp_path, "version: 1\ntitle: x\nitems:\n- a\n- 3\n")


def test_another_version(tmp_path: Path) -> None:
    """A rubric of a later form is not guessed at."""
    expected = ["`version` must be `1`. Received: 2 (hw.yaml:1)"]
    assert expected == mistakes(tmp_path, RUBRIC.replace("version: 1", "version: 2"))

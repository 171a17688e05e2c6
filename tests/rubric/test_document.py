"""A YAML file as data with lines, and what YAML may not do in a rubric."""

from pathlib import Path

import pytest
from builders_rubric import RUBRIC, a_file, mistakes, refusal

from grader.rubric.document import read_document

NO_REFERENCES = "A rubric must have no anchors, aliases or tags. Received:"


def test_values_and_lines(tmp_path: Path) -> None:
    """Every value is plain data and has the line on which it begins."""
    document = read_document(
        a_file(tmp_path, "# first\na: 1\nb:\n  - {c: no}\n  - d: '2'\n    e: [3,\n      4]\n")
    )

    assert {"a": 1, "b": ({"c": "no"}, {"d": "2", "e": (3, 4)})} == document.content
    assert 2 == document.line(("a",))
    assert 3 == document.line(("b",))
    assert 4 == document.line(("b", 0, "c"))
    assert 5 == document.line(("b", 1, "d"))
    assert 7 == document.line(("b", 1, "e", 1))
    assert 5 == document.line(("b", 1, "missing", 0))


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "null"])
def test_empty(tmp_path: Path, text: str) -> None:
    """A file that says nothing is called empty."""
    expected = ["The rubric is empty; it must have `version`, `title` and `items` (hw.yaml:1)"]
    assert expected == mistakes(tmp_path, text)


@pytest.mark.parametrize(("text", "received"), [("- a\n- 2\n", "[a, 2]"), ("no", "'no'"), ("3", "3")])
def test_top_is_a_mapping(tmp_path: Path, text: str, received: str) -> None:
    """A list or a word at the top is shown."""
    expected = [f"A rubric must be a mapping of keys to values. Received: {received} (hw.yaml:1)"]
    assert expected == mistakes(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version: 1\ntitle: a: b\n", "mapping values are not allowed here. (hw.yaml:2)"),
        ("version: 1\n\ttitle: a\n", "found character '\\t' that cannot start any token. (hw.yaml:2)"),
        ("items: [1, 2\n", "expected ',' or ']', but got '<stream end>'"),
        (
            "version: 1\ntitle: 'a\n\n",
            "found unexpected end of stream while scanning a quoted scalar that begins on line 2.",
        ),
    ],
)
def test_what_is_not_yaml(tmp_path: Path, text: str, message: str) -> None:
    """The parser's reason is passed on with the line, and where the trouble began."""
    (line,) = mistakes(tmp_path, text)

    assert line.startswith(f"The YAML cannot be read here: {message}")


def test_what_is_not_yaml_has_a_hint(tmp_path: Path) -> None:
    """The usual two causes are named."""
    hint = "Put text that has a colon, a `#` or a quote in quotes, and indent with spaces only."
    assert hint == refusal(tmp_path, "title: a: b").hint


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('version: 1\ntitle: "\\U00110000"\n', "chr() arg not in range(0x110000)"),
        ("%YAML 1.9\n---\nversion: 1\n", "version minor part can only be 2 or 1, got (1, 9)"),
    ],
)
def test_errors_that_the_parser_lets_through(tmp_path: Path, text: str, reason: str) -> None:
    """An error of Python inside the parser is no traceback."""
    (line,) = mistakes(tmp_path, text)

    assert line.startswith(f"The YAML cannot be read behind this line: {reason}. (hw.yaml:")


@pytest.mark.hostile_row(63, 64)
@pytest.mark.parametrize(
    ("text", "received"),
    [
        ("a: &x 1\n", "the anchor `&x`"),
        ("&x a: 1\n", "the anchor `&x`"),
        ("a: *x\n", "the alias `*x`"),
        ("a: !foo 1\n", "the tag `!foo`"),
        ("a: !!int '1'\n", "the tag `!!int`"),
        ("a: !!python/object/apply:os.system [ls]\n", "the tag `!!python/object/apply:os.system`"),
    ],
)
def test_anchors_aliases_and_tags_are_refused(tmp_path: Path, text: str, received: str) -> None:
    """Nothing in a rubric is built, copied or referred to."""
    document = read_document(a_file(tmp_path, text))

    assert f"{NO_REFERENCES} {received}" == document.mistakes[0].message
    assert "Write each value out where it is used." == document.mistakes[0].hint


@pytest.mark.hostile_row(64)
def test_alias_that_holds_itself(tmp_path: Path) -> None:
    """A value that refers to itself is refused once for each mark."""
    document = read_document(a_file(tmp_path, "a: &x [*x]\n"))

    assert ["the anchor `&x`", "the alias `*x`"] == [
        mistake.message.removeprefix(f"{NO_REFERENCES} ") for mistake in document.mistakes
    ]


@pytest.mark.hostile_row(63)
def test_alias_bomb_costs_nothing(tmp_path: Path) -> None:
    """Ten lists of ten aliases each are 100 words to read, not ten billion."""
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 11))]

    document = read_document(a_file(tmp_path, "\n".join(lines)))

    assert 111 == len(document.mistakes)


def test_mistake_is_not_told_twice(tmp_path: Path) -> None:
    """What follows from a value that could not be read is left out."""
    expected = [f"{NO_REFERENCES} the alias `*x` (hw.yaml:4)"]
    assert expected == mistakes(tmp_path, RUBRIC.replace("1.0", "*x"))


@pytest.mark.hostile_row(64)
@pytest.mark.parametrize("text", ["[" * 3000, "{a: " * 3000, "a: " + "[1, " * 3000, "- " * 3000])
def test_deep_nesting_is_refused(tmp_path: Path, text: str) -> None:
    """Depth is refused as it is read, whatever the file still holds."""
    expected = ["A rubric must be nested at most 12 levels deep. Received: more (hw.yaml:1)"]
    assert expected == mistakes(tmp_path, text)


@pytest.mark.hostile_row(64)
def test_duplicate_keys_are_named_with_both_lines(tmp_path: Path) -> None:
    """The second value does not silently win."""
    text = RUBRIC + "  points: 3\ntitle: Again\n"

    expected = [
        "The key `points` must stand once. Received: a second one; the first is on line 6 (hw.yaml:7)",
        "The key `title` must stand once. Received: a second one; the first is on line 2 (hw.yaml:8)",
    ]
    assert expected == mistakes(tmp_path, text)


@pytest.mark.hostile_row(65)
@pytest.mark.parametrize(
    ("text", "received"),
    [("? [a]\n: 1\n", "a list"), ("points: {{points}}\n", "a mapping"), ("a: &x 1\n*x : 2\n", "an alias")],
)
def test_keys_are_words(tmp_path: Path, text: str, received: str) -> None:
    """A key that is itself a collection, such as the `{{...}}` of a template, is refused."""
    assert mistakes(tmp_path, text)[-1].startswith(f"A key must be a word. Received: {received} (hw.yaml:")


def test_second_document_is_refused(tmp_path: Path) -> None:
    """One file is one rubric."""
    expected = ["A rubric must be one YAML document. Received: a second one (hw.yaml:7)"]
    assert expected == mistakes(tmp_path, RUBRIC + "---\nversion: 1\n")

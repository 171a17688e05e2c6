"""Reading `submission.yaml`."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.measure.declaration import read_declaration

modest = settings(max_examples=200, deadline=None)

FORM = (
    'Write it as `name: Your Name`, `id: "12345"` and, if needed, '
    "`norm: {column: grad_norm, scope: global, stage: after}`."
)
UNREADABLE = "`submission.yaml` cannot be read; it must be plain YAML in UTF-8."
NO_KEYS = "`submission.yaml` must have the keys `name`, `id` and `norm`; it has none."
KEYS = "`submission.yaml` may have the keys `name`, `id` and `norm`. Received: "
NORM_KEYS = "`norm` in `submission.yaml` may have the keys `column`, `scope` and `stage`. Received: "
WHOLE = b"""\
name: Ana Garc\xc3\xada
id: "0012345"
norm:
  column: grad_norm
  scope: global
  stage: after
"""


def refusal(content: bytes) -> tuple[str, str]:
    """The sentence and the hint with which a file is refused."""
    with pytest.raises(SubmissionError) as caught:
        read_declaration(content)
    return str(caught.value.message), str(caught.value.hint)


def test_a_whole_declaration() -> None:
    """Each key has its place."""
    assert Declaration(
        name="Ana García", id="0012345", norm_column="grad_norm", norm_scope="global", norm_stage="after"
    ) == read_declaration(WHOLE)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"name: Ana", Declaration(name="Ana")),
        (b"\xef\xbb\xbfname: Ana\r\nid: a1\r\n", Declaration(name="Ana", id="a1")),
        (b"id: 0012345", Declaration(id="0012345")),
        (b"id: 1_000", Declaration(id="1_000")),
        (b"id: 1e5", Declaration(id="1e5")),
        (b"id: 2024-01-31", Declaration(id="2024-01-31")),
        (b"id: 0x" + b"f" * 10_000, Declaration(id="0x" + "f" * 295 + "...")),
        (b"name: Null", Declaration(name="Null")),
        (b"name: true", Declaration(name="true")),
        (b"name:\nid:\nnorm:\n", Declaration()),
        (b"norm: null", Declaration()),
        (b"norm: ~", Declaration()),
        (b"norm: {}", Declaration()),
        (b"norm: {scope: null, stage: ~, column: }", Declaration()),
        (b"norm: {scope: variable, stage: before}", Declaration(norm_scope="variable", norm_stage="before")),
        (b"name: '\xe7\x8e\x8b \xf0\x9f\x98\x80'", Declaration(name="王 \U0001f600")),
        (b"--- {name: Ana}", Declaration(name="Ana")),
    ],
)
def test_what_a_student_may_write(content: bytes, expected: Declaration) -> None:
    """Every part may be left out, and an id is the text that was written, with its zeros."""
    assert expected == read_declaration(content)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (rb'name: "\ud800\e[2J\0"', r"\ud800\x1b[2J\x00"),
        (b"name: a\xe2\x80\xaeb", r"a\u202eb"),
        (b"name: " + b"x" * 400, "x" * 297 + "..."),
    ],
)
def test_words_are_made_safe(content: bytes, expected: str) -> None:
    """What acts is shown, what is long is cut, and the result travels as JSON."""
    declaration = read_declaration(content)

    assert expected == declaration.name
    assert declaration == Declaration.model_validate_json(declaration.model_dump_json())


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"name: Garc\xeda",
        b"name: [Ana",
        b"name: Ana\nname: Bob",
        b"name: a: b",
        b"name: \x00",
        b"name: Ana\n--- \nname: Bob",
        b"a: &x [Ana]\nname: *x",
        b"name: *missing",
        b"? {a: b}\n: c",
        b"[" * 400,
        b"- " * 1000,
        b"{a: " * 400,
        b"\n".join(b"k%d: v" % number for number in range(1000)),
    ],
)
def test_what_cannot_be_read(content: bytes) -> None:
    """Not UTF-8, not YAML, a key twice, an alias, two documents, nesting without end."""
    assert (UNREADABLE, FORM) == refusal(content)


def test_an_alias_bomb_is_not_built() -> None:
    """Nine lines that would be a thousand million names."""
    lines = [b"a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [b"%c: &%c [%s]" % (98 + at, 98 + at, b", ".join([b"*%c" % (97 + at)] * 10)) for at in range(8)]

    assert (UNREADABLE, FORM) == refusal(b"\n".join(lines))


@pytest.mark.parametrize("content", [b"", b"# name: Ana\n", b"Ana", b"- name: Ana", b"[]", b"---\n", b"42"])
def test_what_has_no_keys(content: bytes) -> None:
    """An empty file, a bare word, a list."""
    assert (NO_KEYS, FORM) == refusal(content)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"nombre: Ana", KEYS + "`nombre`."),
        (b"Name: Ana", KEYS + "`Name`."),
        (b'"\\e[2J`": Ana', KEYS + r"`\x1b[2J'`."),
        (b"<<: {name: Ana}", KEYS + "`<<`."),
        (b"? [a, b]\n: c", KEYS + "`('a', 'b')`."),
        (b"x" * 200 + b": 1", KEYS + "`" + "x" * 57 + "...`."),
        (b"norm: {size: 1}", NORM_KEYS + "`size`."),
        (b"norm: {Scope: global}", NORM_KEYS + "`Scope`."),
        (
            b"norm: grad_norm",
            "`norm` in `submission.yaml` must have the keys `column`, `scope` and `stage`; it has none.",
        ),
        (
            b"norm: [global]",
            "`norm` in `submission.yaml` must have the keys `column`, `scope` and `stage`; it has none.",
        ),
        (b"name: [Ana, Bob]", "`name` in `submission.yaml` must be text."),
        (b"id: {a: b}", "`id` in `submission.yaml` must be text."),
        (b"norm: {column: [a]}", "`column` in `submission.yaml` must be text."),
        (
            b"norm: {scope: Global}",
            "`scope` in `submission.yaml` must be `variable` or `global`. Received: `Global`.",
        ),
        (
            b"norm: {scope: [global]}",
            "`scope` in `submission.yaml` must be `variable` or `global`. Received: `['global']`.",
        ),
        (
            b'norm: {stage: "during\\x9b"}',
            "`stage` in `submission.yaml` must be `before` or `after`. Received: `during\\x9b`.",
        ),
    ],
)
def test_what_is_not_understood(content: bytes, expected: str) -> None:
    """The sentence has what was received and what there is to choose from."""
    assert (expected, FORM) == refusal(content)


def test_tags_do_nothing() -> None:
    """A tag for which some YAML readers call a function is no more than the text behind it."""
    assert Declaration(name="x") == read_declaration(b"name: !!python/name:os.system x")
    message, _ = refusal(b"name: !!python/object/apply:os.system [x]")
    assert "`name` in `submission.yaml` must be text." == message


WORDS = [
    "name",
    "id",
    "norm",
    "scope",
    "1",
    "~",
    "<<",
    "\\ud800",
    "%YAML 9.9\n",
    "---\n",
    "...\n",
    "!!int ",
    "!x ",
]
MARKS = [
    ": ",
    ":",
    "\n",
    "  ",
    "\t",
    "- ",
    "? ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    '"',
    "'",
    "&a ",
    "*a",
    "|\n",
    ">\n",
    "#",
]
YAML_LIKE = st.lists(st.sampled_from(WORDS + MARKS), max_size=25).map(lambda pieces: "".join(pieces).encode())


@modest
@given(st.one_of(st.binary(max_size=60), YAML_LIKE))
def test_any_bytes(content) -> None:
    """Whatever it is, it is a declaration that travels as JSON, or a SubmissionError."""
    with contextlib.suppress(SubmissionError):
        declaration = read_declaration(content)

        assert declaration == Declaration.model_validate_json(declaration.model_dump_json())


@modest
@given(st.integers(0, len(WHOLE)), st.binary(max_size=4))
def test_any_damage(at, inserted) -> None:
    """A declaration with bytes in its way is read, or a SubmissionError."""
    with contextlib.suppress(SubmissionError):
        read_declaration(WHOLE[:at] + inserted + WHOLE[at + len(inserted) :])

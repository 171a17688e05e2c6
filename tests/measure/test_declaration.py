"""Reading `submission.yaml`; what is refused is in `test_sentences`."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.measure.declaration import read_declaration

WHOLE = b"""\
name: Ana Garc\xc3\xada
id: "0012345"
norm:
  column: grad_norm
  scope: global
  stage: after
"""


# What is written as the name, or as the id, and what is read.
NAMES = {
    "Null": "Null",
    "true": "true",
    "'王 \U0001f600'": "王 \U0001f600",
    # What acts is shown, what is long is cut.
    r'"\ud800\e[2J\0"': r"\ud800\x1b[2J\x00",
    "a\u202eb": r"a\u202eb",
    "x" * 400: "x" * 297 + "...",
    # For this tag some YAML readers call a function.
    "!!python/name:os.system x": "x",
}
IDS = {"0012345": "0012345", "1_000": "1_000", "1e5": "1e5", "2024-01-31": "2024-01-31"}
IDS["0x" + "f" * 10_000] = "0x" + "f" * 295 + "..."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            WHOLE,
            Declaration(
                name="Ana García",
                id="0012345",
                norm_column="grad_norm",
                norm_scope="global",
                norm_stage="after",
            ),
        ),
        *((f"name: {written}".encode(), Declaration(name=read)) for written, read in NAMES.items()),
        *((f"id: {written}".encode(), Declaration(id=read)) for written, read in IDS.items()),
        (b"\xef\xbb\xbfname: Ana\r\nid: a1\r\n", Declaration(name="Ana", id="a1")),
        *((content, Declaration(name="Ana")) for content in (b"name: Ana", b"--- {name: Ana}")),
        *((content, Declaration()) for content in (b"name:\nid:\nnorm:\n", b"norm: null", b"norm: ~")),
        *((content, Declaration()) for content in (b"norm: {}", b"norm: {scope: null, stage: ~, column: }")),
        (b"norm: {scope: variable, stage: before}", Declaration(norm_scope="variable", norm_stage="before")),
    ],
)
def test_what_a_student_may_write(content: bytes, expected: Declaration) -> None:
    """Every part may be left out, an id is the text that was written, and the result travels as JSON."""
    assert expected == read_declaration(content)
    assert expected == Declaration.model_validate_json(expected.model_dump_json())


YAML = (
    *("name", "id", "norm", "scope", "1", "~", "<<", "\\ud800", "%YAML 9.9\n", "---\n", "...\n", "!!int "),
    *("!x ", ": ", ":", "\n", "  ", "\t", "- ", "? ", "{", "}", "[", "]", ", ", '"', "'", "&a ", "*a"),
    *("|\n", ">\n", "#"),
)
YAML_LIKE = st.lists(st.sampled_from(YAML), max_size=25).map(lambda pieces: "".join(pieces).encode())


@given(st.one_of(st.binary(max_size=60), YAML_LIKE))
def test_any_bytes(content) -> None:
    """Whatever it is, it is a declaration that travels as JSON, or a SubmissionError."""
    with contextlib.suppress(SubmissionError):
        declaration = read_declaration(content)

        assert declaration == Declaration.model_validate_json(declaration.model_dump_json())


@given(st.integers(0, len(WHOLE)), st.binary(max_size=4))
def test_any_damage(at, inserted) -> None:
    """A declaration with bytes in its way is read, or a SubmissionError."""
    with contextlib.suppress(SubmissionError):
        read_declaration(WHOLE[:at] + inserted + WHOLE[at + len(inserted) :])

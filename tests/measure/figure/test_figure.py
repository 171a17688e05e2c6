"""Tests of `grader.measure.figure`: a figure is told by its first bytes, whatever its name is."""

import pytest
from builders_figures import a_figure
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.evidence.figure import Figure
from grader.measure.figure.read import read
from grader.rubric import Limits

FORMS = {"png": a_figure("png"), "jpeg": a_figure("jpeg")}


def read_figure(name: str, content: bytes) -> Figure:
    return read(name, content, Declaration(), Limits())


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_read(form: str) -> None:
    """Also if it is named like another one."""
    assert form == read_figure("norms.dat", FORMS[form]).form


@pytest.mark.parametrize(
    "content",
    [
        b"",
        a_figure("svg"),
        a_figure("pdf"),
        b"%PDF-1.4 damaged",
        b"GIF89a",
        b"BM",
        b"RIFF....WEBP",
        b"II*\x00",
        b"#!/bin/sh",
        b"\x00" * 99,
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    """With the name of the file alone."""
    with pytest.raises(SubmissionError) as caught:
        read_figure("plots/norms.png", content)

    assert "`norms.png` is no PNG or JPEG, and no other pictures are read." == str(caught.value.message)
    assert (
        'Save the figure as a PNG, for example with `plt.savefig("norms.png")`, and hand in that file.'
    ) == str(caught.value.hint)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(FORMS)), st.integers(0, 10**6), st.binary(min_size=1, max_size=8), st.booleans())
def test_no_damage_is_more_than_a_refusal(form: str, place: int, noise: bytes, cut: bool) -> None:
    """A figure with other bytes in it, or without its end, is read or refused."""
    content = FORMS[form]
    place %= len(content)
    damaged = content[:place] if cut else content[:place] + noise + content[place + len(noise) :]
    try:
        figure = read_figure("norms", damaged)
    except SubmissionError as error:
        assert str(error.message).startswith("`norms` ")  # noqa: PT017  (either is right)
    else:
        assert figure.form in FORMS

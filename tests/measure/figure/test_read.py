"""Figures: told by their first bytes, decoded within limits, described, and made small."""

import base64
import io
from functools import partial

import pytest
from builders_figures import a_figure, a_png_that_says, pixels, written
from builders_golden import refusal_of, said
from builders_notebooks import Raw, code, notebook, picture
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.evidence.figure import Figure
from grader.measure.figure.read import LARGEST_SMALL, read
from grader.rubric import Files, Plan

FORMS = {"png": a_figure("png"), "jpeg": a_figure("jpeg")}
# What is damaged is small: each is decoded.
SMALL = {form: written(pixels(FORMS["png"]).resize((160, 120)), form) for form in FORMS}


def read_figure(name: str, content: bytes) -> Figure:
    return read(name, content, Declaration(), Plan())


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_read(form: str) -> None:
    """Also if it is named like another one."""
    assert form == read_figure("norms.dat", FORMS[form]).form


@given(st.sampled_from(list(FORMS)), st.integers(0, 10**6), st.binary(min_size=1, max_size=8), st.booleans())
def test_no_damage_is_more_than_a_refusal(form: str, place: int, noise: bytes, cut: bool) -> None:
    """A figure with other bytes in it, or without its end, is read or refused."""
    content = SMALL[form]
    place %= len(content)
    damaged = content[:place] if cut else content[:place] + noise + content[place + len(noise) :]
    try:
        figure = read_figure("norms", damaged)
    except SubmissionError as error:
        assert str(error.message).startswith("`norms` ")  # noqa: PT017  (either is right)
    else:
        assert figure.form in FORMS


FIGURE = a_figure()
# Of too many pixels, the head of the file is enough.
REFUSED = {
    "another file": [
        *(b"", a_figure("svg"), a_figure("pdf"), b"%PDF-1.4 damaged", b"GIF89a", b"BM", b"RIFF....WEBP"),
        *(b"II*\x00", b"#!/bin/sh", b"\x00" * 99),
    ],
    "too large": [a_png_that_says(side, side) for side in (8000, 20_000, 2**31 - 1)],
    "damaged": [FIGURE[:5000], FIGURE[:8], a_png_that_says(10, 10), a_png_that_says(0, 0)],
}


def shown(small: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(small.partition(",")[2])))


def test_a_figure() -> None:
    """Its size, how much is drawn, and its hashes."""
    figure = read_figure("norms.png", FIGURE)

    assert ("png", 640, 480) == (figure.form, figure.width, figure.height)
    assert figure.ink is not None
    assert 0.02 < figure.ink < 0.5
    assert 64 == len(figure.pixels)
    assert (figure.pixels, figure.small) == (figure.identity, figure.picture)


def test_the_same_picture_in_another_file() -> None:
    """Its pixels are the same, and its bytes are not."""
    again = written(pixels(FIGURE), "PNG", compress_level=1)

    assert again != FIGURE
    assert read_figure("a", FIGURE).pixels == read_figure("a", again).pixels
    assert read_figure("a", FIGURE).pixels != read_figure("a", a_figure(seed=2)).pixels


@pytest.mark.parametrize(
    "content",
    [
        a_figure(curve=False, axes=False),
        *(
            written(Image.new("RGB", (300, 200), colour), "PNG")
            for colour in ("black", "white", (12, 200, 7))
        ),
        written(Image.new("RGBA", (300, 200), (0, 0, 0, 0)), "PNG"),
    ],
)
def test_one_colour_is_nothing(content: bytes) -> None:
    """Whichever it is; what is transparent is white, however black it would be."""
    assert 0.0 == read_figure("a", content).ink


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_pixel(mode: str) -> None:
    """Bits, grey, palettes, transparency and deep grey."""
    assert "png" == read_figure("a", written(Image.new(mode, (40, 30)), "PNG")).form


def test_the_small_copy_is_ours() -> None:
    """It is decoded and written anew, so nothing but pixels is left of the student's file."""
    small = read_figure("a", FIGURE).small

    assert small.startswith("data:image/png;base64,")
    assert (640, 480) == shown(small).size
    assert b"Software" not in base64.b64decode(small.partition(",")[2])


def test_the_small_copy_of_noise() -> None:
    """What cannot be made small as a PNG becomes a JPEG, and smaller until it fits."""
    noise = Image.effect_noise((3000, 2000), 120).convert("RGB")
    small = read_figure("a", written(noise, "JPEG", quality=95)).small

    assert small.startswith("data:image/jpeg;base64,")
    assert len(base64.b64decode(small.partition(",")[2])) <= LARGEST_SMALL


@pytest.mark.hostile_row(32)
@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused(kind: str) -> None:
    """Each with a sentence and a hint, which name the file without its folder."""
    told = [refusal_of(partial(read_figure, "plots/norms.png", content)) for content in REFUSED[kind]]

    for refusal in dict.fromkeys(told):
        said(*refusal)


TAKEN = Plan(files=Files(figure=("*.png", "*.ipynb")))
BLANK = written(Image.new("RGB", (300, 200), "white"), "PNG")


def figure_in(*cells: Raw, plan: Plan = TAKEN) -> Figure:
    return read("hw/homework.ipynb", notebook(*cells), Declaration(), plan)


def test_the_figure_of_a_notebook() -> None:
    """The last in which something is to be seen, or a blank one; the report says of which cell it is."""
    curve = code("plot", picture(FIGURE))

    found = figure_in(code("x"), curve, code("blank", picture(BLANK)))
    assert (2, "") == (found.cell, found.identity)
    assert 0.0 == figure_in(code("blank", picture(BLANK), picture(b"GIF89a"))).ink
    said(*figure_in(curve).remarks)


@pytest.mark.hostile_row(150)
@pytest.mark.parametrize(
    ("cells", "plan"),
    [
        ([code("x")], TAKEN),
        ([code("x", picture(a_png_that_says(20_000, 20_000)))], TAKEN),
        ([code("plot", picture(FIGURE))], Plan(files=Files(figure=("*.png",)))),
    ],
    ids=["none", "too large", "not taken"],
)
def test_a_notebook_without_a_figure(cells: list[Raw], plan: Plan) -> None:
    """It is refused with what to do; so is any notebook that the rubric's patterns do not name."""
    said(*refusal_of(lambda: figure_in(*cells, plan=plan)))

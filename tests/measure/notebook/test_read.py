"""Notebooks: read as data, within limits, and brought to one form."""

import json
import time
from functools import partial

import pytest
from builders_figures import a_figure, a_png_that_says
from builders_golden import refusal_of, said
from builders_notebooks import (
    cell_of,
    code,
    counted,
    error,
    notebook,
    old_notebook,
    picture,
    read_notebook,
    result,
    stream,
    text,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.evidence.notebook import LONGEST_SHOWN, LONGEST_SHOWN_TOGETHER, MOST_PICTURES, Notebook
from grader.measure.notebook.terminal import as_shown

HTML = "<script>alert(1)</script>"
WHOLE = notebook(
    text("# Homework\n\nSome words."),
    *counted(
        code("import keras", stream("Num GPUs: 0\n", "stderr")),
        code("", tags=["solution"]),
        code("model.fit(x)", stream(["Epoch 1/2\n", "loss: 0.5\n"]), result("0.91"), tags=["training"]),
        code("1 / 0", error("ZeroDivisionError", "division by zero", "\x1b[0;31mTraceback\x1b[0m")),
        code("plt.show()", picture(a_figure())),
    ),
)


def test_a_notebook() -> None:
    """Each cell has its place, its count, its tags, its heading, and what its outputs show."""
    found = read_notebook(WHOLE)

    assert "4.5" == found.version
    assert [1, 2, 3, 4, 5, 6] == [cell.number for cell in found.cells]
    assert [None, 1, None, 2, 3, 4] == [cell.count for cell in found.cells]
    assert ["training"] == [*found.cells[3].tags]
    assert {("Homework",)} == {cell.headings for cell in found.cells}
    assert ["Num GPUs: 0", "", "Epoch 1/2\nloss: 0.5\n0.91"] == [cell.shows for cell in found.cells[1:4]]
    assert ("ZeroDivisionError", "division by zero") == (found.cells[4].error, found.cells[4].error_says)
    assert [(640, 480)] == [(one.width, one.height) for one in found.cells[5].pictures]
    assert "plt.show()" == found.cells[5].begins


def test_a_notebook_travels_whole() -> None:
    """It is equal after the way through JSON."""
    found = read_notebook(WHOLE)

    assert found == Notebook.model_validate_json(found.model_dump_json())


def test_version_3() -> None:
    """Worksheets, headings as cells of their own, and outputs of older names are brought to the form of 4."""
    found = read_notebook(
        old_notebook(
            {"cell_type": "heading", "level": 2, "source": ["Exercise 1"], "metadata": {}},
            {
                "cell_type": "code",
                "input": ["print(1)\n", "2"],
                "prompt_number": 1,
                "language": "python",
                "outputs": [
                    {"output_type": "stream", "stream": "stdout", "text": ["1\n"]},
                    {"output_type": "pyout", "prompt_number": 1, "text": ["2"]},
                    {"output_type": "display_data", "png": picture(a_figure())["data"]["image/png"]},
                    {"output_type": "pyerr", "ename": "E", "evalue": "no", "traceback": []},
                ],
            },
        )
    )

    cell = found.cells[1]
    assert ("3.0", ("Exercise 1",), 1, "1\n2", "E") == (
        *(found.version, cell.headings, cell.count, cell.shows, cell.error),
    )
    assert 1 == len(cell.pictures)


@pytest.mark.parametrize(
    ("metadata", "extra"),
    [
        ({"colab": {"provenance": [], "gpuType": "T4"}, "accelerator": "GPU"}, {"colab": {"height": 400}}),
        ({"kernelspec": {"name": "python3"}, "language_info": {"version": "3.12"}}, {"vscode": {"a": 1}}),
        ({"widgets": {"application/vnd.jupyter.widget-state+json": {"a": {"state": {}}}}}, {}),
        ({}, {"scrolled": True, "jupyter": {"source_hidden": True}, "ExecuteTime": {"end_time": "x"}}),
    ],
)
def test_metadata_of_programs(metadata: object, extra: dict[str, object]) -> None:
    """What Colab, VS Code and widgets add changes nothing."""
    cell = {**code("x", stream("a"), count=1), "metadata": {**extra, "tags": ["t"]}, "id": "c1"}
    found = read_notebook(notebook(cell, metadata=metadata))

    assert (("t",), 1, "a") == (found.cells[0].tags, found.cells[0].count, found.cells[0].shows)


@pytest.mark.parametrize(
    ("outputs", "shown"),
    [
        # Keras' bar of today, of yesterday, and tqdm's on the other stream, which comes in pieces.
        ([stream("\r1/2 ━━ loss: 1\r2/2 ━━━━ loss: 0.5\n")], "2/2 ━━━━ loss: 0.5"),
        ([stream("1/2 [>...]" + "\b" * 10 + "2/2 [====]\n")], "2/2 [====]"),
        ([stream("\x1b[1m2/2\x1b[0m \x1b[32m━━\x1b[0m\x1b[37m\x1b[0m 5s\n")], "2/2 ━━ 5s"),
        ([stream("  0%|  |", "stderr"), stream("\r100%|██|\n", "stderr"), stream("done")], "100%|██|\ndone"),
        ([stream("a", "stderr"), stream("b", "stdout"), stream("c", "stdout")], "a\nbc"),
        ([stream("\r\x1b[2Kshort\rlonger\x1b[K")], "longer"),
        (
            [result("HBox(children=())", **{"application/vnd.jupyter.widget-view+json": {}})],
            "HBox(children=())",
        ),
        ([result("   a  b\n0  1  2", **{"text/html": HTML})], "   a  b\n0  1  2"),
        ([result("<IPython.core.display.HTML object>", "display_data", **{"text/html": HTML})], None),
        ([{"output_type": "display_data", "data": {"text/html": HTML, "application/javascript": HTML}}], ""),
        ([{"output_type": "display_data", "data": {"image/svg+xml": f"<svg>{HTML}</svg>"}}], ""),
        ([{"output_type": "stream", "name": "stdout", "text": [["nested"], {"a": 1}, "b"]}], "b"),
        ([{"output_type": "later", "data": [1]}, {"output_type": 3}, stream("x")], "x"),
        ([stream("a\tb\u202ec\x00\ud800\n")], r"a   b\u202ec\x00\ud800"),
    ],
)
def test_what_outputs_show(outputs: list[dict[str, object]], shown: str | None) -> None:
    """Text as a terminal shows it, with nothing in it that acts; HTML, SVG and scripts are not looked at."""
    shows = cell_of(*outputs).shows

    assert HTML not in shows
    assert shown is None or shown == shows


def test_what_speaks_for_one_of_several() -> None:
    """One that was run goes before the one that was handed out."""
    handed_out, cleared, whole = (
        read_notebook(content) for content in (notebook(code()), notebook(code(count=1)), WHOLE)
    )

    assert [[0, 0], [1, 0], [1, 1]] == [
        [int(merit.amount) for merit in found.merits] for found in (handed_out, cleared, whole)
    ]


def test_headings() -> None:
    """A cell stands below the headings before it; code in a fence has none."""
    cells = read_notebook(
        notebook(
            code(),
            text("# A\n## B ##\n```\n# no heading\n```"),
            code(),
            text("### C\n#no heading either"),
            code(),
            text("## **D**"),
            code(),
        )
    ).cells

    assert [(), ("A", "B"), ("A", "B", "C"), ("A", "D")] == [cell.headings for cell in cells[::2]]


def test_sources_that_are_the_same() -> None:
    """Blanks at the ends of lines and line ends make no other source; a letter does."""
    first, *alike, other = [
        cell_of(source=source).source for source in ("a = 1\nb", "a = 1 \r\nb\n\n", "a = 1\t\nb ", "a = 1\nc")
    ]

    assert {first} == set(alike)
    assert first != other


def test_much_is_cut() -> None:
    """Of a long output the begin and the end stay, and of all together no more than is allowed."""
    long = "".join(f"line {number}\n" for number in range(9_000))
    cell = cell_of(stream(long))
    every = read_notebook(notebook(*(code("x", stream("y" * 900 + "\n" + long)) for _ in range(40)))).cells

    assert cell.is_cut
    assert len(cell.shows) <= LONGEST_SHOWN
    assert cell.shows.startswith("line 0\n")
    assert cell.shows.endswith("line 8999")
    assert sum(len(one.shows) for one in every) <= LONGEST_SHOWN_TOGETHER
    assert all(one.is_cut for one in every)
    assert cell_of(stream("\u202e" * 6_000)).is_cut


def test_pictures_are_bounded() -> None:
    """More than a few are not kept, and what cannot be read as a picture is left out."""
    many = read_notebook(notebook(*(code("x", picture(a_figure())) for _ in range(MOST_PICTURES + 2)))).cells
    odd = cell_of(
        picture(b"GIF89a"),
        picture(a_png_that_says(20_000, 20_000)),
        {"output_type": "display_data", "data": {"image/png": "no base64!"}},
        {"output_type": "display_data", "data": {"image/png": {"a": 1}}},
        picture(a_figure("jpeg"), "image/jpeg"),
    )

    assert MOST_PICTURES == sum(len(cell.pictures) for cell in many)
    assert [False, True, True] == [cell.is_cut for cell in many[-3:]]
    assert ["jpeg"] == [one.form for one in odd.pictures]


def test_a_mark_and_other_encodings() -> None:
    """A byte order mark, or UTF-16 of an editor of Windows, is no damage."""
    for encoding in ("utf-8-sig", "utf-16"):
        assert 6 == len(read_notebook(WHOLE.decode().encode(encoding)).cells)


DEEP = b'{"nbformat": 4, "metadata": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b', "cells": []}'
REFUSED = {
    "empty": [b"", b" \n", b"\xef\xbb\xbf"],
    "another file": [
        *(b"<!DOCTYPE html><html>", b"version https://git-lfs.github.com/spec/v1\noid", b"%PDF-1.5"),
        *(b"PK\x03\x04", b"\x80\x04K", b"\x89HDF\r\n\x1a\n", b"import keras\n", b"\x00\x01\x02", b"[1, 2]"),
    ],
    "JSON of another kind": [b'{"loss": [1.0]}', b"{}"],
    "damaged": [
        WHOLE[:900],
        b'{"nbformat": 4, "cells": [',
        DEEP,
        b'{"nbformat": 4, "nbformat": 4, "cells": []}',
    ],
    "no cells": [
        *(b'{"nbformat": 4}', b'{"nbformat": 4, "cells": {}}', b'{"nbformat": 3, "worksheets": [1]}'),
        *(b'{"nbformat": 4, "cells": [1]}', b'{"nbformat": 4, "cells": [{"cell_type": ["code"]}]}'),
    ],
    "another version": [
        json.dumps({"nbformat": version, "cells": []}).encode() for version in (2, 5, "4", None, [4], 1e99)
    ],
    "too much": [
        notebook(*[text("x")] * 2_001),
        notebook(code("x", *[stream("")] * 20_001)),
    ],
}


@pytest.mark.hostile_row(150)
@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused(kind: str) -> None:
    """Each with a sentence and what to do, which name the file without its folder."""
    told = [refusal_of(partial(read_notebook, content)) for content in REFUSED[kind]]

    for refusal in dict.fromkeys(told):
        said(*refusal)


@pytest.mark.hostile_row(150)
@pytest.mark.parametrize(
    "cell",
    [
        {**code(), "execution_count": count}
        for count in (True, -1, 1.5, "1", [1], 10**30, float("nan"), float("inf"))
    ]
    + [{**code(), "metadata": odd} for odd in (None, 3, {"tags": "t"}, {"tags": [1, None]})]
    + [{**code(), "outputs": odd} for odd in (None, 3, "x", [1, None], {"a": 1})]
    + [{**code(), "source": odd} for odd in (None, 3, {"a": 1}, [1, ["x"]])],
    ids=range(21),
)
def test_fields_of_another_kind(cell: dict[str, object]) -> None:
    """A count, tags, outputs or a source that are none say nothing, and break nothing."""
    (found,) = read_notebook(notebook(cell)).cells

    assert (None, (), "") == (found.count, found.tags, found.shows)


@pytest.mark.hostile_row(150)
@pytest.mark.parametrize("act", ["\b", "\r", "\x1b[2K", "\x1b[K", "\x1b[9999D", "\x1b[0", "\x1b]0;", "a\r\b"])
def test_a_terminal_takes_no_longer_than_its_text(act: str) -> None:
    """A million acts on a long line are done in seconds."""
    begun = time.process_time()
    as_shown("x" * 200_000 + act * 200_000)

    assert time.process_time() - begun < 5


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"cell_type": st.sampled_from(["code", "markdown", "raw", "heading"])},
            optional={
                "source": JSON,
                "input": JSON,
                "level": JSON,
                "execution_count": JSON,
                "metadata": JSON,
                "outputs": JSON
                | st.lists(
                    st.fixed_dictionaries(
                        {
                            "output_type": st.sampled_from(
                                ["stream", "display_data", "error", "pyout", "pyerr"]
                            )
                        },
                        optional=dict.fromkeys(("text", "data", "name", "ename", "evalue", "png"), JSON),
                    ),
                    max_size=4,
                ),
            },
        ),
        max_size=5,
    ),
    st.booleans(),
)
def test_any_notebook_is_read_or_refused(cells: list[dict[str, object]], old: bool) -> None:
    """Whatever stands in its fields, it becomes evidence that travels, or is refused with a sentence."""
    content = old_notebook(*cells) if old else notebook(*cells)
    try:
        found = read_notebook(content)
    except SubmissionError as refusal:
        assert refusal.hint  # noqa: PT017  (either is right)
    else:
        assert found == Notebook.model_validate_json(found.model_dump_json())


@settings(max_examples=150)
@given(st.text(alphabet="ab\n\r\b\x1b[;0123KDm]\x07", max_size=60))
def test_a_terminal_shows_no_acts(printed: str) -> None:
    """Nothing that moves or colours is left, whatever was printed."""
    assert not set(as_shown(printed)) & set("\r\b\x1b")


@given(st.integers(0, len(WHOLE)), st.binary(min_size=1, max_size=6), st.booleans())
def test_no_damage_is_more_than_a_refusal(place: int, noise: bytes, cut: bool) -> None:
    """A notebook with other bytes in it, or without its end, is read or refused."""
    damaged = WHOLE[:place] if cut else WHOLE[:place] + noise + WHOLE[place + len(noise) :]
    try:
        read_notebook(damaged)
    except SubmissionError as refusal:
        assert refusal.hint  # noqa: PT017  (either is right)

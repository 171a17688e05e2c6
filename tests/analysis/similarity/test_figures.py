"""Equal and nearly equal figures."""

from dataclasses import replace

import pytest
from builders_class import a_student
from builders_figures import a_figure, pixels, written

from grader.analysis.similarity import find_pairs
from grader.analysis.similarity.features import Features, Picture, features_of
from grader.analysis.similarity.figures import like_figures, on_figures
from grader.evidence import File
from grader.evidence.figure import Figure
from grader.measure.figure import read_figure

OWN = a_figure()


def student(id: str, content: bytes, file: str = "") -> Features:  # noqa: A002  (its name in the report)
    figure = read_figure("norms", content)
    return replace(a_student(id), figure=Picture(file, figure.pixels, figure.fingerprint))


ANA = student("ana", OWN, "aa")


def test_the_same_file() -> None:
    """Of every form, an SVG too."""
    svg = a_figure("svg")
    class_of = [student("ana", svg, "s"), student("bob", OWN, "t"), student("cem", svg, "s")]

    assert [(0, 2)] == list(like_figures(class_of))
    assert "The figure is the same file as that of `cem`, byte for byte." == on_figures(
        class_of[0], class_of[2]
    )


def test_the_same_pixels() -> None:
    """Saved again."""
    bob = student("bob", written(pixels(OWN), "PNG", compress_level=1), "bb")

    assert [(0, 1)] == list(like_figures([ANA, bob]))
    assert "The figure has the pixels of that of `bob`: all of them are equal." == on_figures(ANA, bob)


def test_a_figure_that_was_scaled_and_compressed() -> None:
    """The share of ranges that differ is named, and that from which on figures are."""
    bob = student("bob", written(pixels(OWN).resize((400, 300)), "JPEG", quality=90), "bb")

    assert [(0, 1)] == list(like_figures([ANA, bob]))
    assert on_figures(ANA, bob).startswith(
        "The figure is nearly that of `bob`, as one that was scaled or compressed: 0.0"
    )
    assert on_figures(ANA, bob).endswith(
        " of their 1024 compared places differ. From 0.04 down figures are named; those of "
        "different runs differ "
        "in 0.089 or more."
    )


@pytest.mark.parametrize("seed", range(2, 6))
def test_figures_of_different_runs(seed: int) -> None:
    """In one style, of one length."""
    assert [] == list(like_figures([ANA, student("bob", a_figure(seed=seed), "bb")]))


def test_figures_in_which_little_differs() -> None:
    """Two blank ones are the same pixels; axes without a curve are not compared by their ranges."""
    empty = student("bob", a_figure(curve=False))
    scaled = student("cem", written(pixels(a_figure(curve=False)).resize((400, 300)), "PNG"))

    assert [] == list(like_figures([empty, scaled]))


def test_nobody_has_a_figure() -> None:
    """Then nobody is alike."""
    assert [] == list(like_figures([a_student("ana"), a_student("bob")]))
    assert [] == list(like_figures([]))


def test_a_pair_is_of_the_part_figure() -> None:
    """It stands with both, with the features of the evidence."""
    from builders_evidence import some_evidence

    figure = Figure(form="png", pixels="ab")
    files = (File(role="figure", name="norms.png", bytes=1, sha256="cd"),)
    evidence = some_evidence(figure=figure, files=files)
    pairs = find_pairs([features_of("ana", evidence), features_of("bob", evidence)])

    assert ["figure"] == [pair.part for pair in pairs[0].pairs if pair.part == "figure"]
    assert Picture("cd", "ab", "") == features_of("ana", evidence).figure

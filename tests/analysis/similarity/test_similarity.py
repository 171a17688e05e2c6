"""The pairs of a class, and equal parts such as figures."""

from dataclasses import replace

from builders_class import a_loss, a_series, a_student, marked, some_weights
from builders_golden import said

from grader.analysis.similarity import MIXED_UP, MOST_NAMED, SAME_WORK, find_pairs
from grader.analysis.similarity import _like_parts as like_parts
from grader.analysis.similarity import _on_parts as on_parts
from grader.analysis.similarity.features import Features
from grader.report import Pair


def test_a_pair_stands_with_both() -> None:
    """Each is told of the other, the model first, then the log; nobody else is told anything."""
    ana = a_student("ana", a_loss(a_series(1)), weights=some_weights(1))
    bob = a_student("bob", a_loss(a_series(2)), weights=some_weights(2))
    eun = a_student("eun", a_loss(a_series(1)), weights=some_weights(1))

    likeness = find_pairs([ana, bob, eun])

    assert (
        Pair(
            id="eun",
            part="model",
            message="The model has the weights of that of `eun`: all 1,830 numbers are equal.",
            hint=SAME_WORK,
        ),
        Pair(
            id="eun",
            part="log",
            message="The log equals that of `eun` in all 400 values of `loss`.",
            hint=SAME_WORK,
        ),
    ) == likeness["ana"].pairs
    assert "bob" not in likeness
    assert ["ana", "ana"] == [pair.id for pair in likeness["eun"].pairs]
    assert [0, 0] == [one.left_out for one in likeness.values()]


def test_the_hints_are_kind() -> None:
    """They say how honest work can come to this, and leave the decision to a teacher."""
    assert said(SAME_WORK)
    assert said(MIXED_UP)


def test_a_class_that_shares_everything() -> None:
    """Twenty others are named in each report, and the rest is counted."""
    likeness = find_pairs([a_student(f"s{number}", weights=some_weights(1)) for number in range(30)])

    assert {MOST_NAMED} == {len(one.pairs) for one in likeness.values()}
    assert {29 - MOST_NAMED} == {one.left_out for one in likeness.values()}
    assert [f"s{number}" for number in range(20)] == [pair.id for pair in likeness["s29"].pairs]


def test_a_class_of_nobody() -> None:
    """There is nothing to say of nobody, nor of one alone."""
    assert not find_pairs([])
    assert not find_pairs([a_student("ana", weights=some_weights(1))])


def student(id: str, identity: str, file: str = "") -> Features:  # noqa: A002  (its name in the report)
    return replace(a_student(id), identities=(("figure", file, identity),))


ANA, BOB, CEM, DORA = (
    student("ana", "pixels", "aa"),
    student("bob", "pixels", "bb"),
    student("cem", "others", "cc"),
    student("dora", "pixels", "aa"),
)


def test_parts_with_one_identity_are_a_pair() -> None:
    """Each pair stands once, whatever the files are."""
    assert [(0, 1), (0, 3), (1, 3)] == marked(like_parts([ANA, BOB, CEM, DORA])["figure"], 4)


def test_the_same_file_is_said() -> None:
    """Else it is the content that is equal."""
    assert said(on_parts(ANA, DORA, "figure"))
    assert said(on_parts(ANA, BOB, "figure"))


def test_a_class_without_such_parts_has_no_such_pairs() -> None:
    """A pair is named in both reports, with the part."""
    found = find_pairs([ANA, BOB, a_student("eva")])

    assert [["figure"], ["figure"]] == [
        [pair.part for pair in found[name].pairs if pair.part == "figure"] for name in ("ana", "bob")
    ]
    assert "eva" not in found

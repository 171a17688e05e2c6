"""Equal parts of two submissions, such as figures."""

from dataclasses import replace

from builders_class import a_student

from grader.analysis.similarity import _like_parts as like_parts
from grader.analysis.similarity import _on_parts as on_parts
from grader.analysis.similarity import find_pairs
from grader.analysis.similarity.features import Features


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
    assert [(0, 1), (0, 3), (1, 3)] == sorted(like_parts([ANA, BOB, CEM, DORA], "figure"))


def test_the_same_file_is_said() -> None:
    """Else it is the content that is equal."""
    assert "The figure is the same file as that of `dora`, byte for byte." == str(
        on_parts(ANA, DORA, "figure")
    )
    assert "The figure has the same content as that of `bob`." == str(on_parts(ANA, BOB, "figure"))


def test_a_class_without_such_parts_has_no_such_pairs() -> None:
    """A pair is named in both reports, with the part."""
    found = find_pairs([ANA, BOB, a_student("eva")])

    assert [["figure"], ["figure"]] == [
        [pair.part for pair in one.pairs if pair.part == "figure"] for one in found[:2]
    ]
    assert not [pair for pair in found[2].pairs if pair.part == "figure"]

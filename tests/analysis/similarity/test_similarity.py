"""The pairs of a class."""

from builders_class import a_loss, a_series, a_student, some_weights

from grader.analysis.similarity import MIXED_UP, MOST_NAMED, SAME_WORK, find_pairs
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
            message="The model has the weights of that of `eun`: all 1830 numbers are equal.",
            hint=SAME_WORK,
        ),
        Pair(
            id="eun",
            part="log",
            message="The log equals that of `eun` in all 400 values of `loss`.",
            hint=SAME_WORK,
        ),
    ) == likeness[0].pairs
    assert () == likeness[1].pairs
    assert ["ana", "ana"] == [pair.id for pair in likeness[2].pairs]
    assert [0, 0, 0] == [one.left_out for one in likeness]


def test_the_hints_are_kind() -> None:
    """They say how honest work can come to this, and leave the decision to a teacher."""
    assert (
        "This may be honest work: a notebook that fixes its seed gives the same numbers to all who run it, "
        "and two students may have worked together where that is allowed. "
        "Look at both submissions, ask how they were made, and decide."
    ) == str(SAME_WORK)
    assert (
        "Files may have been mixed up between two students who worked side by side. "
        "Look at both submissions, ask how they were made, and decide."
    ) == str(MIXED_UP)


def test_a_class_that_shares_everything() -> None:
    """Twenty others are named in each report, and the rest is counted."""
    likeness = find_pairs([a_student(f"s{number}", weights=some_weights(1)) for number in range(30)])

    assert {MOST_NAMED} == {len(one.pairs) for one in likeness}
    assert {29 - MOST_NAMED} == {one.left_out for one in likeness}
    assert [f"s{number}" for number in range(20)] == [pair.id for pair in likeness[29].pairs]


def test_a_class_of_nobody() -> None:
    """There is nothing to say of nobody, nor of one alone."""
    assert () == find_pairs([])
    assert () == find_pairs([a_student("ana", weights=some_weights(1))])[0].pairs

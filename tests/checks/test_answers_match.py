"""Tests of `answers_match`: right answers, usual mistakes with their sentences, and what is not as asked."""

from typing import Any

import numpy as np
import pytest
from builders_evidence import ask, some_evidence
from builders_exercises import NAME, Solution, exactly, handed_out, in_float32, right, solved, some_answers
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.analysis.targets import Targets
from grader.checks import Setting
from grader.checks.answers_match import AnswersMatch
from grader.evidence.problem import Problem
from grader.exercises.exercise import kinds
from grader.exercises.handed_out import HandedOut, IdFrom
from grader.grading.judge import Findings
from grader.report import Finding

CHECK = AnswersMatch(exercise=NAME)
ALL: dict[str, dict[str, Any]] = {
    "clip_by_norm": {"more": ("embedding", "infinite", "not_a_number")},
    "clip_by_global_norm": {"more": ("embedding", "infinite", "not_a_number")},
    "clip_grad_norm": {"cap": 0.5, "more": ("embedding", "infinite", "not_a_number")},
    "clip_by_value": {"cap": 0.1, "more": ("embedding", "infinite", "not_a_number")},
    "adaptive_clip": {"outputs": "first"},
    "training_step": {"global_clipnorm": 1.0},
    "stopped_gradient": {},
}


def found(given: HandedOut, solution: Solution, check: AnswersMatch = CHECK) -> Finding:
    return ask(check, answers=some_answers(solved(given, solution)), handed_out=given)


def test_every_kind_is_here() -> None:
    """Whoever adds a kind of exercise adds it to these tests."""
    assert set(ALL) == set(kinds())


@pytest.mark.parametrize("kind", ALL)
def test_right_answers_pass(kind: str) -> None:
    """Those of every kind, in float32."""
    given = handed_out(kind, **ALL[kind])

    assert "passed" == found(given, right(given.exercises[NAME])).status


def mistakes() -> list[tuple[str, int]]:
    return [(kind, number) for kind in ALL for number in range(len(kinds()[kind](**ALL[kind]).mistakes()))]


@pytest.mark.parametrize(("kind", "number"), mistakes())
def test_each_usual_mistake_is_named(kind: str, number: int) -> None:
    """It fails with the sentence of this mistake, although others explain a part of it."""
    given = handed_out(kind, **ALL[kind])
    exercise = given.exercises[NAME]
    mistake = exercise.mistakes()[number]

    finding = found(
        given,
        lambda case: in_float32({**exercise.answer(exactly(case)), **mistake.answer(exactly(case))}),
    )

    assert "failed" == finding.status
    assert str(mistake.sentence) in str(finding.message)


ONE = handed_out("clip_by_norm")
RIGHT = solved(ONE, right(ONE.exercises[NAME]))
KEY = f"{NAME}/far_above/gradient_0"


@pytest.mark.parametrize(
    ("change", "odd"),
    [
        ({KEY: None}, {}),
        ({KEY: None, f"{NAME}/far_above/gradient0": RIGHT[KEY]}, {}),
        ({KEY: RIGHT[KEY].T}, {}),
        ({KEY: RIGHT[KEY].reshape(-1)}, {}),
        ({KEY: None}, {KEY: "has the type bytes16; asked for are numbers such as float32"}),
        ({KEY: RIGHT[KEY].astype(np.float16)}, {}),
        ({KEY: np.rot90(RIGHT[KEY], 2)}, {}),
        ({KEY: RIGHT[KEY] * 1.001}, {}),
        ({f"{NAME}/no_gradient/gradient_1": np.ones(4)}, {}),
        ({name: None for name in RIGHT if "far_above" in name}, {}),
        (dict.fromkeys(RIGHT), {}),
    ],
    ids=[
        *("missing", "another name", "transposed", "flat", "no numbers", "float16", "turned", "nearly"),
        *("nothing to hand in", "no case", "nothing"),
    ],
)
def test_what_is_not_as_asked(change: dict[str, Any], odd: dict[str, str]) -> None:
    """Each has a sentence of its own."""
    arrays = {name: one for name, one in (RIGHT | change).items() if one is not None}

    assert "failed" == ask(CHECK, answers=some_answers(arrays, **odd), handed_out=ONE).status


@pytest.mark.parametrize(
    "change",
    [
        {f"{NAME}/no_gradient/gradient_1": np.zeros(4)},
        {f"{NAME}/far_above/seconds": np.ones(1), "notes": np.ones(3)},
        {name: one.astype(np.float64) for name, one in RIGHT.items()},
        {KEY: np.asfortranarray(RIGHT[KEY])},
        {f"{NAME}/all_zero/gradient_0": np.zeros((6, 4), np.int64)},
    ],
    ids=["zeros", "more", "float64", "in columns", "whole numbers"],
)
def test_what_is_as_good(change: dict[str, Any]) -> None:
    """Zeros for a variable without a gradient, arrays that nobody asked for, and other types of numbers."""
    assert "passed" == ask(CHECK, answers=some_answers(RIGHT | change), handed_out=ONE).status


def test_none_that_was_saved() -> None:
    """NumPy writes None as an object; where nothing is to be handed in, that is as good as nothing."""
    answers = some_answers(RIGHT, **{f"{NAME}/no_gradient/gradient_1": "has Python objects in it"})

    assert "passed" == ask(CHECK, answers=answers, handed_out=ONE).status


def test_a_norm_as_a_list_of_one_number() -> None:
    """PyTorch and JAX users write either."""
    given = handed_out("clip_by_global_norm")
    answers = solved(given, right(given.exercises[NAME]))
    lists = {name: one.reshape(1) if not one.ndim else one for name, one in answers.items()}

    assert "passed" == ask(CHECK, answers=some_answers(lists), handed_out=given).status


@pytest.mark.parametrize("id_from", ["roster", "declared", "folder", "platform"])
def test_answers_to_the_numbers_of_somebody_else(id_from: IdFrom) -> None:
    """They fail where the id is known; where only the folder has one, a teacher looks."""
    given = HandedOut(ONE.exercises, ONE.course_key, "ben", id_from)

    expected = "failed" if id_from in {"roster", "declared"} else "review"
    assert expected == ask(CHECK, answers=some_answers(RIGHT), handed_out=given).status


def test_answers_to_the_numbers_of_the_folder() -> None:
    """Whoever declares an id of another form than the exercise was made for has done as asked."""
    given = HandedOut(ONE.exercises, ONE.course_key, "Ana Example", "declared", "ana")

    assert "passed" == ask(CHECK, answers=some_answers(RIGHT), handed_out=given).status


def test_nothing_is_nobodys() -> None:
    """Whoever hands in no answer fails, whatever the id is from."""
    given = HandedOut(ONE.exercises, ONE.course_key, ONE.student, "folder")

    assert "failed" == ask(CHECK, answers=some_answers({"other": np.ones(2)}), handed_out=given).status


def test_a_mistake_says_whose_numbers_they_are() -> None:
    """Whoever clips nothing did so with these numbers, so nobody need look at the id."""
    given = HandedOut(ONE.exercises, ONE.course_key, ONE.student, "folder")

    assert "failed" == found(given, lambda case: case).status


SHAPES = ((), (1,), (4,), (6, 4), (4, 6), (5, 3), (0,), (1, 1, 1, 1, 2))
NUMBERS = st.sampled_from([0.0, 1.0, -1e300, 1e-300, float("nan"), float("inf"), float("-inf")])


@settings(max_examples=150)
@given(st.sampled_from(sorted(ALL)), st.data())
def test_whatever_is_handed_in_has_a_verdict(kind: str, data: st.DataObject) -> None:
    """No array makes the check fail, whatever its shape and its numbers are."""
    given = handed_out(kind, **ALL[kind])
    arrays = solved(given, right(given.exercises[NAME]))
    key = data.draw(st.sampled_from(sorted(arrays)))
    shape = data.draw(st.sampled_from([arrays[key].shape, *SHAPES]))
    drawn = data.draw(st.lists(NUMBERS, min_size=1, max_size=3))
    arrays[key] = np.resize(np.array(drawn), shape)

    assert CHECK.find(some_answers(arrays), given).status in {"passed", "failed"}


def test_a_part_of_the_points() -> None:
    """Each right case earns its share where the rubric says so."""
    partial = CHECK.model_copy(update={"partial": True})

    assert 5 / 9 == found(ONE, lambda case: case, partial).share
    assert 0.0 == found(ONE, lambda case: case).share


@settings(max_examples=30)
@given(st.sets(st.sampled_from(sorted(RIGHT))), st.sampled_from(sorted(RIGHT)))
def test_more_right_answers_never_earn_less(wrong: set[str], corrected: str) -> None:
    """The share grows with what is right."""
    partial = CHECK.model_copy(update={"partial": True})

    def share(names: set[str]) -> float:
        arrays = {name: one + 1 if name in names else one for name, one in RIGHT.items()}
        finding = partial.find(some_answers(arrays), ONE)
        return 1.0 if finding.status == "passed" else finding.share

    assert share(wrong) <= share(wrong - {corrected})


def test_a_tolerance_below_float32() -> None:
    """Lint says so."""
    setting = Setting((), {}, calibrated=False)

    assert [] == [*CHECK.warnings(setting)]
    assert [] != [*CHECK.model_copy(update={"within": 1e-7}).warnings(setting)]


def test_answers_that_are_missing_or_damaged() -> None:
    """The reason is the item's."""
    missing = Problem(who="student", message="No file for the answers was found.")

    assert missing == Findings(some_evidence(answers=missing), Targets(), ONE).of(CHECK)

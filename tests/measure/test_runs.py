"""Which run a name is of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.measure.runs import runs_of

PATTERNS = {
    "unclipped": ("unclipped", "no_clip*", "without*", "baseline", "클리핑_없음"),
    "clipped": ("clipped", "with_clip*", "clip*", "클리핑_있음"),
}


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("unclipped.csv", ["unclipped"]),
        ("clipped.csv", ["clipped"]),
        ("training_log_clipped.csv", ["clipped"]),
        ("Training-Log UNCLIPPED.csv", ["unclipped"]),
        ("trainingLogUnclipped.csv", ["unclipped"]),
        ("un-clipped.csv", ["unclipped"]),
        ("un_clipped/log.csv", ["unclipped"]),
        ("noclip.csv", ["unclipped"]),
        ("no-clipping/log.csv", ["unclipped"]),
        ("log_no_clip_5_epochs.csv", ["unclipped"]),
        ("without_clipping.csv", ["unclipped"]),
        ("without/clip_norms.csv", ["unclipped"]),
        ("WithoutClipping.json", ["unclipped"]),
        ("baseline.csv", ["unclipped"]),
        ("baseline_log.csv", ["unclipped"]),
        ("with_clipping.csv", ["clipped"]),
        ("clip=1.0", ["clipped"]),
        ("clipnorm_1.csv", ["clipped"]),
        ("gradient_clipping_homework/unclipped.csv", ["unclipped"]),
        ("gradient_clipping_homework/baseline/log.csv", ["unclipped"]),
        ("gradient_clipping/no_clip/log.csv", ["unclipped"]),
        ("ünclipped.csv", ["unclipped"]),
        ("클리핑_없음.csv", ["unclipped"]),
        ("클리핑-있음.csv", ["clipped"]),
        # It says that it is not the one, and nothing says which it is.
        ("not_clipped.csv", []),
        ("non-clipped.csv", []),
        ("sin_clipping.csv", []),
        ("log.csv", []),
        ("preclipped.csv", []),
        ("eclipse.csv", []),
        ("baselines.csv", []),
        ("", []),
        # Equally long matches.
        ("clipped_without_momentum.csv", ["unclipped", "clipped"]),
        ("with_clip_and_baseline.csv", ["unclipped", "clipped"]),
    ],
)
def test_the_longest_match_tells_the_run(name: str, runs: list[str]) -> None:
    """A name is of the run whose pattern matches the most letters of whole words, and of none otherwise."""
    assert sorted(runs) == sorted(runs_of(name, PATTERNS))


@pytest.mark.parametrize(
    ("name", "runs"),
    [("a[1].csv", ["one"]), ("a1.csv", ["one"]), ("x?.csv", []), ("xy.csv", ["two"]), ("axy.csv", [])],
)
def test_only_stars_and_question_marks_stand_for_other_letters(name: str, runs: list[str]) -> None:
    """A bracket in a pattern is no more than what stands between words."""
    assert runs == list(runs_of(name, {"one": ("a[1]",), "two": ("x?",)}))


@given(name=st.text(max_size=80), word=st.text(max_size=20))
def test_any_name_can_be_asked(name: str, word: str) -> None:
    """No name and no pattern breaks the matching, and what matches is one of the runs."""
    assert set(runs_of(name, {"one": ("one", word), "two": ("two",)})) <= {"one", "two"}

"""The lesson's other rubrics: each grades its examples, which are real trainings, as it should."""

from pathlib import Path

import pytest
from builders_command_line import invoked
from builders_grading import report_in, rows_in

from grader.rubric.lookup import DEFAULT, shipped_rubrics

# What each example fails by; who passes fails by nothing.
FAILS_BY: dict[str, dict[str, set[str]]] = {
    "clip_by_hand": {
        "nora_clips_by_hand": set(),
        "omar_clips_each_variable": {"all_together", "target_network"},
    },
    "clipnorm_or_clipvalue": {"hana_compares_both": set(), "ivan_forgets_clipnorm": {"clipnorm_norm"}},
    "custom_loop": {
        "jo_writes_the_loop": set(),
        "kai_applies_the_unclipped": {"answers_match", "log_fits_optimizer"},
    },
    "exploding_and_rescue": {"fay_explodes_and_is_rescued": set(), "gus_never_explodes": {"explodes"}},
    "monitoring": {
        "lena_watches_the_norm": set(),
        "milo_plots_before_training": {"norm_within_cap", "figure_is_there"},
    },
    "rnn_without_and_with_clipping": {
        "pia_clips": set(),
        "quinn_clips_too_late": {"log_is_complete", "stays_finite", "loss_is_smoother"},
    },
}


def test_every_rubric_has_examples() -> None:
    """Of those that ship, only the homework's are tested elsewhere."""
    assert {file.stem for file in shipped_rubrics()} - {DEFAULT} == set(FAILS_BY)
    for known in FAILS_BY.values():
        assert {False, True} == {bool(fails) for fails in known.values()}


@pytest.mark.parametrize("rubric", FAILS_BY)
def test_each_example_gets_its_verdict(rubric: str, examples: Path, tmp_path: Path) -> None:
    """Who did what was asked passes with all points, and the others fail by their own mistakes only."""
    done = invoked("grade", examples.parent / rubric, "--rubric", rubric, "--no-pages", "--out", tmp_path)
    verdicts = {row["id"]: row["verdict"] for row in rows_in(tmp_path)}

    assert 0 == done.exit_code
    assert {own: "failed" if fails else "passed" for own, fails in FAILS_BY[rubric].items()} == verdicts
    for own, fails in FAILS_BY[rubric].items():
        assert fails == {item.id for item in report_in(tmp_path, own).items if item.status == "failed"}

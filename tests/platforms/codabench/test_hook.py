"""Codabench's hook: the scores that its worker sends and its server keeps, from the folder of its container.

The rules are those of `push_scores` in `compute_worker.py` and of `upload_submission_scores` in
`api/views/submissions.py` of codalab/codabench.
"""

from pathlib import Path
from typing import Any

import pytest
from builders_folders import make_file
from builders_platforms import an_environment, ran, strictly, unpacked
from builders_reports import ALL, ERROR, FAILED, PASSED, REPORTS, REVIEW
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from grader.platforms.codabench.hook import page, scores
from grader.platforms.codabench.pack import BUDGET, FILES

COMPETITION = YAML(typ="safe").load(FILES["competition.yaml"])
MEASURED = {"numbers": {"accuracy": 0.8745, "largest_norm": 1.0}}


def kept(text: str) -> dict[str, float]:
    """The scores that the leaderboard shows: those of its own columns."""
    [leaderboard] = COMPETITION["leaderboards"]
    columns = {column["key"] for column in leaderboard["columns"]}
    found: dict[str, Any] = strictly(text)
    for score in found.values():
        assert type(score) in {int, float}
    return {key: score for key, score in found.items() if key in columns}


def test_the_rules_find_mistakes() -> None:
    """Other columns are passed over, and what is no number is refused."""
    assert {"points": 1} == kept('{"points": 1, "other": 2}')
    with pytest.raises(AssertionError):
        kept('{"points": "1"}')


def test_points_and_accuracy() -> None:
    """Every one of them is a column; without a measured accuracy that one stays empty."""
    assert {"points": 7.5, "accuracy": 0.8745} == kept(scores(PASSED.model_copy(update=MEASURED)) or "")
    assert {"points": 4.5} == kept(scores(FAILED) or "")


def test_what_waits_has_no_points() -> None:
    """Nobody is ranked by them; the page says what waits."""
    assert {"accuracy": 0.8745} == kept(scores(REVIEW.model_copy(update=MEASURED)) or "")
    assert "Needs review: 4.5 of 7.5 points so far" in (page(REVIEW) or "")


@given(st.sampled_from(ALL) | REPORTS)
def test_any_report_is_accepted(report) -> None:
    """Whatever text and numbers it has; without a grade there is no file."""
    text = scores(report)

    assert (text is None) == (report.verdict == "error") == (page(report) is None)
    assert text is None or set(kept(text)) == set(strictly(text))
    assert [None, None] == [one(report, finished=False) for one in (scores, page)]
    assert scores(ERROR) is None


def test_a_container_grades_a_submission(tmp_path: Path) -> None:
    """By the command of the scoring program; the worker has unpacked the zip and added `metadata`."""
    image, app = tmp_path / "grader", tmp_path / "app"
    unpacked("codabench", image)
    an_environment(image / "environment")
    for name in ("notes.txt", "metadata"):
        make_file(app, f"input/res/{name}", b"x")
    (app / "output").mkdir()
    command = YAML(typ="safe").load(image / "scoring_program" / "metadata.yaml")["command"]

    done = ran(command.replace("/grader", str(image)), GRADER_FOLDER=str(image), GRADER_ROOT=str(app))

    assert 0 == done.returncode, done.stderr
    assert {"points": 0} == kept((app / "output" / "scores.json").read_text(encoding="utf-8"))
    assert "Failed: 0 of 10 points" in (app / "output" / "detailed_results.html").read_text(encoding="utf-8")
    assert done.stdout.startswith("Failed: 0 of 10 points")
    assert BUDGET < 600

"""Tests of `grader.platforms.prairielearn.hook`: PrairieLearn's folder, as it really looks."""

import json
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.platforms.hooks import Options
from grader.platforms.prairielearn.hook import hook
from grader.rubric.lookup import DEFAULT

pytestmark = pytest.mark.usefixtures("workers")


def test_a_submission_has_its_results(tmp_path: Path) -> None:
    """The folder `results` is made; PrairieLearn does not."""
    (tmp_path / "student").mkdir()
    code = hook(tmp_path, Options(DEFAULT, budget=60.0))
    results = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))

    assert 0 == code
    assert (True, 0) == (results["gradable"], results["score"])
    assert ["results.json"] == [path.name for path in (tmp_path / "results").iterdir()]


def test_another_folder_is_refused(tmp_path: Path) -> None:
    """The sentence names what was looked for."""
    with pytest.raises(UsageError) as caught:
        hook(tmp_path, Options(DEFAULT))

    assert f"There is no folder `{tmp_path / 'student'}`." == caught.value.message
    assert "Name PrairieLearn's folder with `--root`; it is `/grade` there." == caught.value.hint

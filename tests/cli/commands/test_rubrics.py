"""Tests of `grader.cli.commands.rubrics`."""

import inspect
from pathlib import Path

import pytest

from grader.checks import kinds, load
from grader.cli.commands.rubrics import lint_rubric, list_kinds, manual_page
from grader.errors import UsageError


def test_warnings_are_shown_and_do_no_harm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rubric with a warning is still a rubric without a mistake."""
    rubric = tmp_path / "hw.yaml"
    rubric.write_text(
        "version: 1\ntitle: T\npass_at: 0\nitems:\n  - model_accuracy: {at_least: 0.87}\n    title: "
        "T\n    points: 1\n",
        encoding="utf-8",
    )

    lint_rubric(str(rubric))

    text = " ".join(capsys.readouterr().out.split())
    assert "Warning: `pass_at` is 0, so every submission passes." in text
    assert "has no mistakes: 1 items, 1 points, 0 needed to pass." in text


def test_every_kind_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Each kind has its line."""
    list_kinds()

    text = capsys.readouterr().out
    assert [] == [kind for kind in kinds() if kind not in text]


@pytest.mark.parametrize("kind", kinds())
def test_a_manual_page_is_the_docstring(kind: str) -> None:
    """The page of a kind begins with its name and has its whole docstring."""
    assert f"{kind}\n\n{inspect.cleandoc(load(kind).__doc__ or '')}" == manual_page(kind)


def test_an_unknown_kind_names_the_nearest() -> None:
    """A misspelt kind is answered with the one that was meant."""
    with pytest.raises(UsageError) as caught:
        manual_page("norm_within_cup")

    assert "There is no kind of check `norm_within_cup`." == caught.value.message
    assert "did you mean `norm_within_cap`?" == caught.value.hint

"""From a name or a path to a file."""

from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.rubric.shelf import DEFAULT, find_rubric, shipped_rubrics


def test_default_ships() -> None:
    """The homework's rubric is found by its name, with and without the suffix."""
    assert DEFAULT == find_rubric(DEFAULT).stem
    assert find_rubric(DEFAULT) == find_rubric(f"{DEFAULT}.yaml")
    assert find_rubric(DEFAULT) in shipped_rubrics()


def test_path_goes_before_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the current folder is meant before a shipped rubric of that name; a folder is not."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"{DEFAULT}.yaml").touch()
    (tmp_path / DEFAULT).mkdir()

    assert Path(f"{DEFAULT}.yaml") == find_rubric(f"{DEFAULT}.yaml")
    assert DEFAULT == find_rubric(DEFAULT).stem
    assert tmp_path == find_rubric(str(tmp_path))


@pytest.mark.parametrize("written", ["gradient_cliping", "gradient-clipping.yaml"])
def test_nearest_shipped_name(written: str) -> None:
    """A misspelt name is offered the right one."""
    with pytest.raises(UsageError) as caught:
        find_rubric(written)

    assert f"There is no rubric `{written}`." == caught.value.message
    assert "Did you mean `gradient_clipping`?" == caught.value.hint


def test_nearest_file(tmp_path: Path) -> None:
    """A misspelt path is offered the file beside it."""
    (tmp_path / "homework.yaml").touch()

    with pytest.raises(UsageError) as caught:
        find_rubric(str(tmp_path / "homewrok.yaml"))

    assert f"There is no rubric `{tmp_path / 'homewrok.yaml'}`." == caught.value.message
    assert f"Did you mean `{tmp_path / 'homework.yaml'}`?" == caught.value.hint


@pytest.mark.parametrize("written", ["zzz", "zzz/zzz.yaml", "x" * 5000, "a\0b"])
def test_nothing_near(written: str) -> None:
    """Where no name is near, the shipped ones are listed."""
    with pytest.raises(UsageError) as caught:
        find_rubric(written)

    assert caught.value.hint.startswith("Give the path of a YAML file, or the name of a rubric that ships: `")
    assert f"`{DEFAULT}`" in caught.value.hint

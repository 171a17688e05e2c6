"""Tests of how a story becomes a folder."""

import zipfile
from pathlib import Path

import pandas as pd
import pytest
from log_edits import FOUR, norms, uniform
from making import edited_log, make_submissions, trainings_of
from story import Story

ONE = norms(grad_norm="variable_norm_after")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, loss in (("own", 1.0), ("earlier", 2.0)):
        training = tmp_path / "bases" / name
        training.mkdir(parents=True)
        (training / "model.keras").write_text(name, encoding="utf-8")
        log = {"epoch": [0, 0], "step": [1, 2], "loss": [loss, loss / 2], "val_accuracy": [None, 0.9]}
        pd.DataFrame(log | {norm: [1.0, 0.5] for norm in FOUR}).to_csv(
            training / "training_log.csv", index=False
        )
    return tmp_path


def test_a_story_becomes_a_folder(folder: Path) -> None:
    """With a log, a model, and a declaration where there is one."""
    story = Story(
        "ana",
        "True.",
        "own",
        kind="honest",
        log=(ONE,),
        model_of="earlier",
        declared="norm: {scope: global}",
    )
    names = list(make_submissions([story], folder))
    place = folder / "submissions" / "ana"

    assert ["ana"] == names
    assert "earlier" == (place / "model.keras").read_text(encoding="utf-8")
    assert "name: ana\nnorm: {scope: global}\n" == (place / "submission.yaml").read_text(encoding="utf-8")
    log = (place / "training_log.csv").read_text(encoding="utf-8")
    assert "epoch,step,loss,val_accuracy,grad_norm\n0,1,1,,1\n0,2,0.5,0.9,0.5\n" == log


def test_a_packed_story_is_one_zip(folder: Path) -> None:
    """Made again, it replaces what was there."""
    for packed in (False, True):
        list(make_submissions([Story("ana", "True.", "own", kind="honest", packed=packed)], folder))
    (archive,) = (folder / "submissions").iterdir()

    assert "ana.zip" == archive.name
    assert {"model.keras", "training_log.csv"} == {
        name for name in zipfile.ZipFile(archive).namelist() if name != "./"
    }


def test_an_earlier_run_stands_before_the_log(folder: Path) -> None:
    """As `CSVLogger(append=True)` leaves it."""
    story = Story("ana", "True.", "own", kind="honest", appended_to="earlier")

    assert [2.0, 1.0, 1.0, 0.5] == edited_log(story, folder / "bases")["loss"].tolist()


def test_chance_is_the_same_each_time_and_another_for_each_story(folder: Path) -> None:
    """So that a verdict can be looked into."""
    first, again, other = (
        edited_log(Story(name, "True.", "own", kind="dishonest", log=(ONE, uniform(0, 1))), folder / "bases")
        for name in ("ana", "ana", "bruno")
    )

    assert first["grad_norm"].tolist() == again["grad_norm"].tolist()
    assert first["grad_norm"].tolist() != other["grad_norm"].tolist()


def test_the_trainings_of_stories_are_named_once() -> None:
    """In the order in which they are told of."""
    stories = [
        Story("ana", "True.", "own", kind="honest", appended_to="earlier"),
        Story("bruno", "True.", "own", kind="dishonest", model_of="another"),
    ]

    assert ("own", "earlier", "another") == trainings_of(stories)

"""Makes the submissions of the table from the trainings that they tell of."""

import shutil
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from story import Story
from training import LOG

# The folders inside the one that the corpus is made in.
BASES = "bases"
SUBMISSIONS = "submissions"


def trainings_of(stories: Iterable[Story]) -> tuple[str, ...]:
    """The trainings that these stories need, each once."""
    names = (name for story in stories for name in (story.training, story.model_of, story.appended_to))
    return tuple(dict.fromkeys(name for name in names if name))


def make_submissions(stories: Iterable[Story], folder: Path) -> Iterator[str]:
    """Make each submission anew and tell its name."""
    for story in stories:
        _make(story, folder / BASES, folder / SUBMISSIONS)
        yield story.name


def _make(story: Story, bases: Path, submissions: Path) -> None:
    place = submissions / story.name
    packed = submissions / f"{story.name}.zip"
    shutil.rmtree(place, ignore_errors=True)
    packed.unlink(missing_ok=True)
    place.mkdir(parents=True)
    story.form(edited_log(story, bases), place)
    story.model(bases / (story.model_of or story.training), place)
    if story.declared:
        declaration = f"name: {story.name}\n{story.declared}\n"
        (place / "submission.yaml").write_text(declaration, encoding="utf-8")
    if story.packed:
        shutil.make_archive(str(place), "zip", place)
        shutil.rmtree(place)


def edited_log(story: Story, bases: Path) -> pd.DataFrame:
    """The log that a story hands in; the same each time."""
    random = np.random.default_rng(zlib.crc32(story.name.encode()))
    log = _log(story.training, bases)
    if story.appended_to:
        log = pd.concat([_log(story.appended_to, bases), log], ignore_index=True)
    for edit in story.log:
        log = edit(log, random)
    return log


@cache
def _log(training: str, bases: Path) -> pd.DataFrame:
    return pd.read_csv(bases / training / LOG)

"""Tests of the table: it is complete, and every name in it means something."""

from collections import Counter

import pytest
from making import trainings_of
from stories import STORIES
from story import Story
from trainings import HONEST, OTHER_KINDS, REPLAYED, TRAININGS

from grader.checks import kinds
from grader.evidence.part import wanted
from grader.report import FILES


def test_there_are_enough_stories_of_each_kind() -> None:
    """The corpus has at least sixty submissions, and enough of each kind to say something."""
    counts = Counter(story.kind for story in STORIES)

    assert len(STORIES) >= 60
    assert min(counts["honest"], counts["mistaken"], counts["dishonest"]) >= 20


def test_the_table_is_whole() -> None:
    """Ids differ in any case, truths are sentences, each training is used, and no two begin alike."""
    assert len(STORIES) == len({story.name.casefold() for story in STORIES})
    assert [] == [story.name for story in STORIES if not story.truth.endswith(".")]
    assert set(TRAININGS) == set(trainings_of(STORIES))
    own_seed = [training for name, training in TRAININGS.items() if name not in REPLAYED]
    assert len(own_seed) == len({training.seed for training in own_seed})


def test_honest_stories_are_made_of_honest_trainings() -> None:
    """What an honest student hands in comes from one training that did what was asked."""
    odd = [
        story.name
        for story in STORIES
        if story.kind == "honest"
        and (story.training not in {**HONEST, **OTHER_KINDS, **REPLAYED} or story.model_of or story.items)
    ]

    assert [] == odd


@pytest.mark.parametrize(
    "story", [story for story in STORIES if story.kind != "honest"], ids=lambda story: story.name
)
def test_what_may_complain_is_a_kind_of_check(story: Story) -> None:
    """A story that must not pass names the items that may say so: those of checks, or of files."""
    assert story.items
    assert set() == set(story.items) - {*kinds(), *(f"{FILES}-{name}" for name in wanted()), "likeness"}


def test_what_stands_beside_is_an_honest_story_that_owns_what_was_taken() -> None:
    """A copy stands beside the submission that it was made from."""
    by_name = {story.name: story for story in STORIES}
    copies = [story for story in STORIES if story.beside]

    assert copies
    for story in copies:
        original = by_name[story.beside]
        assert "honest" == original.kind
        assert original.training in {story.training, story.model_of}

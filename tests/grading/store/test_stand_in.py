"""Tests of `grader.grading.store.stand_in`: something large is made when it is needed."""

import builders_evidence as build
import pytest

from grader.errors import DamagedError
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.grading.store.stand_in import StandIn


def test_it_is_taken_for_the_object() -> None:
    """A check sees no difference, and the object is made with the first attribute."""
    made: list[Log] = []

    def make() -> Log:
        made.append(build.a_log(loss=[2.0, 1.0]))
        return made[-1]

    log = StandIn(Log, make)

    assert isinstance(log, Log)
    assert not isinstance(log, Model)
    assert [] == made
    assert 2 == log.rows
    column = log.column("loss")
    assert column is not None
    assert (2.0, 1.0) == column.values


def test_what_cannot_be_made_is_said_when_it_is_needed() -> None:
    """The error of making comes out of the attribute."""

    def damaged() -> Log:
        raise DamagedError

    with pytest.raises(DamagedError):
        _ = StandIn(Log, damaged).rows

"""Tests of the check on the size of a network."""

import pytest
from builders_evidence import a_model, ask

from grader.checks.parameters_at_most import ParametersAtMost


@pytest.mark.parametrize(("found", "status"), [(99_999, "passed"), (100_000, "passed"), (100_001, "failed")])
def test_the_limit_itself_is_allowed(found: int, status: str) -> None:
    """One parameter more is not."""
    assert status == ask(ParametersAtMost(count=100_000), model=a_model(parameters=found)).status

"""A few of the damaged submissions that the command makes, through real workers."""

from pathlib import Path
from random import Random

import pytest
from mutate import Tally, good_logs, make, page, run
from mutations import OF_LOGS, mutated

pytestmark = pytest.mark.usefixtures("workers")


@pytest.mark.hostile_row(18)
def test_damaged_submissions_stop_nobody(tmp_path: Path) -> None:
    """Each has its result, no worker hangs, and the program makes no mistake."""
    tally = run(tmp_path / "class", seed=1, models=8, logs=20, jobs=2)

    assert [] == tally.failures
    assert (8, 20) == (tally.models.total(), tally.logs.total())
    assert {"refused", "read"} == set(tally.logs)
    assert 0 < tally.peak_memory < 2**31


def test_the_same_seed_makes_the_same_files(tmp_path: Path) -> None:
    """So a failure can be looked at again."""
    content = good_logs()["log.csv"]
    once, again, other = (mutated(Random(seed), content, OF_LOGS) for seed in (1, 1, 2))  # noqa: S311  (no secret)

    assert once == again
    assert once != other
    assert make(tmp_path / "a", 3, 0, 4) == make(tmp_path / "b", 3, 0, 4)


def test_the_page_has_the_counts() -> None:
    """And the failures, with what was changed."""
    tally = Tally(peak_memory=300 * 2**20, failures=["log_0001 (cut) hung"])
    tally.models.update(read=1, refused=2)

    assert (
        "3 damaged models: 2 refused, 1 read\n0 damaged logs: none\n"
        "peak memory of a worker: 300 MiB\n1 failures\nlog_0001 (cut) hung"
    ) == page(tally)

"""Brightspace's names of folders and files."""

from pathlib import Path

import pytest
from builders_platforms import read_alone

from grader.platforms.brightspace.download import parse
from grader.platforms.shapes import Named
from grader.submissions.people import Person


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (
            "397063-2557369 - Mary-Ann Smith - Sep 24, 2024 926 PM",
            Named("397063-2557369 Mary-Ann Smith", Person(name="Mary-Ann Smith"), "2024-09-24 21:26"),
        ),
        (
            "1-2 - 李伟 - June 3, 2026 1201 AM - my - model.keras",
            Named("1-2 李伟", Person(name="李伟"), "2026-06-03 00:01", "my - model.keras"),
        ),
        *((name, None) for name in ("1-2 - Ana - Mrz 3, 2026 1201 AM", "ana", "1-2 - A")),
    ],
)
def test_a_name_says(stored: str, expected: Named | None) -> None:
    """Whose it is, when it was handed in, and the student's own name of a file; or nothing."""
    assert expected == parse(stored)


def test_a_class(tmp_path: Path) -> None:
    """The newest attempt counts, by its time and not by its digits; two students may have one name."""
    found, older = read_alone(
        "brightspace",
        tmp_path,
        "1-2 - Ana García - Sep 24, 2026 1159 AM/old.keras",
        "1-2 - Ana García - Sep 24, 2026 126 PM/model.keras",
        "3-2 - Bo Li - Sep 24, 2026 900 AM/work.zip",
        "4-2 - Bo Li - Sep 24, 2026 900 AM/x.csv",
        "index.html",
    )

    assert {"Ana García": {"model.keras"}, "3-2 Bo Li": {"work.zip"}, "4-2 Bo Li": {"x.csv"}} == found
    assert {"1-2 - Ana García - Sep 24, 2026 1159 AM"} == older

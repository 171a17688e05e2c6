"""Tests of the README: what it says of the program is what the program says."""

import inspect
import re
from pathlib import Path

import pytest

from grader.checks import kinds, load
from grader.grading import exit_codes

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_table_of_kinds_is_the_programs() -> None:
    """Each kind of check stands in the table with the question that opens its manual page."""
    table = README.split("<!-- kinds -->")[1].split("<!-- end of kinds -->")[0]
    rows = [
        f"| `{kind}` | {inspect.cleandoc(load(kind).__doc__ or '').splitlines()[0]} |" for kind in kinds()
    ]

    assert rows == table.strip().splitlines()[2:]


def test_the_test_line_is_what_ci_runs() -> None:
    """There is one test line, and it makes its own environment, installs and runs pytest."""
    lines = re.findall(r"<!-- test line -->\n```sh\n(.*)\n```", README)

    assert 1 == len(lines)
    assert lines[0].startswith("python3 -m venv .venv-test && ")
    assert lines[0].endswith(".venv-test/bin/pytest -n auto --dist loadfile")


def test_the_exit_codes_are_the_programs() -> None:
    """The table has each exit code."""
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}

    assert {
        value for name, value in vars(exit_codes).items() if name.isupper() and isinstance(value, int)
    } == codes


def test_every_file_that_is_named_is_there() -> None:
    """No path in the README or in CONTRIBUTING leads nowhere."""
    text = README + CONTRIBUTING
    named = set(re.findall(r"`((?:grader|tests|rubrics|submissions_example)/[\w/.]+)`", text))
    named |= set(re.findall(r"\bpython ((?:tests|submissions_example)/[\w/]+\.py)", text))

    # What a reader is to write is called `my_...` there.
    assert [] == [
        path for path in sorted(named) if not (ROOT / path).exists() and not re.search("[/_]my", path)
    ]


def test_the_pictures_are_there_and_small() -> None:
    """The README shows two pages; nobody waits for them."""
    named = re.findall(r"!\[.+\]\((.+)\)", README)

    assert 2 == len(named)
    assert all(0 < (ROOT / name).stat().st_size < 120_000 for name in named)


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "NOTICE", "LICENSE"])
def test_the_papers_are_there(name: str) -> None:
    """What comes with the program is not empty."""
    assert (ROOT / name).read_text(encoding="utf-8").strip()

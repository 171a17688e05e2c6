"""The wording of a room, pinned in its `sentences.txt`: what a test was told stands under the test's name.

This is a plug-in of pytest. `python -m pytest tests --write-sentences` writes all of these files anew.
"""

import textwrap
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from grader.errors import SubmissionError

SAID: list[str] = []
WRITTEN: dict[Path, dict[str, str]] = {}


def said(sentence: object, *below: object) -> bool:
    """Keep a sentence, and what stands below it, for the comparison after the test; whether there is one."""
    if sentence:
        text = "\n".join([str(sentence), *(textwrap.indent(str(one), "    ") for one in below)])
        SAID.extend(line.rstrip() for line in text.splitlines())
    return bool(sentence)


def refusal_of(act: Callable[[], object]) -> tuple[str, str]:
    """The sentence and the hint with which something is refused."""
    with pytest.raises(SubmissionError) as caught:
        act()
    return str(caught.value.message), str(caught.value.hint)


@cache
def kept(file: Path) -> Mapping[str, str]:
    """What the tests of a room were told when its file was written, by their names."""
    parts = f"\n{file.read_text('utf-8')}".split("\n== ")[1:] if file.exists() else ()
    return {name: text.strip("\n") for name, _, text in (part.partition("\n") for part in parts)}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Files are written only where that is asked for."""
    parser.addoption("--write-sentences", action="store_true", help="write each `sentences.txt` anew")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run a test, and compare what it was told with what was kept in the room's file."""
    SAID.clear()
    yield
    room = next((folder for folder in item.path.parents if (folder / "sentences.txt").exists()), None)
    if room is None:
        return
    name = item.nodeid.removeprefix(f"{room.relative_to(item.config.rootpath).as_posix()}/")
    told = "\n".join(SAID).strip("\n")
    if item.config.getoption("write_sentences"):
        # A report is what reaches the process that writes, whichever process ran the test.
        item.user_properties.append(("told", (f"{room}/sentences.txt", name, told)))
    else:
        assert kept(room / "sentences.txt").get(name, "") == told, "`--write-sentences` writes the file anew"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Take what a test was told."""
    for key, value in report.user_properties:
        if key == "told" and report.when == "call":
            file, name, told = value
            WRITTEN.setdefault(Path(file), {})[name] = told


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what the tests were told; what files of tests that did not run were told stays."""
    if hasattr(session.config, "workerinput"):
        return
    for file, told in WRITTEN.items():
        ran = {name.partition("::")[0] for name in told}
        others = {
            name: text
            for name, text in kept(file).items()
            if (module := name.partition("::")[0]) not in ran and (file.parent / module).exists()
        }
        parts = [f"== {name}\n{text}\n" for name, text in sorted((others | told).items()) if text]
        file.write_text("\n".join(parts), encoding="utf-8")

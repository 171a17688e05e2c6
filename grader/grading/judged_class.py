"""The judged submissions of a class: on disk, however many they are, until all of them can be compared."""

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import Self

from grader.analysis.similarity import Likeness, find_pairs
from grader.analysis.similarity.features import Features
from grader.grading.judge import with_pairs
from grader.grading.judging import Judged
from grader.messages.message import say
from grader.report import Report
from grader.rubric import Rubric

_NOT_COMPARED = say("This submission could not be compared with the others because of a bug in the grader.")

logger = logging.getLogger(__name__)


class JudgedClass:
    """Takes what was judged of one submission after the other, and gives the reports with their pairs."""

    def __init__(self, rubric: Rubric) -> None:
        """Begin with nobody; what is judged goes into a temporary file of SQLite."""
        self._rubric = rubric
        # Without a name it is a file that SQLite deletes itself; nothing in it must outlive the process.
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute("CREATE TABLE reports (id TEXT PRIMARY KEY, content BLOB) WITHOUT ROWID")
        self._ids: set[str] = set()
        self._features: dict[str, tuple[Features, ...]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __contains__(self, own: str) -> bool:
        return own in self._ids

    def add(self, own: str, judged: Judged) -> None:
        """Take what was judged of the submission with this id, once."""
        content = judged.report.model_dump_json().encode()
        self._file.execute("INSERT INTO reports VALUES (?, ?)", (_key(own), content))
        self._ids.add(own)
        if judged.features:
            self._features[judged.report.id] = judged.features

    def reports(self, ids: Iterable[str]) -> Iterator[Report]:
        """Give the reports on these in their order, each with the pairs that it is part of."""
        likeness, left_out = self._compared()
        for own in ids:
            found = self._file.execute("SELECT content FROM reports WHERE id = ?", (_key(own),))
            ((content,),) = found.fetchall()
            report = Report.model_validate_json(content)
            if report.id in left_out:
                notes = (*report.teacher_notes, _NOT_COMPARED)
                yield report.model_copy(update={"teacher_notes": notes})
            else:
                like = likeness.get(report.id, Likeness())
                yield with_pairs(self._rubric, report, like.pairs, like.left_out)

    def _compared(self) -> tuple[Mapping[str, Likeness], set[str]]:
        """What was found of each, and who could not be compared."""
        features = list(self._features.values())
        try:
            return _pairs(features), set()
        except Exception:
            # What is compared is bounded where it enters, so this is a bug; it costs whoever it is about.
            logger.exception("The submissions of the class could not be compared.")
            comparable = [own for own in features if _is_comparable(own)]
            pairs = _pairs(comparable) if len(comparable) < len(features) else {}
            return pairs, self._features.keys() - pairs.keys()


def _pairs(features: Sequence[Sequence[Features]]) -> dict[str, Likeness]:
    every = tuple(chain.from_iterable(features))
    return dict(zip((own[0].id for own in features), find_pairs(every), strict=True))


def _is_comparable(own: Sequence[Features]) -> bool:
    with suppress(Exception):
        _pairs((own, [replace(one, id=f"{one.id} again") for one in own]))
        return True
    return False


def _key(own: str) -> bytes:
    # An id may have bytes that are no UTF-8.
    return own.encode("utf-8", "surrogatepass")

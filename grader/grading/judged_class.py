"""The judged submissions of a class: on disk, however many they are, until all of them can be compared."""

import logging
import sqlite3
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Self

from grader.analysis.similarity import Likeness
from grader.analysis.similarity.class_features import ClassFeatures
from grader.grading.judge import with_pairs
from grader.grading.judging import Judged
from grader.messages.message import say
from grader.messages.safe_text import plain
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
        self._file.execute("CREATE TABLE reports (id TEXT PRIMARY KEY, content BLOB)")
        self._ids: set[str] = set()
        self._features = ClassFeatures()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._features.close()

    def __contains__(self, own: str) -> bool:
        return own in self._ids

    def add(self, own: str, judged: Judged) -> None:
        """Take what was judged of the submission with this id, once."""
        content = judged.report.model_dump_json().encode()
        self._file.execute("INSERT INTO reports VALUES (?, ?)", (_key(own), content))
        self._ids.add(own)
        if judged.features:
            self._features.add(own, judged.features)

    def reports(self, ids: Iterable[str]) -> Iterator[Report]:
        """Give the reports on these in their order, each with the pairs that it is part of."""
        every = list(ids)
        likeness, strange = self._compared(every)
        for own in every:
            found = self._file.execute("SELECT content FROM reports WHERE id = ?", (_key(own),))
            ((content,),) = found.fetchall()
            report = Report.model_validate_json(content)
            alike = None if own in strange else _of(likeness, report.id)
            if alike is None:
                notes = (*report.teacher_notes, _NOT_COMPARED)
                yield report.model_copy(update={"teacher_notes": notes})
            else:
                yield with_pairs(self._rubric, report, alike.pairs, alike.left_out)

    def _compared(self, ids: Sequence[str]) -> tuple[Mapping[str, Likeness], Container[str]]:
        """What was found of each, and who could not be compared."""
        try:
            return self._features.compare(ids), ()
        except Exception:
            # What is compared is bounded where it enters, so this is a bug; it costs whoever it is about.
            logger.exception("The submissions of the class could not be compared.")
            kept = [own for own in ids if own in self._features]
            strange = {own for own in kept if not self._features.is_comparable(own)}
            if not strange:
                return {}, kept
            return self._features.compare([own for own in kept if own not in strange]), strange


def _of(likeness: Mapping[str, Likeness], name: str) -> Likeness | None:
    """The likeness of one, whose sentences are made here; None where a bug prevents it."""
    try:
        return likeness[name] if name in likeness else Likeness()
    except Exception:
        logger.exception("%s could not be compared with the others of the class.", plain(name))
        return None


def _key(own: str) -> bytes:
    # An id may have bytes that are no UTF-8.
    return own.encode("utf-8", "surrogatepass")

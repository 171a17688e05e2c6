"""The judged submissions of a class: on disk, however many they are, until all of them can be compared."""

import logging
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from grader.analysis.similarity import Likeness
from grader.analysis.similarity.class_features import ClassFeatures
from grader.files.temporary_store import Place, TemporaryStore
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

    def __init__(self, rubric: Rubric, folder: Path | None = None) -> None:
        """Begin with nobody; what is judged goes into files without a name, in this folder if it may."""
        self._rubric = rubric
        self._reports = TemporaryStore(folder)
        self._places: dict[str, Place] = {}
        self._features = ClassFeatures(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reports.close()
        self._features.close()

    def __contains__(self, own: str) -> bool:
        return own in self._places

    def add(self, own: str, judged: Judged) -> None:
        """Take what was judged of the submission with this id, once."""
        self._places[own] = self._reports.add(judged.report.model_dump_json().encode())
        if judged.features:
            self._features.add(own, judged.features)

    def reports(self, ids: Iterable[str]) -> Iterator[Report]:
        """Give the reports on these in their order, each with the pairs that it is part of."""
        every = list(ids)
        likeness, strange = self._compared(every)
        for own in every:
            report = Report.model_validate_json(self._reports.read(self._places[own]))
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

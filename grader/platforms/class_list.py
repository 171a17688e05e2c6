"""Reads the class in a folder: whose submissions they are, and who of the roster has not submitted."""

from dataclasses import dataclass
from pathlib import Path

from grader.platforms.downloads import AUTOMATIC, read_download
from grader.submissions.matching import match
from grader.submissions.roster import Student, read_roster
from grader.submissions.submission import Submission


@dataclass(frozen=True)
class ClassList:
    """A class as it is graded.

    Attributes:
        submissions: The submissions, with unique ids, in order of id.
        absent: The students of the roster who have not submitted, in its order.
        sentences: How the folder and the roster were read, for whoever grades.
    """

    submissions: tuple[Submission, ...]
    absent: tuple[Student, ...] = ()
    sentences: tuple[str, ...] = ()


def read_class(folder: Path, layout: str = AUTOMATIC, roster: Path | None = None) -> ClassList:
    """Find the submissions in a folder, and whose they are.

    Args:
        folder: A download of a platform, or a folder with a folder or a `.zip` per student.
        layout: One of `grader.platforms.downloads.layouts()`.
        roster: A CSV file with the students of the class.

    Raises:
        UsageError: The folder or the roster cannot be used.
    """
    students = read_roster(roster) if roster else ()
    download = read_download(folder, layout)
    if not roster:
        return ClassList(download.submissions, sentences=download.sentences)
    matching = match(download.submissions, students)
    return ClassList(
        submissions=tuple(sorted(matching.submissions, key=lambda submission: submission.id)),
        absent=matching.absent,
        sentences=(*download.sentences, *matching.sentences),
    )

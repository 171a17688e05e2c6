"""The class that a folder holds: whose submissions they are, and who of the roster has not submitted."""

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
        submissions: with unique ids, in order of id.
        absent: the students of the roster who have not submitted, in its order.
        sentences: how the folder and the roster were read, for whoever grades.
    """

    submissions: tuple[Submission, ...]
    absent: tuple[Student, ...] = ()
    sentences: tuple[str, ...] = ()


def read_class(folder: Path, layout: str = AUTOMATIC, roster: Path | None = None) -> ClassList:
    """Find the submissions in a folder, and whose they are.

    Args:
        folder: as a platform hands it out, or with a folder or a `.zip` for each student.
        layout: one of `grader.platforms.downloads.layouts()`.
        roster: a CSV file with the students of the class.

    Raises:
        UsageError: the folder or the roster cannot be used.
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

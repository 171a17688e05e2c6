"""Who was graded into an output folder, so that they can be judged again without their files."""

from pathlib import Path

from grader.frozen import Frozen
from grader.grading.store import sealed
from grader.rubric import Plan
from grader.submissions.roster import Student
from grader.submissions.submission import IdFrom


class Work(Frozen):
    """What one student has handed in, as a run knows it.

    Attributes:
        id: of the submission.
        name: of the student, where a platform knows it.
        id_from: Where the id is from.
        place: the folder of its report.
        key: of its evidence.
    """

    id: str
    name: str
    id_from: IdFrom = "folder"
    place: str
    key: str


class Run(Frozen):
    """The last run into an output folder.

    Attributes:
        plan: what was measured.
        data: the SHA-256 of the images.
        submissions: in their order, those of them that were graded.
        absent: those of the roster who have not submitted.
    """

    plan: Plan
    data: str
    submissions: tuple[Work, ...]
    absent: tuple[Student, ...] = ()


def read_run(path: Path) -> Run | None:
    """The run of a file; None where there is none that can be read."""
    return sealed.read(Run, path)

"""What a worker is asked: to measure a submission, whose files follow, or to train a network again."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import Field

from grader.errors import SubmissionError
from grader.evidence import File
from grader.evidence.problem import Problem
from grader.evidence.values import Sentence, Text
from grader.frozen import Frozen
from grader.measure.intake import DECLARATION, Intake, Taken, largest_archive, take, take_nothing
from grader.measure.loss import Loss
from grader.measure.sources import Source, linked, open_archive, read_from
from grader.rubric import Plan
from grader.submissions.submission import Submission, own_files

LONGEST_NETWORK = 8 << 20


class Architecture(Frozen):
    """A network that can be trained again from fresh weights."""

    network: Annotated[
        str, Field(max_length=LONGEST_NETWORK)
    ]  # JSON, as `model.network.architecture` writes it
    parameters: Annotated[int, Field(ge=0)]  # the most numbers that its weights may have
    inputs: Text  # the scale of the pixels, one of `training.images.SCALES`
    probabilities: bool  # else it gives logits
    loss: Loss | None = None  # else the usual cross-entropy


class RerunRequest(Frozen):
    """A worker's task: train this network as the plan says; the folder of the arrays follows."""

    plan: Plan
    architecture: Architecture

    @property
    def sha256(self) -> str:
        """Equal for what gives equal steps: of the plan only the rerun counts."""
        parts = (self.plan.rerun.model_dump_json(), self.architecture.model_dump_json())
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class Request(Frozen):
    """A worker's task: measure a submission; its `.zip` follows, or the bytes of each of `files` in order."""

    plan: Plan
    zipped: bool
    files: tuple[File, ...] = ()
    missing: Mapping[Text, Problem] = Field(default_factory=dict)  # why the file of a part does not follow
    notes: tuple[Sentence, ...] = ()


def pack(submission: Submission, plan: Plan) -> list[bytes]:
    """Read a submission's files, once, into messages for a worker; a zip goes as it is."""
    notes, path = submission.notes, submission.path
    try:
        if path.is_symlink():
            raise linked(path.name)
        if submission.zipped:
            content, _ = read_from(path.parent)(path.name, largest_archive(plan))
            return [Request(plan=plan, zipped=True, notes=notes).model_dump_json().encode(), content]
        files = own_files(submission)
    except SubmissionError as error:
        return [_request(plan, take_nothing(error, plan, notes))]
    read = read_from(path)
    intake = take(Source(tuple(files), lambda name, largest: read(files[name], largest)), plan, notes)
    return [_request(plan, intake), *(part.content for part in intake.taken)]


def unpack(receive: Callable[[], bytes]) -> tuple[Plan, Intake]:
    """In the worker: the plan and the files."""
    request = Request.model_validate_json(receive())
    plan, notes = request.plan, request.notes
    if request.zipped:
        try:
            return plan, take(open_archive(receive()), plan, notes)
        except SubmissionError as error:
            return plan, take_nothing(error, plan, notes)
    taken = {file.role: Taken(file, receive()) for file in request.files}
    declaration = taken.pop(DECLARATION, None)
    return plan, Intake({**taken, **request.missing}, declaration, notes)


def _request(plan: Plan, intake: Intake) -> bytes:
    request = Request(
        plan=plan,
        zipped=False,
        files=tuple(part.file for part in intake.taken),
        missing={name: part for name, part in intake.parts.items() if isinstance(part, Problem)},
        notes=intake.notes,
    )
    return request.model_dump_json().encode()

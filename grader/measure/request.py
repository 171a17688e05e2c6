"""What a worker is asked: the rubric's plan, then each file of the submission as a message of its own."""

from collections.abc import Callable

from grader.errors import SubmissionError
from grader.evidence import File, Problem, Sentence
from grader.frozen import Frozen
from grader.measure.archive import open_archive
from grader.measure.intake import LARGEST, Intake, Taken, read_from, take
from grader.rubric import Plan
from grader.submission import Submission, list_files


class Request(Frozen):
    """The first message; the bytes of each of `files` follow in this order."""

    plan: Plan
    zipped: bool
    files: tuple[File, ...] = ()
    model: Problem | None = None
    log: Problem | None = None
    notes: tuple[Sentence, ...] = ()


def pack(submission: Submission, plan: Plan) -> list[bytes]:
    """Read a submission's files, once, into messages for a worker; a zip goes as it is."""
    if submission.zipped:
        try:
            content = read_from(submission.path.parent)(submission.path.name, LARGEST["archive"])
        except SubmissionError as error:
            return [_request(plan, _nothing(error))]
        return [Request(plan=plan, zipped=True).model_dump_json().encode(), content]
    try:
        names = list_files(submission.path)
    except SubmissionError as error:
        return [_request(plan, _nothing(error))]
    intake = take(names, read_from(submission.path), plan.files.model, plan.files.log)
    taken = [part for part in (intake.model, intake.log, intake.declaration) if isinstance(part, Taken)]
    return [_request(plan, intake), *(part.content for part in taken)]


def unpack(receive: Callable[[], bytes]) -> tuple[Plan, Intake]:
    """In the worker: the plan and the files."""
    request = Request.model_validate_json(receive())
    if request.zipped:
        try:
            names, read = open_archive(receive())
        except SubmissionError as error:
            return request.plan, _nothing(error)
        return request.plan, take(names, read, request.plan.files.model, request.plan.files.log)
    taken = {file.role: Taken(file, receive()) for file in request.files}
    model, log = taken.get("model") or request.model, taken.get("log") or request.log
    if model is None or log is None:
        raise ValueError("a request must give each file or the reason why it is not there")
    return request.plan, Intake(
        model=model, log=log, declaration=taken.get("declaration"), notes=request.notes
    )


def _request(plan: Plan, intake: Intake) -> bytes:
    parts = (intake.model, intake.log, intake.declaration)
    request = Request(
        plan=plan,
        zipped=False,
        files=tuple(part.file for part in parts if isinstance(part, Taken)),
        model=intake.model if isinstance(intake.model, Problem) else None,
        log=intake.log if isinstance(intake.log, Problem) else None,
        notes=intake.notes,
    )
    return request.model_dump_json().encode()


def _nothing(error: SubmissionError) -> Intake:
    problem = Problem(who="student", message=error.message, hint=error.hint)
    return Intake(model=problem, log=problem, declaration=None)

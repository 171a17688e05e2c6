"""What a worker is asked: the rubric's plan, then each file of the submission as a message of its own."""

from collections.abc import Callable
from dataclasses import replace

from grader.errors import SubmissionError
from grader.evidence import File
from grader.evidence.problem import Problem
from grader.evidence.values import Sentence
from grader.frozen import Frozen
from grader.measure.archive import open_archive
from grader.measure.intake import Intake, Source, Taken, hard_links, largest, linked, read_from, take
from grader.rubric import Plan
from grader.submissions.submission import Submission, own_files


class Request(Frozen):
    """The first message; the bytes of each of `files` follow in this order."""

    plan: Plan
    zipped: bool
    files: tuple[File, ...] = ()
    model: Problem | None = None
    log: Problem | None = None
    figure: Problem | None = None
    notes: tuple[Sentence, ...] = ()


def pack(submission: Submission, plan: Plan) -> list[bytes]:
    """Read a submission's files, once, into messages for a worker; a zip goes as it is."""
    notes, path = submission.notes, submission.path
    try:
        if path.is_symlink():
            raise linked(path.name)
        if submission.zipped:
            content = read_from(path.parent)(path.name, largest(plan.limits)["archive"])
            return [Request(plan=plan, zipped=True, notes=notes).model_dump_json().encode(), content]
        files = own_files(submission)
    except SubmissionError as error:
        return [_request(plan, _nothing(error, notes, plan))]
    read, links = read_from(path), hard_links(path)
    source = Source(
        tuple(files), lambda name, largest: read(files[name], largest), lambda name: links(files[name])
    )
    intake = take(source, plan.files, plan.limits)
    intake = replace(intake, notes=(*notes, *intake.notes))
    return [_request(plan, intake), *(part.content for part in intake.taken)]


def unpack(receive: Callable[[], bytes]) -> tuple[Plan, Intake]:
    """In the worker: the plan and the files."""
    request = Request.model_validate_json(receive())
    if request.zipped:
        try:
            source = Source(*open_archive(receive()))
        except SubmissionError as error:
            return request.plan, _nothing(error, request.notes, request.plan)
        intake = take(source, request.plan.files, request.plan.limits)
        return request.plan, replace(intake, notes=(*request.notes, *intake.notes))
    taken = {file.role: Taken(file, receive()) for file in request.files}
    model, log = taken.get("model") or request.model, taken.get("log") or request.log
    if model is None or log is None:
        raise ValueError("a request must give each file or the reason why it is not there")
    return request.plan, Intake(
        model=model,
        log=log,
        declaration=taken.get("declaration"),
        notes=request.notes,
        figure=taken.get("figure") or request.figure,
    )


def _request(plan: Plan, intake: Intake) -> bytes:
    request = Request(
        plan=plan,
        zipped=False,
        files=tuple(part.file for part in intake.taken),
        model=intake.model if isinstance(intake.model, Problem) else None,
        log=intake.log if isinstance(intake.log, Problem) else None,
        figure=intake.figure if isinstance(intake.figure, Problem) else None,
        notes=intake.notes,
    )
    return request.model_dump_json().encode()


def _nothing(error: SubmissionError, notes: tuple[str, ...], plan: Plan) -> Intake:
    problem = Problem(who="student", message=error.message, hint=error.hint)
    figure = problem if plan.files.figure else None
    return Intake(model=problem, log=problem, declaration=None, notes=notes, figure=figure)

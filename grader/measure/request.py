"""What a worker is asked: to measure a submission, whose files follow, or to train a network again.

The bytes of each file are taken once, so that what was read is what is measured.
"""

import glob
import hashlib
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from types import ModuleType
from typing import Annotated, Protocol

from pydantic import Field

from grader.errors import SubmissionError
from grader.evidence import File
from grader.evidence.frozen import Frozen
from grader.evidence.part import kinds, wanted
from grader.evidence.problem import Problem
from grader.evidence.values import LONGEST_TEXT, Sentence, Text
from grader.measure.loss import Loss
from grader.measure.runs import patterns_of, runs_of
from grader.measure.sources import Source, open_archive, read_from, shown
from grader.messages.message import EMPTY, Message, say, together
from grader.messages.safe_text import plain
from grader.messages.wording import listed, quoted
from grader.rubric import Plan
from grader.submissions.archives import linked
from grader.submissions.preference import DECLARATION as DECLARATION_FILES
from grader.submissions.preference import Preference, note, preferred, reason
from grader.submissions.submission import MOST_FILES, Submission, own_files

LONGEST_NETWORK = 8 << 20
# The role of the student's `submission.yaml` beside the parts.
DECLARATION = "declaration"
LARGEST_DECLARATION = 64 << 10
# What a zip may have beside the files that are read.
_REST_OF_AN_ARCHIVE = 24 << 20
# So many files are read to see which one is a part's, and so many bytes unless one alone may have more.
MOST_CANDIDATES = 8
LARGEST_TOGETHER = 256 << 20
# Whether a name is of a run is asked of the preferred ones alone; a submission may have thousands.
_MOST_COMPARED = 500
# A sentence names this many files and patterns; a rubric may have more, a submission thousands.
_MOST_NAMED = 6


class Architecture(Frozen):
    """A network that can be trained again from fresh weights."""

    # JSON, as `model.network.architecture` writes it.
    network: Annotated[str, Field(max_length=LONGEST_NETWORK)]
    parameters: Annotated[int, Field(ge=0)]  # the most numbers that its weights may have
    inputs: Text  # the scale of the examples, one of `measure.inputs`
    probabilities: bool  # what the loss takes the outputs for, else for logits
    shares: bool = True  # whether the outputs are from 0 to 1
    loss: Loss | None = None  # else the usual one of the task


class RerunRequest(Frozen):
    """A worker's task: train this network as the plan says; the folder of the arrays follows."""

    plan: Plan
    architecture: Architecture

    @property
    def alone(self) -> Plan:
        """What of the plan counts for a rerun."""
        plan = self.plan
        return Plan(rerun=plan.rerun, task=plan.task, inputs=plan.inputs, metrics=plan.metrics)

    @property
    def sha256(self) -> str:
        """Equal for what gives equal steps."""
        parts = (self.alone.model_dump_json(), self.architecture.model_dump_json())
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class Student(Frozen):
    """Whose files they are, as far as it decides what is measured: the id, and whether a list has it."""

    id: Text = ""
    is_listed: bool = False

    @classmethod
    def of(cls, submission: Submission, plan: Plan) -> "Student":
        """The student of a submission; nobody where every student is measured alike."""
        if plan.replay is None or plan.replay.seed != "per_student":
            return cls()
        return cls(id=plain(submission.id, LONGEST_TEXT), is_listed=submission.id_from == "roster")


NOBODY = Student()


class Candidate(Frozen):
    """A file that may be the one of a part, whose bytes follow unless there is a problem."""

    file: File
    preference: Preference
    problem: Problem | None = None


class Request(Frozen):
    """A worker's task: measure a submission; its archive follows, or the bytes of each of `files` in order.

    All of them are named here by their SHA-256.
    """

    plan: Plan
    archive: Text = ""  # the SHA-256 of it, where the submission is one
    files: tuple[Candidate, ...] = ()
    missing: Mapping[Text, Problem] = Field(default_factory=dict)  # why there is no file for a part
    notes: tuple[Sentence, ...] = ()
    student: Student = NOBODY


@dataclass(frozen=True)
class Taken:
    """One file's bytes, empty where they cannot be had, with what is known of it."""

    candidate: Candidate
    content: bytes = b""


@dataclass(frozen=True)
class Intake:
    """The files that may be a part's, the preferred one first, or why there is none, by the part's name."""

    parts: Mapping[str, tuple[Taken, ...] | Problem]
    declaration: Taken | None = None
    notes: tuple[Message, ...] = ()  # on how the files were found
    student: Student = NOBODY

    @property
    def taken(self) -> tuple[Taken, ...]:
        """Every file."""
        those = [one for part in self.parts.values() if not isinstance(part, Problem) for one in part]
        return (*those, self.declaration) if self.declaration else tuple(those)


def pack(submission: Submission, plan: Plan) -> list[bytes]:
    """Read a submission's files, once, into messages for a worker; a zip goes as it is."""
    notes, path, student = submission.notes, submission.path, Student.of(submission, plan)
    try:
        if path.is_symlink():
            raise linked(path.name)
        if submission.zipped:
            content, _ = read_from(path.parent)(path.name, largest_archive(plan))
            sha256 = hashlib.sha256(content).hexdigest()
            request = Request(plan=plan, archive=sha256, notes=notes, student=student)
            return [request.model_dump_json().encode(), content]
        files = own_files(submission)
    except SubmissionError as error:
        return [_request(plan, take_nothing(error, plan, notes), student)]
    read = read_from(path)
    intake = take(Source(tuple(files), lambda name, largest: read(files[name], largest)), plan, notes)
    return [
        _request(plan, intake, student),
        *(one.content for one in intake.taken if not one.candidate.problem),
    ]


def unpack(receive: Callable[[], bytes]) -> tuple[Plan, Intake]:
    """In the worker: the plan and the files."""
    request = Request.model_validate_json(receive())
    plan, notes = request.plan, request.notes
    if request.archive:
        try:
            intake = take(open_archive(receive(), largest_archive(plan)), plan, notes)
        except SubmissionError as error:
            intake = take_nothing(error, plan, notes)
        return plan, replace(intake, student=request.student)
    parts: dict[str, tuple[Taken, ...]] = {}
    for one in request.files:
        taken = Taken(one) if one.problem else Taken(one, receive())
        parts[one.file.role] = (*parts.get(one.file.role, ()), taken)
    (declaration,) = parts.pop(DECLARATION, (None,))
    return plan, Intake({**parts, **request.missing}, declaration, notes, request.student)


def _request(plan: Plan, intake: Intake, student: Student) -> bytes:
    request = Request(
        plan=plan,
        files=tuple(one.candidate for one in intake.taken),
        missing={name: part for name, part in intake.parts.items() if isinstance(part, Problem)},
        notes=intake.notes,
        student=student,
    )
    return request.model_dump_json().encode()


class Folder(Protocol):
    """A folder of a submission that is one thing, such as a model that was saved as a folder."""

    def holds(self, name: str) -> bool:
        """Whether the file of this name is a part of it."""

    def refusal(self) -> SubmissionError:
        """Why it is not taken."""


def asked_for(plan: Plan) -> Mapping[str, tuple[str, ...]]:
    """The patterns of each part whose file is looked for, by the part's name; those of runs come last."""
    every = {name: (*patterns, *_of_runs(plan, name)) for name, patterns in plan.files}
    return {name: patterns for name, patterns in every.items() if patterns}


def takes_notebooks(part: str, name: str, plan: Plan) -> bool:
    """Whether the rubric takes a part out of the notebook of this name: its patterns name notebooks."""
    patterns = [one for one in asked_for(plan).get(part, ()) if one.casefold().endswith(".ipynb")]
    return bool(preferred([name], patterns))


def _of_runs(plan: Plan, part: str) -> Sequence[str]:
    return [one for run in plan.runs.values() for one in getattr(run.files, part, ())]


def largest_archive(plan: Plan) -> int:
    """How many bytes of a submission's `.zip` are read."""
    sizes: list[int] = [
        _module(part).largest(plan.limits) * (max(1, len(plan.runs)) if kinds()[part].per_run else 1)
        for part in asked_for(plan)
    ]
    return sum(sizes) + _REST_OF_AN_ARCHIVE


def _module(part: str) -> ModuleType:
    """What a part's folder says of its file; it imports no library that opens one."""
    return importlib.import_module(f"grader.measure.{part}")


def take_nothing(error: SubmissionError, plan: Plan, notes: tuple[Message, ...]) -> Intake:
    """The intake of a submission that cannot be opened."""
    return Intake(dict.fromkeys(asked_for(plan), _problem(error)), notes=notes)


def take(source: Source, plan: Plan, notes: tuple[Message, ...] = ()) -> Intake:
    """Read each file that may be a part's once, within the limits; the rubric's patterns come first."""
    if len(source.names) >= MOST_FILES:
        flood = say(
            "The submission has {most_files} files or more; only the first {most_files} were looked at.",
            most_files=f"{MOST_FILES:,}",
        )
        notes = (*notes, flood)
    asked = asked_for(plan)
    if not source.names:
        words = listed([wanted()[part].word for part in asked])
        hint = say("Put in what the homework asks for: {files}.", files=words)
        return take_nothing(SubmissionError(say("The submission has no files."), hint), plan, notes)
    declaration: Taken | None = None
    try:
        declaration = _declaration(source)
    except SubmissionError as error:
        notes = (*notes, together(error.message, say("It was ignored.")))
    # Where a part can be a folder, its module says which folders are one.
    folders: dict[str, tuple[Folder, ...]] = {
        part: getattr(_module(part), "folders", lambda _: ())(source.names) for part in asked
    }
    inside = [folder for found in folders.values() for folder in found]
    loose = [name for name in source.names if not any(folder.holds(name) for folder in inside)]
    parts: dict[str, tuple[Taken, ...] | Problem] = {}
    for part, patterns in asked.items():
        named = _named(part, declaration, loose)
        others = (*wanted()[part].patterns, *wanted()[part].others, *map(glob.escape, named))
        every = preferred(loose, patterns if folders[part] else (*patterns, *others))
        of_runs = {one.name for one in every[:_MOST_COMPARED] if runs_of(one.name, patterns_of(plan.runs))}
        first = sorted(every, key=lambda one: (one.name not in named, one.name not in of_runs))
        few = sorted(first[: MOST_CANDIDATES * max(1, len(plan.runs))])
        most, taken = _module(part).largest(plan.limits), []
        left = max(most * max(1, len(plan.runs)), LARGEST_TOGETHER)
        for one in few:
            taken.append(_take(source, part, one, min(most, left)))
            left -= len(taken[-1].content)
        parts[part] = tuple(taken) or _problem(_missing(part, patterns, loose, folders[part]))
    return Intake(parts, declaration, notes)


def _declaration(source: Source) -> Taken | None:
    """The student's `submission.yaml`."""
    every = preferred(source.names, DECLARATION_FILES)
    if not every:
        return None
    first, *others = every
    taken = _take(source, DECLARATION, first, LARGEST_DECLARATION)
    if problem := taken.candidate.problem:
        raise SubmissionError(problem.message, problem.hint)
    if not others:
        return taken
    why = reason(first, others[0], DECLARATION_FILES)
    told = note(say("declaration"), first.name, why, [one.name for one in others])
    file = taken.candidate.file.model_copy(update={"note": told})
    return replace(taken, candidate=taken.candidate.model_copy(update={"file": file}))


def _named(part: str, declaration: Taken | None, names: Sequence[str]) -> list[str]:
    """The files that a declaration may name for a part, which are read however many there are.

    It is not parsed here: some line has the names of both.
    """
    lines = declaration.content.lower().split(b"\n") if declaration else []
    written = b"\n".join(line for line in lines if part.encode() in line)
    return [name for name in names if PurePosixPath(name).name.lower().encode(errors="replace") in written]


def _take(source: Source, role: str, preference: Preference, most: int) -> Taken:
    name, content, shared, problem = preference.name, b"", EMPTY, None
    try:
        content, links = source.read(name, most)
    except SubmissionError as error:
        problem = _problem(error)
    else:
        shared = say(
            "{name} has {links} names on this disk (hard links), so the same file may also be part of "
            "another submission.",
            name=shown(name),
            links=links,
        )
        shared = shared if links > 1 else EMPTY
    file = File(
        role=role,
        name=plain(name, LONGEST_TEXT),
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        teacher_note=shared,
    )
    safe = replace(preference, name=file.name, stem=plain(preference.stem, LONGEST_TEXT))
    candidate = Candidate(file=file, preference=safe, problem=problem)
    return Taken(candidate, content)


def _problem(error: SubmissionError) -> Problem:
    return Problem(who="student", message=error.message, hint=error.hint)


def _missing(
    part: str, patterns: Sequence[str], names: Sequence[str], folders: Sequence[Folder]
) -> SubmissionError:
    if folders:
        return folders[0].refusal()
    found = say("The files are: {names}.", names=_some(names)) if names else EMPTY
    return SubmissionError(together(not_found(part), found), wanted()[part].advice_for(patterns))


def not_found(part: str) -> Message:
    """The first sentence on a part of which there is no file."""
    return say("No file for the {role} was found.", role=wanted()[part].word)


def _some(names: Sequence[str]) -> Message | str:
    shown_names = ", ".join(map(quoted, names[:_MOST_NAMED]))
    if len(names) <= _MOST_NAMED:
        return shown_names
    return say("{names} and {left_out} more", names=shown_names, left_out=f"{len(names) - _MOST_NAMED:,}")

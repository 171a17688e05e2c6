"""What a worker is asked: to measure a submission, whose files follow, or to train a network again.

The bytes of each file are taken once, so that what was read is what is measured.
"""

import hashlib
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Annotated, Protocol

from pydantic import Field

from grader.errors import SubmissionError
from grader.evidence import File
from grader.evidence.frozen import Frozen
from grader.evidence.part import wanted
from grader.evidence.problem import Problem
from grader.evidence.values import LONGEST_TEXT, Sentence, Text
from grader.measure.loss import Loss
from grader.measure.sources import Source, open_archive, read_from, shown
from grader.messages.message import EMPTY, Message, say, together
from grader.messages.safe_text import plain
from grader.messages.wording import quoted
from grader.rubric import Files, Plan
from grader.submissions.archives import linked
from grader.submissions.submission import DECLARATION as DECLARATION_FILES
from grader.submissions.submission import MOST_FILES, Submission, choose, own_files

LONGEST_NETWORK = 8 << 20
# The role of the student's `submission.yaml` beside the parts.
DECLARATION = "declaration"
LARGEST_DECLARATION = 64 << 10
# What a zip may have beside the files that are read.
_REST_OF_AN_ARCHIVE = 24 << 20
# A sentence names this many files and patterns; a rubric may have more, a submission thousands.
_MOST_NAMED = 6


class Architecture(Frozen):
    """A network that can be trained again from fresh weights."""

    # JSON, as `model.network.architecture` writes it.
    network: Annotated[str, Field(max_length=LONGEST_NETWORK)]
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


@dataclass(frozen=True)
class Taken:
    """One file's bytes, with what the report says of it."""

    file: File
    content: bytes


@dataclass(frozen=True)
class Intake:
    """The file of each part that was asked for, or why it is not there, by the part's name."""

    parts: Mapping[str, Taken | Problem]
    declaration: Taken | None = None
    notes: tuple[Message, ...] = ()  # on how the files were found

    @property
    def taken(self) -> tuple[Taken, ...]:
        """The files that are there."""
        every = (*self.parts.values(), self.declaration)
        return tuple(part for part in every if isinstance(part, Taken))


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
            return plan, take(open_archive(receive(), largest_archive(plan)), plan, notes)
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


class Folder(Protocol):
    """A folder of a submission that is one thing, such as a model that was saved as a folder."""

    def holds(self, name: str) -> bool:
        """Whether the file of this name is a part of it."""

    def refusal(self) -> SubmissionError:
        """Why it is not taken."""


def asked_for(files: Files) -> Mapping[str, tuple[str, ...]]:
    """The patterns of each part whose file is looked for, by the part's name."""
    return {name: patterns for name, patterns in files if patterns}


def largest_archive(plan: Plan) -> int:
    """How many bytes of a submission's `.zip` are read."""
    sizes: list[int] = [_module(part).largest(plan.limits) for part in asked_for(plan.files)]
    return sum(sizes) + _REST_OF_AN_ARCHIVE


def _module(part: str) -> ModuleType:
    """What a part's folder says of its file; it imports no library that opens one."""
    return importlib.import_module(f"grader.measure.{part}")


def take_nothing(error: SubmissionError, plan: Plan, notes: tuple[Message, ...]) -> Intake:
    """The intake of a submission that cannot be opened."""
    return Intake(dict.fromkeys(asked_for(plan.files), _problem(error)), notes=notes)


def take(source: Source, plan: Plan, notes: tuple[Message, ...] = ()) -> Intake:
    """Choose the files by the rubric's patterns and read each once, within the limits."""
    if len(source.names) >= MOST_FILES:
        flood = say(
            "The submission has {most_files} files or more; only the first {most_files} were looked at.",
            most_files=f"{MOST_FILES:,}",
        )
        notes = (*notes, flood)
    declaration: Taken | None = None
    try:
        word = say("declaration")
        declaration = _take(source, DECLARATION, word, DECLARATION_FILES, LARGEST_DECLARATION)
    except SubmissionError as error:
        notes = (*notes, together(error.message, say("It was ignored.")))
    asked = asked_for(plan.files)
    # Where a part can be a folder, its module says which folders are one.
    folders: dict[str, tuple[Folder, ...]] = {
        part: getattr(_module(part), "folders", lambda _: ())(source.names) for part in asked
    }
    inside = [folder for found in folders.values() for folder in found]
    loose = [name for name in source.names if not any(folder.holds(name) for folder in inside)]
    parts: dict[str, Taken | Problem] = {}
    for part, patterns in asked.items():
        word, most = wanted()[part].word, _module(part).largest(plan.limits)
        try:
            taken = _take(Source(loose, source.read), part, word, patterns, most)
            parts[part] = taken or _problem(_missing(part, patterns, loose, folders[part]))
        except SubmissionError as error:
            parts[part] = _problem(error)
    return Intake(parts, declaration, notes)


def _take(source: Source, role: str, word: Message, patterns: Sequence[str], most: int) -> Taken | None:
    choice = choose(source.names, patterns, word)
    if choice is None:
        return None
    content, links = source.read(choice.name, most)
    shared = say(
        "{name} has {links} names on this disk (hard links), so the same file may also be part of "
        "another submission.",
        name=shown(choice.name),
        links=links,
    )
    file = File(
        role=role,
        name=plain(choice.name, LONGEST_TEXT),
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        note=choice.note,
        teacher_note=shared if links > 1 else EMPTY,
    )
    return Taken(file, content)


def _problem(error: SubmissionError) -> Problem:
    return Problem(who="student", message=error.message, hint=error.hint)


def _missing(
    part: str, patterns: Sequence[str], names: Sequence[str], folders: Sequence[Folder]
) -> SubmissionError:
    if folders:
        return folders[0].refusal()
    found = (
        say("The files are: {names}.", names=_some(names)) if names else say("The submission has no files.")
    )
    asked = say("one of {patterns}", patterns=_some(patterns)) if len(patterns) > 1 else _some(patterns)
    role = wanted()[part].word
    sentence = say("No file for the {role} was found; its name must match {asked}.", role=role, asked=asked)
    return SubmissionError(together(sentence, found), wanted()[part].advice)


def _some(names: Sequence[str]) -> Message | str:
    shown_names = ", ".join(map(quoted, names[:_MOST_NAMED]))
    if len(names) <= _MOST_NAMED:
        return shown_names
    return say("{names} and {left_out} more", names=shown_names, left_out=f"{len(names) - _MOST_NAMED:,}")

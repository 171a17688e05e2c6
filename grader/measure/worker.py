"""What a worker does: it measures one submission, or trains one network again. A request in, replies out.

Of a submission two replies are sent: what can be said without TensorFlow, at once, and the rest. What the
student can fix becomes a `Problem` of the part; anything unexpected is a bug of the grader, for the operator.
"""

import functools
import importlib
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from grader.errors import SubmissionError
from grader.evidence import Declaration, File
from grader.evidence.part import Part, wanted
from grader.evidence.problem import Problem
from grader.evidence.values import LONGEST_SENTENCE
from grader.measure.choice import Read, as_declared, choose
from grader.measure.declaration import read_declaration
from grader.measure.model.read import CleanModel
from grader.measure.reply import LONGEST_TRACEBACK, Cost, FilesReply, ModelReply, Reply, RerunReply
from grader.measure.request import Intake, RerunRequest, Taken, asked_for, unpack
from grader.messages.message import Message, say, shortened, together
from grader.rubric import Limits, Plan

Found = TypeVar("Found")

# Workers are forked from a process that has imported them.
_READERS: dict[str, Callable[[str, bytes, Declaration, Limits], Part | CleanModel]] = {
    name: importlib.import_module(f"grader.measure.{name}.read").read for name in wanted()
}
# The processor time in which a part is read; the largest honest files take a tenth of it.
READING_SECONDS = 30.0


def work(receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
    """Measure one submission."""
    plan, intake = unpack(receive)
    tracebacks: list[str] = []
    static, clean = read(intake, plan, tracebacks)
    send(_written(static, tracebacks))
    if clean is None:
        return
    folder = receive().decode()

    def look() -> ModelReply:
        # Importing TensorFlow takes seconds; a forkserver may have done it, the static reading does without.
        from grader.measure.training.loop import use_one_thread
        from grader.measure.training.session import Session

        use_one_thread()
        session = Session(clean, plan, folder)
        attempt = functools.partial(_attempt, tracebacks=tracebacks)
        return ModelReply(
            predictions=attempt(session.predictions, say("the predictions")),
            probe=attempt(session.probe, say("the probe")),
            architecture=attempt(session.architecture, say("the predictions")),
        )

    final = _attempt(look, say("the loading of the model"), tracebacks)
    if isinstance(final, Problem):
        final = ModelReply(predictions=final, probe=final, architecture=final)
    send(_written(final, tracebacks))


def train_again(receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
    """Train one network from fresh weights: a `RerunRequest` and the folder of the arrays in, a reply out."""
    from grader.measure.training.images import Arrays
    from grader.measure.training.loop import use_one_thread
    from grader.measure.training.session import rerun

    use_one_thread()
    request = RerunRequest.model_validate_json(receive())
    arrays = Arrays.read(Path(receive().decode()), request.plan.data)
    tracebacks: list[str] = []
    steps = _attempt(lambda: rerun(request.plan, request.architecture, arrays), say("the rerun"), tracebacks)
    send(_written(RerunReply(rerun=steps), tracebacks))


def _written(reply: Reply, tracebacks: list[str]) -> bytes:
    """A reply with what the work has cost so far, as it is sent."""
    known = {"tracebacks": tuple(tracebacks), "cost": _cost()}
    return reply.model_copy(update=known).model_dump_json().encode()


def _cost() -> Cost | None:
    if sys.platform == "win32":
        return None
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    # Linux counts kibibytes, macOS bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(processor_seconds=used.ru_utime + used.ru_stime, peak_memory=used.ru_maxrss * unit)


def read(
    intake: Intake, plan: Plan, tracebacks: list[str], seconds: float = READING_SECONDS
) -> tuple[FilesReply, CleanModel | None]:
    """What can be said of a submission without TensorFlow, and the copy of its model that can be loaded.

    The files that may be the one of a part have so many seconds together, one of them at most half of what is
    left for it and those after it.
    """
    declaration, notes = _declared(intake)
    reader = _Reader(declaration, plan.limits, tracebacks)
    parts: dict[str, Part | Problem] = {}
    readings: dict[str, list[Read]] = {}
    copies: dict[str, tuple[Read, CleanModel]] = {}
    for name, candidates in intake.parts.items():
        if isinstance(candidates, Problem):
            parts[name] = candidates
            continue
        few, note = as_declared(name, candidates, declaration)
        notes = (*notes, note) if note else notes
        # Half is for the one that is chosen, which is read again.
        readings[name], left = [], seconds / min(len(few), 2)
        for number, taken in enumerate(few, start=1):
            begun = time.process_time()
            found = reader.read(name, taken, max(seconds / 30, left if number == len(few) else left / 2))
            left -= time.process_time() - begun
            one = Read(taken, found.facts if isinstance(found, CleanModel) else found)
            readings[name].append(one)
            # A copy is as large as its model, so one is kept.
            if isinstance(found, CleanModel) and (
                name not in copies or one.amounts > copies[name][0].amounts
            ):
                copies[name] = one, found
    clean: CleanModel | None = None
    files: list[File] = []
    for name, chosen in choose(readings, asked_for(plan.files), declaration).items():
        parts[name] = chosen.found
        files += [chosen.file] if chosen.file else []
        if name in copies and isinstance(chosen.found, Part):
            one, copy = copies[name]
            found = copy if one is chosen.read else reader.read(name, chosen.read.taken, seconds / 2)
            clean = found if isinstance(found, CleanModel) else None
            parts[name] = found.facts if isinstance(found, CleanModel) else found
    if intake.declaration is not None:
        files.append(intake.declaration.candidate.file)
    return FilesReply(files=tuple(files), declaration=declaration, parts=parts, notes=notes), clean


def _declared(intake: Intake) -> tuple[Declaration, tuple[Message, ...]]:
    """What `submission.yaml` says, and the notes with one more where it cannot be read."""
    if intake.declaration is None:
        return Declaration(), intake.notes
    try:
        return read_declaration(intake.declaration.content), intake.notes
    except SubmissionError as error:
        note = together(error.message, say("It was ignored."), error.hint)
        return Declaration(), (*intake.notes, note)


@dataclass(frozen=True)
class _Reader:
    """What the reading of each file of one submission needs."""

    declaration: Declaration
    limits: Limits
    tracebacks: list[str]

    def read(self, part: str, taken: Taken, seconds: float) -> Part | CleanModel | Problem:
        """What one file holds as a part, or why it cannot be read."""
        word, file = wanted()[part].word, taken.candidate.file

        def held() -> Part | CleanModel:
            with stopped_after(seconds, word):
                return _READERS[part](file.name, taken.content, self.declaration, self.limits)

        if taken.candidate.problem is not None:
            return taken.candidate.problem
        return _attempt(held, say("the reading of the {part}", part=word), self.tracebacks)


class _UsedUpError(BaseException):
    """The processor time is used up; no `except Exception` on the way stops it."""


@contextmanager
def stopped_after(seconds: float, part: Message) -> Iterator[None]:
    """Refuse a part whose reading takes more than so much processor time.

    The time of this process alone counts, so that a busy machine is nobody's fault, and what is refused
    today is refused tomorrow. Code in C is stopped when it returns; the supervisor ends what never does.
    """
    begun, is_reading = time.process_time(), True

    def stop(*_: object) -> None:
        if is_reading:
            raise _UsedUpError

    timed = sys.platform != "win32" and threading.current_thread() is threading.main_thread()
    if timed:
        before = signal.signal(signal.SIGPROF, stop)
        # Again after each second: what is raised in a callback can get lost.
        signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    try:
        yield
    except (Exception, _UsedUpError) as error:
        # Between here and there the libraries may have made another error of it.
        if isinstance(error, _UsedUpError) or time.process_time() - begun >= seconds:
            raise SubmissionError(
                say(
                    "The {part} could not be read in {seconds} s of processor time; an ordinary one is read "
                    "in about a second.",
                    part=part,
                    seconds=f"{seconds:.2g}",
                ),
                say("Submit the file as the program that made it wrote it, with nothing added."),
            ) from None
        raise
    finally:
        is_reading = False
        if timed:
            signal.setitimer(signal.ITIMER_PROF, 0.0)
            signal.signal(signal.SIGPROF, before)


def _attempt(measure: Callable[[], Found], what: Message, tracebacks: list[str]) -> Found | Problem:
    try:
        return measure()
    except SubmissionError as error:
        return Problem(
            who="student",
            message=shortened(error.message, LONGEST_SENTENCE),
            hint=shortened(error.hint, LONGEST_SENTENCE),
        )
    except Exception as error:  # noqa: BLE001  (whatever it is, it is our bug and must not cost the student anything)
        tracebacks.append(traceback.format_exc()[-LONGEST_TRACEBACK:])
        if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
            return Problem(
                who="operator",
                message=say("There was not enough memory for {what}.", what=what),
                hint=say("Raise `limits: memory` in the rubric."),
            )
        return Problem(
            who="operator",
            message=say(
                "The grader failed during {what} ({name}); this is a bug in the grader.",
                what=what,
                name=type(error).__name__,
            ),
            hint=say("Please report it, with the traceback that is saved beside the report."),
        )

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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

from grader.errors import DoubtError, SubmissionError
from grader.evidence import Declaration, File
from grader.evidence.part import UNNAMED, Part, kinds, wanted
from grader.evidence.problem import Problem
from grader.evidence.training import SeedBy
from grader.evidence.values import LONGEST_SENTENCE
from grader.measure.choice import Read, as_declared, choose
from grader.measure.declaration import read_declaration
from grader.measure.model.read import CleanModel
from grader.measure.reply import LONGEST_TRACEBACK, PENDING, Cost, FilesReply, ModelReply, Reply, RerunReply
from grader.measure.request import Intake, RerunRequest, Student, Taken, unpack
from grader.measure.run_files import of_runs, patterns_for
from grader.measure.runs import SeveralRuns
from grader.messages.message import Message, say, shortened, together
from grader.rubric import Plan

Found = TypeVar("Found")

# Workers are forked from a process that has imported them.
_READERS: dict[str, Callable[[str, bytes, Declaration, Plan], Part | CleanModel | SeveralRuns]] = {
    name: importlib.import_module(f"grader.measure.{name}.read").read for name in wanted()
}
# A seed, the id of the student that it belongs to, and how that is known.
WhoseSeed: TypeAlias = tuple[int, str, SeedBy]
# The processor time in which a part is read; the largest honest files take a tenth of it.
READING_SECONDS = 30.0


def work(receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
    """Measure one submission."""
    plan, intake = unpack(receive)
    tracebacks: list[str] = []
    static, models = read(intake, plan, tracebacks)
    send(_written(static, tracebacks))
    folder = receive().decode() if models else ""
    whose = whose_seed(plan, intake.student, static.declaration)
    for run, clean in models.items():
        looked = _attempt(
            functools.partial(_look, run, clean, plan, folder, whose, tracebacks),
            say("the loading of the model"),
            tracebacks,
        )
        if isinstance(looked, Problem):
            replay = looked if plan.replay else None
            looked = ModelReply(run=run, predictions=looked, probe=looked, architecture=looked, replay=replay)
        send(_written(looked, tracebacks))


def _look(  # noqa: PLR0913, PLR0917  (of which run, by what, where)
    run: str, clean: CleanModel, plan: Plan, folder: str, whose: WhoseSeed | None, tracebacks: list[str]
) -> ModelReply:
    """What the model of a run does."""
    # Importing TensorFlow takes seconds; a forkserver may have done it, the static reading does without.
    from grader.measure.training.loop import use_one_thread
    from grader.measure.training.session import Session

    use_one_thread()
    session = Session(clean, plan.of(run), folder)
    attempt = functools.partial(_attempt, tracebacks=tracebacks)
    return ModelReply(
        run=run,
        predictions=attempt(session.predictions, say("the predictions")),
        probe=attempt(session.probe, say("the probe")),
        architecture=attempt(session.architecture, say("the predictions")),
        replay=attempt(lambda: session.replay(*whose), say("the replay")) if whose else None,
        activation=session.activation,
    )


def whose_seed(plan: Plan, student: Student, declaration: Declaration) -> WhoseSeed | None:
    """The seed of a replay, if there is one, with the id that it is of, and how that is known.

    A list of the class goes before what a student declares, and that before the name of the folder.
    """
    if plan.replay is None:
        return None
    if plan.replay.seed != "per_student":
        return plan.replay.seed, "", "rubric"
    by: SeedBy = "list" if student.is_listed else "declared" if declaration.id else "folder"
    own_id = declaration.id if by == "declared" else student.id
    return plan.replay.seed_of(plan.course_key, own_id), own_id, by


def train_again(receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
    """Train one network from fresh weights: a `RerunRequest` and the folder of the arrays in, a reply out."""
    from grader.measure.training.examples import Arrays
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
) -> tuple[FilesReply, Mapping[str, CleanModel]]:
    """What can be said of a submission without TensorFlow, and for each run the copy of its model to load.

    The files that may be the one of a part have so many seconds together, one of them at most half of what is
    left for it and those after it.
    """
    declaration, notes = _declared(intake)
    # Which run of a log is meant, the rubric says where it has runs.
    own = declaration.model_copy(update={"run": ""}) if plan.runs else declaration
    reader = _Reader(own, plan, tracebacks)
    parts: dict[str, Sequence[Read] | Problem] = {}
    # A copy is as large as its model, so one is kept.
    copies: dict[str, tuple[Read, CleanModel]] = {}
    for name, candidates in intake.parts.items():
        if isinstance(candidates, Problem):
            parts[name] = candidates
            continue
        few, note = as_declared(name, candidates, declaration)
        notes = (*notes, note) if note else notes
        parts[name], copy = reader.read_all(name, few, seconds)
        copies |= {name: copy} if copy else {}
    models: dict[str, CleanModel] = {}
    files: list[File] = []
    runs: dict[str, dict[str, Part | Problem]] = {}
    for run, those in _by_run(parts, plan, declaration).items():
        held = runs[run] = {name: few for name, few in those.items() if isinstance(few, Problem)}
        candidates_of = {name: few for name, few in those.items() if not isinstance(few, Problem)}
        patterns = {name: patterns_for(plan, name, run) for name in candidates_of}
        for name, chosen in choose(candidates_of, patterns, declaration, run).items():
            held[name] = chosen.found
            files += [chosen.file] if chosen.file else []
            if name in copies and isinstance(chosen.found, Part):
                one, clean = copies[name]
                found: Part | CleanModel | Problem = clean
                if one.name != chosen.read.name:
                    found = reader.read_again(name, chosen.read.taken, seconds / 2)
                if isinstance(found, CleanModel):
                    models[run] = found
                held[name] = found.facts if isinstance(found, CleanModel) else found
    if intake.declaration is not None:
        files.append(intake.declaration.candidate.file)
    asked = [name for name, is_asked in (("replay", plan.replay), ("metrics", plan.measures)) if is_asked]
    for run in plan.runs or (UNNAMED,):
        runs[run] |= dict.fromkeys(asked, PENDING)
    once = runs.pop(UNNAMED)
    reply = FilesReply(files=tuple(files), declaration=declaration, parts=once, runs=runs, notes=notes)
    return reply, models


def _by_run(
    parts: Mapping[str, Sequence[Read] | Problem], plan: Plan, declaration: Declaration
) -> Mapping[str, Mapping[str, Sequence[Read] | Problem]]:
    """The files that may be a part, or why there are none, for each run, and for what there is once."""
    per_run = {name: those for name, those in parts.items() if plan.runs and kinds()[name].per_run}
    once = {name: those for name, those in parts.items() if name not in per_run}
    shared = {
        name: dict.fromkeys(plan.runs, those)
        if isinstance(those, Problem)
        else of_runs(name, those, plan, declaration)
        for name, those in per_run.items()
    }
    return {UNNAMED: once, **{run: {name: shared[name][run] for name in per_run} for run in plan.runs}}


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
    plan: Plan
    tracebacks: list[str]

    def read_all(
        self, part: str, few: Sequence[Taken], seconds: float
    ) -> tuple[list[Read], tuple[Read, CleanModel] | None]:
        """What each of a few files holds, and the best of those that can be loaded with its copy."""
        # Half is for the one that is chosen, which is read again.
        every, left = list[Read](), seconds / min(len(few), 2)
        best: tuple[Read, CleanModel] | None = None
        for number, taken in enumerate(few, start=1):
            begun = time.process_time()
            found = self.read(part, taken, max(seconds / 30, left if number == len(few) else left / 2))
            left -= time.process_time() - begun
            if isinstance(found, SeveralRuns):
                every += self._runs(taken, found)
                continue
            one = Read(taken, found.facts if isinstance(found, CleanModel) else found)
            every.append(one)
            if isinstance(found, CleanModel) and (best is None or one.amounts > best[0].amounts):
                best = one, found
        return every, best

    def _runs(self, taken: Taken, found: SeveralRuns) -> list[Read]:
        """What was read of a log of several runs: each, or the question which of them is meant."""
        if self.plan.runs:
            return [Read(taken, part, group=run) for run, part in found.parts.items()]
        return [Read(taken, found.question(taken.candidate.file.name), several=found)]

    def read_again(self, part: str, taken: Taken, seconds: float) -> Part | CleanModel | Problem:
        """What a file holds of which a part was read before."""
        found = self.read(part, taken, seconds)
        return found.question(taken.candidate.file.name) if isinstance(found, SeveralRuns) else found

    def read(self, part: str, taken: Taken, seconds: float) -> Part | CleanModel | SeveralRuns | Problem:
        """What one file holds as a part, or why it cannot be read."""
        word, file = wanted()[part].word, taken.candidate.file

        def held() -> Part | CleanModel | SeveralRuns:
            with stopped_after(seconds, word):
                return _READERS[part](file.name, taken.content, self.declaration, self.plan)

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
    except (SubmissionError, DoubtError) as error:
        return Problem(
            who="teacher" if isinstance(error, DoubtError) else "student",
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

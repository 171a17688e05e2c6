"""What a worker does: it measures one submission, or trains one network again. A request in, replies out.

Of a submission two replies are sent: what can be said without TensorFlow, at once, and the rest.
What is the student's to mend becomes a `Problem` of the part;
anything unexpected is ours, and the operator's to see.
"""

import functools
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.evidence.figure import Figure
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.problem import Problem
from grader.evidence.values import LONGEST_SENTENCE
from grader.measure.architecture import RerunRequest
from grader.measure.declaration import read_declaration
from grader.measure.figure import read_figure
from grader.measure.intake import Intake, Taken
from grader.measure.log import read_log
from grader.measure.log.table import Limits as LogLimits
from grader.measure.model import CleanModel, read_model
from grader.measure.model.reading import Limits as ModelLimits
from grader.measure.reply import PENDING, Cost, Reply, RerunReply
from grader.measure.request import unpack
from grader.messages.phrase import say, shortened, together
from grader.rubric import Limits

Part = TypeVar("Part")

# Longer tracebacks come from recursion; their ends say enough.
_LONGEST_TRACEBACK = 20_000


def work(receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
    """Measure one submission; see `request` for what is received and `reply` for what is sent."""
    plan, intake = unpack(receive)
    tracebacks: list[str] = []
    static, clean = read(intake, plan.limits, tracebacks)
    send(_message(static))
    if isinstance(clean, Problem):
        return
    folder = receive().decode()

    def look() -> Reply:
        # Importing TensorFlow takes seconds; a forkserver may have done it, the static reading does without.
        from grader.measure.training.graphs import use_one_thread
        from grader.measure.training.session import Session

        use_one_thread()
        session = Session(clean.content, clean.suffix, clean.parameters, plan, folder)
        attempt = functools.partial(_attempt, tracebacks=tracebacks)
        measured = {
            "predictions": attempt(session.predictions, say("the predictions")),
            "probe": attempt(session.probe, say("the probe")),
            "architecture": attempt(lambda: session.architecture(clean.architecture), say("the predictions")),
        }
        return static.model_copy(update={**measured, "tracebacks": tuple(tracebacks)})

    final = _attempt(look, say("the loading of the model"), tracebacks)
    if isinstance(final, Problem):
        parts = dict.fromkeys(("predictions", "probe", "architecture"), final)
        final = static.model_copy(update={**parts, "tracebacks": tuple(tracebacks)})
    send(_message(final))


def train_again(receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
    """Train one network from fresh weights: a `RerunRequest` and the folder of the arrays in, a reply out."""
    from grader.measure.training.batches import Arrays
    from grader.measure.training.graphs import use_one_thread
    from grader.measure.training.rerun import rerun

    use_one_thread()
    request = RerunRequest.model_validate_json(receive())
    arrays = Arrays.read(Path(receive().decode()), request.plan.data)
    tracebacks: list[str] = []
    steps = _attempt(lambda: rerun(request.plan, request.architecture, arrays), say("the rerun"), tracebacks)
    reply = RerunReply(rerun=steps, tracebacks=tuple(tracebacks), cost=_cost())
    send(reply.model_dump_json().encode())


def _message(reply: Reply) -> bytes:
    return reply.model_copy(update={"cost": _cost()}).model_dump_json().encode()


def _cost() -> Cost | None:
    if sys.platform == "win32":
        return None
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    # Linux counts kibibytes, macOS bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(processor_seconds=used.ru_utime + used.ru_stime, peak_memory=used.ru_maxrss * unit)


def read(intake: Intake, limits: Limits, tracebacks: list[str]) -> tuple[Reply, CleanModel | Problem]:
    """What can be said of a submission without TensorFlow, and the copy of its model that can be loaded.

    Args:
        intake: the files.
        limits: on what is read.
        tracebacks: those of our own mistakes are added.
    """
    notes = intake.notes
    declaration = Declaration()
    if intake.declaration is not None:
        try:
            declaration = read_declaration(intake.declaration.content)
        except SubmissionError as error:
            notes = (
                *notes,
                together(error.message, say("It was left aside."), error.hint),
            )
    log, model = intake.log, intake.model
    series: Log | Problem
    clean: CleanModel | Problem
    if isinstance(log, Taken):
        taken_log = log
        series = _attempt(
            lambda: read_log(
                taken_log.file.name,
                taken_log.content,
                declaration,
                LogLimits.by_rubric(limits),
            ),
            say("the reading of the log"),
            tracebacks,
        )
    else:
        series = log
    if isinstance(model, Taken):
        taken_model = model
        clean = _attempt(
            lambda: read_model(taken_model.file.name, taken_model.content, ModelLimits.by_rubric(limits)),
            say("the reading of the model"),
            tracebacks,
        )
    else:
        clean = model
    figure = intake.figure
    drawn: Figure | Problem | None
    if isinstance(figure, Taken):
        taken_figure = figure
        drawn = _attempt(
            lambda: read_figure(taken_figure.file.name, taken_figure.content),
            say("the reading of the figure"),
            tracebacks,
        )
    else:
        drawn = figure
    facts: Model | Problem = clean if isinstance(clean, Problem) else clean.facts
    later = clean if isinstance(clean, Problem) else PENDING
    reply = Reply(
        files=tuple(part.file for part in intake.taken),
        declaration=declaration,
        log=series,
        model=facts,
        predictions=later,
        probe=later,
        architecture=later,
        figure=drawn,
        notes=notes,
        tracebacks=tuple(tracebacks),
    )
    return reply, clean


def _attempt(measure: Callable[[], Part], what: str, tracebacks: list[str]) -> Part | Problem:
    try:
        return measure()
    except SubmissionError as error:
        return Problem(
            who="student",
            message=shortened(error.message, LONGEST_SENTENCE),
            hint=shortened(error.hint, LONGEST_SENTENCE),
        )
    except Exception as error:  # noqa: BLE001  (whatever it is, it is ours, and the student is not to pay for it)
        tracebacks.append(traceback.format_exc()[-_LONGEST_TRACEBACK:])
        if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
            return Problem(
                who="operator",
                message=say("There was not enough memory for {what}.", what=what),
                hint=say("Raise `limits: memory` in the rubric."),
            )
        return Problem(
            who="operator",
            message=say(
                "The grader failed during {what} ({name}); this is a mistake of the program.",
                what=what,
                name=type(error).__name__,
            ),
            hint=say("Please report it with the traceback that lies beside the report."),
        )

"""Compares the log with the first steps of its training, made again from the student's seed."""

from collections.abc import Sequence

from pydantic import Field

from grader.analysis.log_positions import steps
from grader.analysis.norms.infer import NormColumns
from grader.analysis.reference.replay import Replayed, replayed
from grader.checks import Check
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.training import Replay
from grader.messages.message import EMPTY, Message, say, together, verbatim
from grader.messages.wording import counted, listed, number, quoted
from grader.report import Finding, Numbers, failed, not_checked, passed, review

# Equal weights and images give equal numbers at the first step, to the rounding of any machine.
_SAME = 1e-3
_MOST_SHOWN = 5
# What they draw in a step is not the same with XLA, which is the default on a graphics card.
_RANDOM = ("Dropout", "GaussianNoise", "Random")
_ID_FROM = {
    "folder": say("Its id is the name of the folder, because no list and no `submission.yaml` has one."),
    "declared": say("Its id is the one that `submission.yaml` declares, because no list has one."),
}
_NOTEBOOK = say(
    "Run the starter notebook that you were given, with your own seed and from its first cell on, and hand "
    "in the model and the log of that one training."
)


class LogFitsReplay(Check):
    """Is the log of a training that began from the student's own seed?

    Where the rubric has `replay`, each student gets a seed with the starter notebook, which decides the first
    weights and the order of the images. The grader makes the first steps again from the seed that belongs to
    the student, whatever the log says, and compares the loss and each norm step by step: the median of the
    relative differences, as a share of how much neighbouring steps differ in the median. Rounding makes it a
    hundredth at most, and another training about 1. Norms that are held at the cap tell nothing.

    A log that names another seed or batch size fails, with a sentence that says so. Any other that differs is
    left to a teacher: another version of Keras, another backend, or layers that are built in another order
    draw other weights, too. It is not checked where numbers cannot be equal: a model of an older Keras,
    layers that were adapted to the images, dropout that was compiled otherwise, a loss of one's own; nor
    where nothing in the log differs from step to step.

    Args:
        within: How far a column may be from its replay, as a share of how much its neighbouring steps differ.

    Example:
        log_fits_replay: {within: 0.25}
    """

    within: float = Field(default=0.25, gt=0, le=1)

    def find(self, norms: NormColumns, replay: Replay, model: Model | None) -> Finding:
        """Compare each column's first steps."""
        log, whose = norms.log, _whose(replay)
        numbered = steps(log)
        if numbered and numbered.values and numbered.values[0] > 1:
            return not_checked(
                say(
                    "{header} begins at {first}, so the steps that the grader has made again are not in the "
                    "log.",
                    header=quoted(numbered.header),
                    first=number(numbered.values[0]),
                )
            )
        columns = [one for one in replayed(log, norms.columns, replay) if one.tells]
        apart = [one for one in columns if one.apart > self.within * one.usual]
        if not columns:
            return not_checked(
                say(
                    "Nothing in the log tells one training from another: it has no loss or norm for each of "
                    "the first {steps} that differs from step to step.",
                    steps=counted(len(replay.loss), "step"),
                )
            )
        if not apart:
            return passed(self._told(say("The log begins as {whose}.", whose=whose), columns))
        return (
            _said_otherwise(log, replay, "seed", whose)
            or _said_otherwise(log, replay, "batch_size", whose)
            or _not_comparable(model)
            or self._differs(columns, apart, replay, whose)
        )

    def _differs(
        self, columns: Sequence[Replayed], apart: Sequence[Replayed], replay: Replay, whose: Message
    ) -> Finding:
        if all(one.differences[0] < _SAME for one in columns):
            begins = say("The first step of the log is that of {whose}, but not those after it.", whose=whose)
            hint = say(
                "Ask which optimizer and settings trained the model, whether the examples came in the order "
                "of the notebook, and whether the log was changed afterwards."
            )
            return review(self._told(begins, apart), hint, map(_in_numbers, apart))
        begins = say("The log does not begin as {whose}.", whose=whose)
        its = _ID_FROM.get(replay.seed_by, EMPTY)
        hint = say(
            "Ask to see the notebook. A log of another seed, another student's and an invented one begin "
            "like this, and so does one whose examples came in another order, or of a Keras that draws other "
            "weights."
        )
        return review(together(self._told(begins, apart), its), hint, map(_in_numbers, apart))

    def _told(self, begins: Message, columns: Sequence[Replayed]) -> Message:
        """The sentence with the numbers of the column that is furthest from its replay."""
        one = max(columns, key=lambda one: one.apart / one.usual)
        return say(
            "{begins} In the first {steps}, {header} differs from the grader's own training by {share} of "
            "what neighbouring steps differ by; the rubric allows {within}.",
            begins=begins,
            steps=counted(len(one.found), "step"),
            header=quoted(one.column.header),
            share=number(one.apart / one.usual, apart_from=self.within),
            within=number(self.within),
        )


def _whose(replay: Replay) -> Message:
    """The training that was made again, in words."""
    if not replay.student:
        return say("a training with the seed {seed}", seed=replay.seed)
    return say(
        "a training with the seed {seed} of {student}", seed=replay.seed, student=quoted(replay.student)
    )


def _said_otherwise(log: Log, replay: Replay, setting: str, whose: Message) -> Finding | None:
    """The finding on a log that says itself that it was made otherwise."""
    column, asked = log.column(setting), getattr(replay, setting)
    found = next((value for value in column.values if value != asked), None) if column else None
    if column is None or found is None:
        return None
    return failed(
        say(
            "{header} of the log is {found}; asked for is {whose}, in which it is {asked}.",
            header=quoted(column.header),
            found=f"{found:.0f}" if found.is_integer() else number(found),
            whose=whose,
            asked=asked,
        ),
        _NOTEBOOK,
    )


def _not_comparable(model: Model | None) -> Finding | None:
    """The finding on a training whose numbers need not be those of the replay."""
    if model is None:
        return None
    kinds = dict.fromkeys(layer.kind for layer in model.layers)
    random = [kind for kind in kinds if any(word in kind for word in _RANDOM)]
    if not model.keras_version.startswith("3."):
        reason = say("the model was not saved by Keras 3, and another one draws other first weights")
    elif "Normalization" in kinds:
        reason = say("`Normalization` was adapted to examples that the grader does not have")
    elif random:
        reason = say(
            "{kinds} draws other numbers where TensorFlow compiles with XLA",
            kinds=listed([*map(quoted, random)]),
        )
    elif model.loss_form == "unknown":
        reason = say("the model was trained with a loss of its own")
    else:
        return None
    return not_checked(
        say("The log differs from the grader's own first steps, as it may: {reason}.", reason=reason)
    )


def _in_numbers(one: Replayed) -> Numbers:
    rows = zip(one.column.values[:_MOST_SHOWN], one.found.tolist(), strict=False)
    return Numbers(
        about=say("{header} of the first steps, logged and made again", header=quoted(one.column.header)),
        rows=tuple(
            (say("step {step}", step=step), verbatim(number(logged)), verbatim(number(again)))
            for step, (logged, again) in enumerate(rows, start=1)
        ),
    )

"""What an optimizer does that was not asked for: other clipping, another learning rate."""

import math
from collections.abc import Sequence
from statistics import median

from grader.analysis.norms.infer import ClippedLater, NormColumns
from grader.evidence.model import Model, Optimizer
from grader.evidence.training import Rerun
from grader.messages.message import EMPTY, Message, say, together
from grader.messages.wording import number, quoted

LOG_CLIPPED = say(
    "`tf.clip_by_global_norm` returns the norm from before clipping, as PyTorch's `clip_grad_norm_` does. "
    "Log `tf.linalg.global_norm(clipped)` in its place, or call `logger.record(..., clipped=clipped)` of "
    "`grader.student.NormLogger`."
)
# They divide a gradient by its own size, so that one scaled down by clipping makes the same step.
DIVIDE_BY_SIZE = {"Adam", "AdamW", "Adamax", "Nadam", "RMSprop"}
# Keras' default, added to that size before the division.
_EPSILON = 1e-7
# Settings are stored as float32.
_EQUAL = 1e-5
_MANY_TIMES = 10
# The learning rates that Keras' optimizers have where none is given.
_USUAL = {"SGD": 0.01}
_USUAL_OF_OTHERS = 0.001


def clipped_later(found: ClippedLater) -> Message:
    """That the training loop clipped the gradients after their norms were logged, with what speaks for it."""
    sums = say(
        "Adam's second moment sums to {stored} in the model file, and the norms in {name} would make it "
        "{predicted}",
        stored=number(found.fit.stored),
        name=found.column.name,
        predicted=number(found.fit.predicted),
    )
    if not found.is_at_cap:
        return say(
            "{sums}: the training loop clipped the gradients after these norms were taken, or the log is of "
            "another run.",
            sums=sums,
        )
    return say(
        "{sums}, or exactly {stored} if each is held at {cap}: the training loop clipped the gradients after "
        "these norms were taken.",
        sums=sums,
        stored=number(found.fit.stored),
        cap=number(found.cap),
    )


def other_clipping(
    model: Model, asked: float, rerun: Rerun | None, log: NormColumns | None = None
) -> Message | None:
    """What the stored clipping does instead of `clipnorm` at the cap asked for, as the rerun and log show."""
    optimizer = model.optimizer
    if optimizer is None:
        return None
    caps = [cap for cap in (optimizer.clipnorm, optimizer.global_clipnorm) if cap]
    if len(caps) + bool(optimizer.clipvalue) > 1:
        return say(
            "Keras 3 refuses two kinds of clipping at once, so an older Keras made this optimizer: "
            "keep `clipnorm` alone."
        )
    if optimizer.clipvalue:
        widest = optimizer.clipvalue * math.sqrt(model.parameters)
        return say(
            "`clipvalue` bounds each element of a gradient, `clipnorm` its norm: {parameters} "
            "elements of {clipvalue} still have a norm of {widest}.",
            parameters=model.parameters,
            clipvalue=number(optimizer.clipvalue),
            widest=number(widest),
        )
    norms = rerun.norms.variable_before if rerun else ()
    if not caps:
        later = log.clipped_later if log else None
        bare = _none(optimizer, asked, norms) if not later or not later.is_at_cap else EMPTY
        return together(bare, clipped_later(later), LOG_CLIPPED) if later else bare or None
    (found,) = caps
    if not math.isclose(found, asked, rel_tol=_EQUAL):
        small = hard_clipping(model, rerun) or _small(optimizer, found)
        return _large(found, norms) if found > asked else small
    every = say("`global_clipnorm` clips all gradients as one vector, `clipnorm` each one.")
    return every if optimizer.global_clipnorm else None


def _none(optimizer: Optimizer, asked: float, norms: Sequence[float]) -> Message:
    zero = say("In Keras 3 `clipnorm=0` means no clipping.") if optimizer.clipnorm == 0 else EMPTY
    if not norms:
        return zero
    over = sum(norm > asked for norm in norms)
    bare = say(
        "Without clipping the gradients are unbounded: in the grader's own training {over} of {norms} "
        "steps have a norm over {asked}.",
        over=over,
        norms=len(norms),
        asked=number(asked),
    )
    return together(zero, bare)


def _large(found: float, norms: Sequence[float]) -> Message | None:
    if not norms:
        return None
    over = sum(norm > found for norm in norms)
    return say(
        "At {found} little is clipped: in the grader's own training {over} of {norms} steps have a "
        "norm over it before clipping, and the largest is {largest}.",
        found=number(found),
        over=over,
        norms=len(norms),
        largest=number(max(norms)),
    )


def _small(optimizer: Optimizer, found: float) -> Message | None:
    """A small cap, with which Adam learns all the same: it had 0.844 with 0.01 as with 1.0."""
    if optimizer.kind not in DIVIDE_BY_SIZE:
        return None
    return say(
        "{kind} learns with a cap of {found} as well, because it divides each gradient by its own "
        "size; but the norms are not those that were asked for.",
        kind=quoted(optimizer.kind),
        found=number(found),
    )


def hard_clipping(model: Model | None, rerun: Rerun | None) -> Message | None:
    """Clipping so hard that the steps become small.

    A step of SGD is the learning rate times the clipped gradient: `SGD(0.01)` had 0.797 with `clipnorm` 1.0
    and 0.243 with 0.01. Adam divides by the size of the gradient, so its steps stay until what a cap c leaves
    of one of n elements, c / sqrt(n) on average, comes below epsilon: `Adam(1e-3)` had 0.844 with `clipnorm`
    0.01, 0.838 with 1e-4 and 0.788 with 1e-6.
    """
    optimizer = model.optimizer if model else None
    cap = optimizer.cap if optimizer else 0.0
    if model is None or optimizer is None or not cap or model.parameters < 1:
        return None
    clips = say("{kind} clips at {cap}", kind=quoted(optimizer.kind), cap=number(cap))
    if optimizer.kind in DIVIDE_BY_SIZE:
        left = cap / math.sqrt(model.parameters)
        if left >= _EPSILON:
            return None
        return say(
            "{clips}, which over {parameters} parameters leaves {left} of an element, less than the "
            "{epsilon} that is added before the division, so the steps are too small: train with the "
            "cap that is asked for.",
            clips=clips,
            parameters=model.parameters,
            left=number(left),
            epsilon=number(_EPSILON),
        )
    norms = rerun.norms.variable_before if rerun else ()
    if not norms or median(norms) < _MANY_TIMES * cap:
        return None
    return say(
        "{clips}, and in the grader's own training half of the norms are over {median} before "
        "clipping, so the steps are too small: train with the cap that is asked for.",
        clips=clips,
        median=number(median(norms)),
    )


def other_learning_rate(optimizer: Optimizer | None, asked: float | None = None) -> Message | None:
    """A learning rate that is ten times above or below the one asked for, or else Keras' default.

    Clipping does not mend it: a step of Adam is about as long as the learning rate whatever the size of the
    gradient. Measured with `clipnorm=1.0`: 0.831 at 0.01, and 0.1000, as for guessing, at 0.1, 1 and 10.
    """
    rate = optimizer.learning_rate if optimizer else None
    if optimizer is None or rate is None or not math.isfinite(rate):
        return None
    usual = asked or _USUAL.get(optimizer.kind, _USUAL_OF_OTHERS)
    kind = quoted(optimizer.kind)
    both = say(
        "The stored learning rate is {rate}, and {usual} is usual for {kind}",
        rate=number(rate),
        usual=number(usual),
        kind=kind,
    )
    # A float32 of 0.01 is a little less than 0.01.
    if rate >= _MANY_TIMES * usual * (1 - 1e-6):
        unhelped = (
            say(
                ", and clipping does not help, because each step is as long as the learning rate "
                "whatever the gradient's norm"
            )
            if optimizer.kind in DIVIDE_BY_SIZE
            else ""
        )
        return say(
            "{both}: the steps are too long to settle{unhelped}. Lower it, and train again.",
            both=both,
            unhelped=unhelped,
        )
    if 0 < rate * _MANY_TIMES <= usual * (1 + 1e-6):
        return say(
            "{both}: the steps are too short. Raise it, or, if a callback lowered it, let that wait "
            "longer, and train again.",
            both=both,
        )
    return None


def slow_optimizer(optimizer: Optimizer | None) -> Message | None:
    """Plain SGD, with which the accuracy was 0.797 where Adam led to 0.844."""
    if optimizer is None or optimizer.kind != "SGD":
        return None
    return say(
        "The stored optimizer is `SGD`, which needs more epochs than `Adam`: train with the "
        "optimizer that is asked for, or for longer."
    )

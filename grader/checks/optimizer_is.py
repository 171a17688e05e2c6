"""Reads the optimizer and its settings from the model file."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from grader.analysis.diagnosis.optimizer import clipped_later, other_clipping, other_learning_rate
from grader.analysis.moments.compare import fits_in_log
from grader.analysis.norms.columns import is_held
from grader.analysis.norms.infer import SEEN, NormColumns
from grader.analysis.targets import Targets
from grader.checks import Check, Setting
from grader.evidence.model import Model, Optimizer
from grader.evidence.optimizers import (
    INITIAL,
    SCHEDULES,
    Default,
    Schedule,
    Settings,
    Value,
    as_python,
    check_schedule,
    check_settings,
    settings_of,
)
from grader.evidence.training import Rerun
from grader.messages.message import EMPTY, Message, say, together, verbatim
from grader.messages.wording import listed, number, quoted
from grader.report import Finding, failed, not_checked, passed, review

# A stored setting is a float32: 0.001 reads 0.0010000000474974513.
_FLOAT32 = 1e-5
_EITHER_ADAM = ("adam", "adamw")
_CLIPPING = ("clipvalue", "global_clipnorm")
_CONSTANT = say("A schedule changes the learning rate; the rubric asks for a constant one.")
_SAVE = say(
    'Call `model.save("model.keras")` right after `fit`, without compiling again: it keeps the optimizer. '
    "`save_weights` and `include_optimizer=False` leave it out."
)
_SAVE_BOTH = say(
    "Train with the optimizer that the homework asks for, and save its state with the weights: "
    '`torch.save({both}, "model.pt")`.',
    both='{"model_state_dict": model.state_dict(), "optimizer_state_dict": optimizer.state_dict()}',
)
_LOOK = say("Look in the student's code which optimizers it holds, and how each of them clips.")
_LOWERED = say("A callback that lowers the learning rate changes the stored one, too.")


def _flat(optimizer: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting of an optimizer by its name, those of a schedule too."""
    own = {name: value for name, value in optimizer.items() if name not in {"settings", "schedule"}}
    schedules = optimizer.get("schedule", {})
    named = {"schedule": next(iter(schedules), None), **next(iter(schedules.values()), {})}
    return {**own, **optimizer.get("settings", {}), **named}


@dataclass(frozen=True)
class _Setting:
    """One setting: what is stored (empty if nothing), what is asked, whether they agree, what to know."""

    found: Message
    asked: Message
    fits: bool
    hint: Message | None = None
    is_unsaid: bool = False  # no file of this form stores it


class OptimizerIs(Check):
    """Is the stored optimizer the one asked for?

    The name and those settings in the model file that are given here are compared, numbers with a relative
    tolerance of 1e-5, because they are stored as float32.

    What is not stored is not wrong: without an optimizer in the file nothing is checked, and a learning rate
    that is not stored passes, because the checks of the log and its norms show whether the gradients were
    clipped. But a log can be made up, and only the state of an optimizer shows that it was not: with
    `stored: required` a model without an optimizer that has made steps does not pass.
    One that only holds others, such as `MultiOptimizer`, is not checked; if it is required, a teacher looks.
    A learning rate that changes during the training is not the constant one asked for; with a `schedule`, the
    stored one must have that name and the settings given, and the learning rate is that of the first step.
    Of the other settings (`momentum`, `beta_1`, `weight_decay`, `clipvalue`, `global_clipnorm`, `use_ema`,
    `gradient_accumulation_steps`, ...), one that the file does not store has the default of Keras 3. A rubric
    with a setting that the optimizer does not have is refused, and the mistake names those that it has.

    Keras writes clipping into the file where there is any, so a stored optimizer without it did not clip.
    `clipnorm=0` means no clipping in Keras 3. An optimizer without clipping whose log is capped all the same,
    as after `tf.clip_by_global_norm` in a training loop, passes if `accept_global_clipnorm` is true and
    Adam's moments are exactly those that the logged norms give; if they are not, a teacher must look.
    So does one whose logged norms give exactly these moments when they are held at the cap. No file of
    PyTorch stores how gradients were clipped: without that proof the clipping alone is not checked there.

    Args:
        name: The name of the class in `keras.optimizers`; upper and lower case are not told apart.
        learning_rate: The constant learning rate; left out, any is right.
        settings: Other settings of the optimizer, by their names in Keras; any is right that is left out.
        schedule: The schedule of the learning rate and its settings, under its name in
            `keras.optimizers.schedules`.
        clipnorm: The cap of each variable's gradient norm; left out, any clipping is right, and none too.
        accept_global_clipnorm: Whether `global_clipnorm` of the same value, the stricter one, is right, too.
        stored: Whether the model file must have the optimizer, as the training left it: `required`, or else
            `optional`.

    Example:
        optimizer_is:
          name: Adam
          learning_rate: 0.001
          clipnorm: 1.0
          accept_global_clipnorm: true
          settings: {beta_1: 0.9, amsgrad: false}
          schedule: {CosineDecay: {decay_steps: 8595}}
          stored: required
    """

    name: str = Field(min_length=1, max_length=60)
    learning_rate: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    clipnorm: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    accept_global_clipnorm: bool = Field(default=True)
    settings: Settings = Field(default_factory=dict)
    schedule: Schedule = Field(default_factory=dict)
    stored: Literal["required", "optional"] = "optional"

    @model_validator(mode="after")
    def _known(self) -> Self:
        check_settings(self.name, self.settings, settings_of(self.name))
        check_schedule(self.schedule)
        if sum(map(bool, (self.clipnorm, *(self.settings.get(way) for way in _CLIPPING)))) > 1:
            raise ValueError("must have at most one of `clipnorm`, `clipvalue` and `global_clipnorm`")
        return self

    def targets(self) -> Targets:
        """The cap, and the settings that are asked for."""
        asked = self.model_dump(exclude={"accept_global_clipnorm", "stored"}, exclude_none=True)
        return Targets(cap=self.clipnorm, optimizer={name: value for name, value in asked.items() if value})

    def warnings(self, setting: Setting) -> Iterator[str]:
        """A rerun with another optimizer is another training."""
        asked_for, of_rerun = _flat(self.model_dump()), _flat(setting.optimizer)
        if self._is_named(str(of_rerun.get("name", self.name))):
            of_rerun = {**settings_of(self.name), **of_rerun}
        for name, asked in asked_for.items():
            used = of_rerun.get(name)
            if name in of_rerun and asked is not None and str(asked).lower() != str(used).lower():
                yield (
                    f"asks for `{name}` {asked}, but the rerun uses {'none' if used is None else used}; "
                    "the rerun then says little about what was asked."
                )

    def find(self, model: Model, norms: NormColumns | None, rerun: Rerun | None) -> Finding:
        """Compare the stored optimizer with the one asked for."""
        stored = model.optimizer
        bare = Optimizer(kind=self.name, settings=self.settings)
        asked = _described(self.name, [one.asked for one in self._settings(bare)])
        if stored and stored.is_of_several:
            several = say(
                "The stored optimizer is {kind}, which gives each group of variables an optimizer of its "
                "own, so {asked} could not be checked.",
                kind=quoted(stored.kind),
                asked=asked,
            )
            return review(several, _LOOK) if self.stored == "required" else not_checked(several)
        if self.stored == "required" and (stored is None or stored.iterations == 0):
            none = say("The model file stores no optimizer")
            lacks = say("The stored optimizer has made no step") if stored else none
            sentence = say(
                "{found}; the rubric asks for {asked} after the training.", found=lacks, asked=asked
            )
            return failed(sentence, _SAVE_BOTH if model.is_of_pytorch else _SAVE)
        if stored is None:
            return not_checked(
                say("The model file stores no optimizer, so {asked} could not be checked.", asked=asked)
            )
        settings = self._settings(stored)
        name_fits = self._is_named(stored.kind) or (
            "name" in stored.unsaid and self.name.casefold() in _EITHER_ADAM
        )
        wrong = [setting for setting in settings if not setting.fits]
        if name_fits and not wrong:
            return self._as_asked(stored, settings, norms)
        found = _described(stored.kind, [setting.found for setting in wrong])
        asked = _described(self.name, [setting.asked for setting in wrong])
        is_only = name_fits and len(wrong) == 1 and not stored.unsaid
        if norms and is_only and (finding := self._by_hand(stored, norms, found, asked)):
            return finding
        hints = [setting.hint for setting in wrong if setting.hint]
        if (
            self.clipnorm is not None
            and not _clipping(stored, self.clipnorm, self.accept_global_clipnorm).fits
        ):
            hints.append(other_clipping(model, self.clipnorm, rerun, norms) or EMPTY)
        again = say(
            "Compile with {call}, train again, and save the model as it was trained.",
            call=f"`{as_python(self.targets().optimizer or {})}`",
        )
        hints.append(_SAVE_BOTH if stored.unsaid else again)
        return failed(
            say("The stored optimizer is {found}; the rubric asks for {asked}.", found=found, asked=asked),
            together(*hints),
        )

    def _as_asked(self, stored: Optimizer, settings: list[_Setting], norms: NormColumns | None) -> Finding:
        """The finding where all that is stored is right."""
        found = _described(stored.kind, [setting.found for setting in settings if setting.found])
        if unsaid := [setting.asked for setting in settings if setting.is_unsaid]:
            proof = self._by_hand(stored, norms, found, listed(unsaid)) if norms else None
            if proof and proof.status == "passed":
                return proof
            later = norms.clipped_later if norms else None
            if later and later.is_at_cap and later.cap == self.settings.get("global_clipnorm"):
                return passed(
                    say("The stored optimizer is {found}. {proof}", found=found, proof=clipped_later(later))
                )
            return not_checked(
                say(
                    "The stored optimizer is {found}. No file of PyTorch says how gradients were clipped, so "
                    "{unsaid} could not be checked here; the logged norms show it.",
                    found=found,
                    unsaid=listed(unsaid),
                )
            )
        # Of what is asked, only a learning rate can be missing from a stored optimizer.
        is_whole = all(setting.found for setting in settings)
        missing = EMPTY if is_whole else say("; its learning rate is not stored")
        return passed(
            say("The stored optimizer is {found}, as the rubric asks{missing}.", found=found, missing=missing)
        )

    def _is_named(self, kind: str) -> bool:
        return kind.casefold() == self.name.casefold()

    def _settings(self, stored: Optimizer) -> list[_Setting]:
        settings: list[_Setting] = []
        same_kind = self._is_named(stored.kind)
        if self.schedule:
            settings += _schedule(stored, self.schedule, self.learning_rate)
        elif self.learning_rate is not None:
            settings.append(_learning_rate(stored, self.learning_rate, same_kind))
        if self.clipnorm is not None:
            settings.append(_clipping(stored, self.clipnorm, self.accept_global_clipnorm))
        # Those of another optimizer mean something else.
        for name, asked in self.settings.items() if same_kind else ():
            one = _setting(name, stored.setting(name), asked)
            if name in stored.unsaid:
                one = _Setting(EMPTY, one.asked, fits=True, is_unsaid=True)
            settings.append(one)
        return settings

    def _by_hand(
        self, stored: Optimizer, norms: NormColumns, found: Message | str, asked: Message | str
    ) -> Finding | None:
        """The finding on a training loop that clips although the stored optimizer does not, or None."""
        cap = self.clipnorm
        if stored.cap or stored.clipvalue or cap is None or not self.accept_global_clipnorm:
            return None
        later = norms.clipped_later
        if later and later.is_at_cap and cap == norms.references.cap:
            return passed(
                say(
                    "The stored optimizer is {found}, but {proof} The rubric accepts gradients that are "
                    "clipped as one vector.",
                    found=found,
                    proof=clipped_later(later),
                )
            )
        after = (column for column in norms.columns if column.stage == "after")
        held = next((column for column in after if is_held(column.values, cap, _FLOAT32, share=0.5)), None)
        if held is None:
            return None
        seen = fits_in_log(norms.log, held.logged, norms.references.adam_state, SEEN)
        if any(fit.is_conclusive for fit in seen):
            return passed(
                say(
                    "The stored optimizer is {found}, but its moments are those of the norms in "
                    "{name}, which are capped at {cap}: the training loop clipped all gradients as "
                    "one vector before the optimizer saw them, which the rubric accepts.",
                    found=found,
                    name=held.name,
                    cap=number(cap),
                )
            )
        return review(
            say(
                "The stored optimizer is {found}, but the norms in {name} are capped at {cap}; the "
                "rubric asks for {asked}.",
                found=found,
                name=held.name,
                cap=number(cap),
                asked=asked,
            ),
            say(
                "Look in the student's code whether the training loop clips the gradients itself, "
                "for example with `tf.clip_by_global_norm`."
            ),
        )


def _described(name: str, settings: list[Message]) -> Message | str:
    if not settings:
        return quoted(name)
    return say("{name} with {settings}", name=quoted(name), settings=listed(settings))


def _learning_rate(stored: Optimizer, asked: float, same_kind: bool) -> _Setting:
    words = say("learning rate {asked}", asked=number(asked))
    if stored.schedule:
        schedule = say("the schedule {schedule}", schedule=quoted(stored.schedule))
        return _Setting(schedule, words, fits=False, hint=_CONSTANT)
    found = stored.learning_rate
    if found is None:
        return _Setting(EMPTY, words, fits=True)
    if _equal(found, asked):
        return _Setting(words, words, fits=True)
    # What is far too high for Adam is usual for SGD.
    hint = _LOWERED if found < asked else other_learning_rate(stored, asked if same_kind else None)
    other = say("learning rate {found}", found=number(found, apart_from=asked))
    return _Setting(other, words, fits=False, hint=hint)


def _schedule(stored: Optimizer, asked: Schedule, first: float | None) -> Iterator[_Setting]:
    """The schedule, its settings, and the learning rate of the first step."""
    ((kind, settings),) = asked.items()
    words = say("the schedule {schedule}", schedule=quoted(kind))
    if stored.schedule != kind:
        constant = say("a constant learning rate")
        found = (
            say("the schedule {schedule}", schedule=quoted(stored.schedule)) if stored.schedule else constant
        )
        yield _Setting(found, words, fits=False)
        return
    yield _Setting(words, words, fits=True)
    defaults: dict[str, Default] = {**SCHEDULES[kind], INITIAL: None}
    for name, value in {**settings, **({} if first is None else {INITIAL: first})}.items():
        if name in defaults:
            yield _setting(name, stored.schedule_settings.get(name, defaults[name]), value)


def _setting(name: str, found: Value | None, asked: Value) -> _Setting:
    """A setting by its name in Keras; none is 0 and no."""
    words = verbatim(f"{name} {_value(asked)}")
    if _same(found or 0, asked or 0):
        return _Setting(words, words, fits=True)
    other = say("no {setting}", setting=name) if found is None else verbatim(f"{name} {_value(found, asked)}")
    return _Setting(other, words, fits=False)


def _same(found: Value, asked: Value) -> bool:
    if isinstance(found, tuple) and isinstance(asked, tuple):
        return len(found) == len(asked) and all(map(_equal, found, asked))
    return not isinstance(found, tuple) and not isinstance(asked, tuple) and _equal(found, asked)


def _value(value: Value, apart_from: Value | None = None) -> Message | str:
    if isinstance(value, tuple):
        return f"[{', '.join(str(number(one)) for one in value)}]"
    if isinstance(value, int):
        return str(value)
    return number(value, apart_from=None if isinstance(apart_from, tuple) else apart_from)


def _clipping(stored: Optimizer, asked: float, accept_global: bool) -> _Setting:
    words = verbatim(f"clipnorm {number(asked)}")
    if "clipnorm" in stored.unsaid:
        return _Setting(EMPTY, words, fits=True, is_unsaid=True)
    kinds = {
        "clipnorm": stored.clipnorm,
        "global_clipnorm": stored.global_clipnorm,
        "clipvalue": stored.clipvalue,
    }
    # Keras reads 0 as no clipping.
    given = {kind: value for kind, value in kinds.items() if value}
    if list(given) == ["clipnorm"] and _equal(given["clipnorm"], asked):
        return _Setting(words, words, fits=True)
    if accept_global and list(given) == ["global_clipnorm"] and _equal(given["global_clipnorm"], asked):
        accepted = say("global_clipnorm {asked} (accepted for {words})", asked=number(asked), words=words)
        return _Setting(accepted, words, fits=True)
    none = say("no clipping") if stored.clipnorm is None else verbatim("clipnorm 0")
    found = listed([f"{kind} {number(value, apart_from=asked)}" for kind, value in given.items()])
    return _Setting(found or none, words, fits=False)


def _equal(found: float, asked: float) -> bool:
    return math.isclose(found, asked, rel_tol=_FLOAT32)

"""The rubric as data: what is measured (`Plan`) and what earns points (`Item`)."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializeAsAny,
    StringConstraints,
    WithJsonSchema,
    create_model,
    model_validator,
)

from grader.analysis.predictions import Labels
from grader.analysis.reference.calibration import Calibration
from grader.analysis.targets import Targets
from grader.checks import Check
from grader.evidence.frozen import Frozen
from grader.evidence.notebook import Cell
from grader.evidence.optimizers import Schedule, Settings, check_schedule, check_settings, trained_with
from grader.evidence.part import UNNAMED, kinds, wanted
from grader.evidence.values import Metric, Task
from grader.exercises.exercise import Exercise
from grader.messages.languages import Language
from grader.messages.message import Message, places
from grader.messages.wording import listed, number
from grader.report import Show
from grader.rubric.network import NetworkPlan
from grader.submissions.handed_in import time_of
from grader.submissions.student_seed import student_seed

SHIPPED_DATA = ("fashion_mnist",)

_UNITS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "MB": 10**6, "GB": 10**9}
_SIZE = re.compile(rf"([0-9]{{1,15}}(?:\.[0-9]+)?) *({'|'.join(_UNITS)})")


def _pattern(text: str) -> str:
    path = PurePath(text)
    if "\\" in text or path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError("must be a file pattern inside the submission, such as `*.keras` or `model/*.h5`")
    return text


def _run_word(text: str) -> str:
    if not any(map(str.isalnum, text)):
        raise ValueError("must be a word of the names of a run's files, such as `no_clip*`")
    return text


def _size(least: int, most: int, words: str, example: str) -> tuple[BeforeValidator, WithJsonSchema]:
    """An amount of memory or the size of a file: in YAML a text with its unit, inside a number of bytes."""

    def read(value: Any) -> int:
        match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
        # From JSON comes a number of bytes; in YAML a bare number is a forgotten unit, and too small.
        size = round(float(match[1]) * _UNITS[match[2]]) if match else value
        if type(size) is not int:
            raise ValueError(f"must be a number and a unit ({', '.join(_UNITS)}), such as `4 GiB`")
        if not least <= size < most:
            raise ValueError(f"must be {words}, with its unit, such as `{example}`")
        return size

    schema = {"type": "string", "pattern": f"^{_SIZE.pattern}$", "examples": [example]}
    return BeforeValidator(read), WithJsonSchema(schema)


def _due(value: Any) -> datetime:
    found = value if isinstance(value, datetime) else time_of(value)
    if found is None:
        raise ValueError(
            "must be a date and a time with its offset from UTC, such as `2026-11-30T23:59:00+01:00`"
        )
    return found


Memory = Annotated[int, *_size(2**28, 2**63, "from 256 MiB to 8 EiB", "4 GiB")]
FileSize = Annotated[int, *_size(2**10, 2**40, "from 1 KiB to 1024 GiB", "20 MiB")]
Pattern = Annotated[str, Field(title="file pattern", max_length=200), AfterValidator(_pattern)]
Share = Annotated[float, Field(ge=0, le=1)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=60)]
# Folded text of YAML ends in a line break.
Title = Annotated[str, StringConstraints(strip_whitespace=True), Field(min_length=1, max_length=200)]
Hint = Annotated[str, StringConstraints(strip_whitespace=True), Field(max_length=2000)]
Phrase = Annotated[str, StringConstraints(strip_whitespace=True), Field(min_length=1, max_length=500)]
Contact = Annotated[str, Field(pattern=r"^([^@\s]+@[^@\s]+)?$", max_length=200, examples=["ta@example.edu"])]
Due = Annotated[
    datetime,
    BeforeValidator(_due),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-30T23:59:00+01:00"]}),
]
RunWord = Annotated[str, Field(title="name", max_length=60), AfterValidator(_run_word)]
Points = Annotated[float, Field(ge=0, le=1_000_000)]
Clip = Annotated[float, Field(gt=0)]
OnLikeness = Literal["review", "note", "off"]
InDoubt = Literal["review", "failed", "note"]
OptimizerName = Literal[
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "Adamax",
    "AdamW",
    "Ftrl",
    "Lamb",
    "Lion",
    "Muon",
    "Nadam",
    "RMSprop",
    "SGD",
]
NotChecked = Literal["earns", "review", "fails"]


class _Files(Frozen):
    """Which files of a submission are taken, as patterns in order of preference."""


def _files() -> type[_Files]:
    """The form of `files`: a key for each part that is read from a file."""
    fields: dict[str, Any] = {
        name: (
            Annotated[tuple[Pattern, ...], Field(min_length=1 if one.patterns else 0, max_length=50)],
            Field(default=one.patterns, description=one.description),
        )
        for name, one in wanted().items()
    }
    return create_model("Files", __base__=_Files, __doc__=_Files.__doc__, **fields)


class _RunFiles(Frozen):
    """Which files of a submission are one run's, as patterns in order of preference.

    Where a run has none for a part, or none of its files is there, its names decide.
    """


def _run_files() -> type[_RunFiles]:
    """The form of a run's `files`: a key for each part that belongs to a training and is read from a file."""
    fields: dict[str, Any] = {
        name: (
            Annotated[tuple[Pattern, ...], Field(max_length=50)],
            Field(default=(), description=f"Patterns for the {name} of this run alone."),
        )
        for name in wanted()
        if kinds()[name].per_run
    }
    return create_model("RunFiles", __base__=_RunFiles, __doc__=_RunFiles.__doc__, **fields)


if TYPE_CHECKING:
    Files = _Files
    RunFiles = _RunFiles
else:
    Files = _files()
    RunFiles = _run_files()


class Limits(Frozen):
    """What one submission may use, and how large its parts may be, before it is stopped or refused."""

    seconds: float = Field(default=90.0, gt=0, le=86_400, description="Seconds by the clock on the wall.")
    memory: Memory = Field(default=4 * 2**30, description="Memory, as a number and a unit, such as `4 GiB`.")
    model_file: FileSize = Field(default=256 * 2**20, description="Of the model's file, such as `256 MiB`.")
    log_file: FileSize = Field(default=20 * 2**20, description="Of the log's file, such as `20 MiB`.")
    log_rows: int = Field(default=200_000, ge=1, le=100_000_000, description="Rows of the log.")
    layers: int = Field(
        default=400, ge=1, le=100_000, description="Layers of the network, nested ones counted."
    )
    parameters: int = Field(
        default=64_000_000, ge=1, le=10**11, description="Numbers in the model's weights."
    )
    activations: int = Field(
        default=2**24, ge=1, le=10**11, description="Numbers that a layer makes of one image."
    )


class OptimizerPlan(Frozen):
    """The optimizer of the grader's own short training; at most one of the three ways to clip."""

    name: OptimizerName = Field(default="Adam", description="The name in `keras.optimizers`.")
    learning_rate: float = Field(
        default=1e-3,
        gt=0,
        le=1000,
        description="The learning rate, with a `schedule` that of the first step.",
    )
    clipnorm: Clip | None = Field(default=None, description="Caps the norm of each variable's gradient.")
    global_clipnorm: Clip | None = Field(
        default=None, description="Caps the norm of all gradients, taken as one vector."
    )
    clipvalue: Clip | None = Field(default=None, description="Caps each element of the gradients.")
    settings: Settings = Field(
        default={}, description="Other settings by their names in Keras, such as `{momentum: 0.9}`."
    )
    schedule: Schedule = Field(
        default={},
        description="How the learning rate changes, as in `{CosineDecay: {decay_steps: 600}}`; left out, "
        "it is constant.",
    )

    @model_validator(mode="after")
    def _known(self) -> "OptimizerPlan":
        check_settings(self.name, self.settings, trained_with(self.name))
        check_schedule(self.schedule, whole=True)
        return self

    @model_validator(mode="after")
    def _one_way_to_clip(self) -> "OptimizerPlan":
        # Keras 3 raises a ValueError when two are set.
        if sum(way is not None for way in (self.clipnorm, self.global_clipnorm, self.clipvalue)) > 1:
            raise ValueError("must have at most one of `clipnorm`, `global_clipnorm` and `clipvalue`")
        return self


class RerunPlan(Frozen):
    """The grader's own short training of the student's architecture, from fresh weights."""

    optimizer: OptimizerPlan = Field(
        default=OptimizerPlan(clipnorm=1.0),
        description="Where it is left out: Adam, learning rate 0.001, clipnorm 1. "
        "Where it is given, it clips only as it says.",
    )
    batch_size: int = Field(default=32, ge=1, le=10_000, description="Images per step.")
    steps: int = Field(default=600, ge=1, le=100_000, description="Optimizer steps.")
    seed: int = Field(
        default=111, ge=0, lt=2**31, description="Decides the weights and the order of the images."
    )


class ProbePlan(Frozen):
    """The measuring of gradient norms at the submitted weights, without an update."""

    batches: int = Field(default=200, ge=1, le=10_000, description="Batches of the rerun's size.")


class InputsPlan(Frozen):
    """How students were told to give examples to their network: (x / divide - mean) / deviation.

    Where neither `divide` nor `mean` nor `deviation` is given, `scale` says it.
    """

    scale: Literal["tried", "none", "standardised"] = Field(
        default="tried",
        description="`tried`: each way that courses teach, and the one with which the model does best on "
        "training examples is taken; token ids are given as they are. `none`: as they are. `standardised`: "
        "each feature (of images, each channel) by the mean and deviation of the training examples.",
    )
    divide: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="A constant by which all numbers are divided: 255."
    )
    mean: Annotated[tuple[float, ...], Field(max_length=100_000)] = Field(
        default=(), description="What is subtracted then: one number, or one for each channel or feature."
    )
    deviation: Annotated[tuple[Annotated[float, Field(gt=0)], ...], Field(max_length=100_000)] = Field(
        default=(), description="By what is divided last: one number, or one for each channel or feature."
    )

    @property
    def is_declared(self) -> bool:
        """Whether the numbers are given."""
        return bool(self.divide or self.mean or self.deviation)

    @model_validator(mode="after")
    def _one_way(self) -> "InputsPlan":
        # A plan that travels as JSON has every field.
        if self.is_declared and self.scale != "tried":
            raise ValueError("must have either `scale`, or `divide`, `mean` and `deviation`")
        return self


class RunPlan(Frozen):
    """One of several trainings that a submission holds, and by what its files are known."""

    named: Annotated[tuple[RunWord, ...], Field(max_length=50)] = Field(
        default=(),
        description="Other names of this run, in the names of files and folders, in a column `run` of the "
        "log or as a key of its JSON; its own name always counts. `no_clip*` matches `no-clipping`; of "
        "several runs, the one with the longest match is meant.",
    )
    files: RunFiles = Field(default=RunFiles(), description="Patterns of its own, which go before its names.")
    rerun: RerunPlan | None = Field(
        default=None,
        description="The grader's own training for this run, where it is another one; what is left out is as "
        "in the rubric's `rerun`.",
    )


class ReplayPlan(Frozen):
    """The first steps of a student's own training, which the grader makes again from the student's seed.

    `grader pack student` writes the seed and the order of the images into the starter notebook.
    """

    steps: int = Field(default=20, ge=5, le=200, description="So many steps, from the first one on.")
    seed: Literal["per_student"] | Annotated[int, Field(ge=0, lt=2**31)] = Field(
        default="per_student",
        description="The seed of all students, or `per_student`, which follows from `course_key` and the id.",
    )

    def seed_of(self, course_key: str, student: str) -> int:
        """The seed of the student with this id."""
        return student_seed(course_key, student, "replay") if self.seed == "per_student" else self.seed


# The starter notebook keeps one in so many of the images to validate with.
VALIDATION = 12


def images_to_train_on(images: int) -> int:
    """How many of so many images are not kept to validate with; the first ones."""
    return images - images // VALIDATION


class Plan(Frozen):
    """All that decides what is measured; as JSON it travels to the worker.

    Two submissions with equal files, measured by equal plans on equal data, have equal evidence.
    """

    data: str = Field(
        default="fashion_mnist",
        max_length=1000,
        description="A data set that ships (`fashion_mnist`), or the path of an `.npz` beside the rubric "
        "with `x_train`, `y_train`, `x_test` and `y_test`.",
    )
    task: Task = Field(
        default="classification",
        description="What the labels are: one of several classes, `binary` (0 or 1), numbers (`regression`), "
        "or 0 and 1 for each of several labels (`multilabel`).",
    )
    inputs: InputsPlan = Field(default=InputsPlan(), description="How students give examples to a network.")
    metrics: Annotated[tuple[Metric, ...], Field(max_length=10)] = Field(
        default=(), description="Metrics to compute beside those that items ask for."
    )
    course_key: Annotated[str, Field(max_length=200)] = Field(
        default="",
        description="A word of your course and year, such as `cs101-2026`, from which and the student's id "
        "follows what differs between students: seeds and inputs of exercises.",
    )
    files: Files = Field(default=Files(), description="Which files of a submission are taken.")
    limits: Limits = Field(default=Limits(), description="What one submission may use.")
    network: NetworkPlan = Field(
        default=(),
        description="The layers of the network in order, where a model of PyTorch is asked for, whose file "
        "holds weights alone. Without it a chain of linear layers is found from the weights.",
    )
    rerun: RerunPlan = Field(default=RerunPlan(), description="The grader's own short training.")
    replay: ReplayPlan | None = Field(
        default=None, description="The first steps of each student's training, made again from its seed."
    )
    probe: ProbePlan = Field(default=ProbePlan(), description="The gradient norms at the submitted weights.")
    runs: Annotated[Mapping[Id, RunPlan], Field(max_length=8)] = Field(
        default={},
        description="The trainings of a submission, by name, where it holds several; an item names its run.",
    )

    @property
    def measures(self) -> tuple[Metric, ...]:
        """The metrics to compute beside the accuracy; a regression, which has none, always has its errors."""
        errors: tuple[Metric, ...] = ("mae", "rmse") if self.task == "regression" else ()
        return tuple(dict.fromkeys((*errors, *self.metrics)))

    def whole(self, run: RunPlan) -> RunPlan:
        """A run with all that its rerun leaves out."""
        given = {name: getattr(run.rerun, name) for name in run.rerun.model_fields_set} if run.rerun else {}
        return run.model_copy(update={"rerun": self.rerun.model_copy(update=given)} if given else {})

    def of(self, run: str) -> "Plan":
        """The plan by which one run is measured."""
        own = self.runs[run].rerun if run in self.runs else None
        return self.model_copy(update={"rerun": own}) if own else self


class ItemKeys(Frozen):
    """What the rubric says of an item beside its check."""

    title: Title = Field(description="What the item asks for, as it stands in the report.")
    run: Annotated[str, Field(pattern=r"^[a-z0-9_]*$", max_length=60)] = Field(
        default=UNNAMED, description="The run that the item is about, where the rubric has `runs`."
    )
    points: Points = Field(description="What the item earns; 0 for an item that only informs.")
    id: Id = Field(
        default="",
        description="The item's name in `requires` and in `grades.csv`; the check's name if left out.",
    )
    bonus: bool = Field(
        default=False,
        description="Whether the points add to the score alone, and count neither for the maximum nor for "
        "what is needed to pass.",
    )
    show: Show = Field(
        default="always",
        description="When the student sees the item: `always`, `after_due` (after the due date) or never "
        "(`teacher`). Its points count all the same.",
    )
    requires: tuple[Annotated[str, Field(title="item id")], ...] = Field(
        default=(), description="The ids of earlier items that must pass, or this one is skipped."
    )
    hint: Hint = Field(default="", description="What the student reads when the item does not pass.")
    in_doubt: InDoubt = Field(
        default="review",
        description="Where the evidence contradicts itself: `review` leaves the item to a teacher, "
        "`failed` fails it, `note` lets it pass and says so in the report.",
    )
    not_checked: NotChecked = Field(
        default="earns",
        description="Where there is nothing to compare, such as no stored optimizer: the item `earns` its "
        "points, is left to a teacher (`review`), or `fails`.",
    )


def _written(value: object) -> Message | str:
    """A parameter of a check as a title has it."""
    if isinstance(value, tuple):
        return listed([_written(one) for one in value])
    return number(value) if isinstance(value, float) else str(value)


class Item(ItemKeys):
    """A line of the rubric that earns points: a check with its parameters."""

    id: Id
    check: SerializeAsAny[Check]

    @property
    def heading(self) -> Message:
        """The title with the check's parameters that it names in braces: `{at_least}`."""
        values = {name: _written(getattr(self.check, name)) for name in places(self.title)}
        return Message(self.title, values)


class Late(Frozen):
    """What late work costs: a share of all points for each day, a begun one counted."""

    per_day: float = Field(gt=0, le=1, description="The share of all points that each day takes off.")
    at_most_days: int | None = Field(
        default=None, ge=1, le=366, description="More days than these take no more off."
    )
    grace_minutes: float = Field(
        default=15.0, ge=0, le=1440, description="Minutes after the due date that are not late."
    )


class RubricKeys(Frozen):
    """What the rubric says of the assignment beside its plan and its items."""

    version: Literal[1] = Field(description="The version of this form of rubric: 1.")
    title: Title = Field(description="The name of the assignment, as it stands in the report.")
    pass_at: Share = Field(default=1.0, description="The share of the points that passes: 1 asks for all.")
    likeness: OnLikeness = Field(
        default="review",
        description="Submissions of a folder with equal or nearly equal models or logs: `review` asks "
        "a teacher to look, `note` only names them, `off` does not compare. "
        "Choose `note` where the course fixes the seed.",
    )
    language: Language | None = Field(
        default=None,
        description="The language of the reports: `en`, `es` or `ko`; where it is left out, that of the "
        "machine that grades. Titles and hints stay as they are written here.",
    )
    phrases: Annotated[tuple[Phrase, ...], Field(max_length=50)] = Field(
        default=(), description="Comments that you often write, to choose from in `grader desk`."
    )
    due: Due | None = Field(
        default=None,
        description="When the work is due, with the offset from UTC, where no platform says so for each "
        "student: `2026-11-30T23:59:00+01:00`.",
    )
    late: Late | None = Field(
        default=None,
        description="What late work costs, as a line of its own in the report; it changes no verdict.",
    )
    starter: Annotated[str, Field(max_length=1000)] = Field(
        default="",
        description="The path of the notebook that you hand out, an `.ipynb` beside the rubric, with which "
        "checks of notebooks compare.",
    )
    labels: Annotated[str, Field(max_length=1000)] = Field(
        default="",
        description="The path of the true labels of predictions that students hand in, a `.csv` beside the "
        "rubric with a column of ids and one of labels. Only the process that judges has them.",
    )
    contact: Contact = Field(
        default="", description="The e-mail address to which a student's page sends who asks for a review."
    )


class Rubric(RubricKeys):
    """What a teacher asks for, under the stem of the file's name, with the SHA-256 of its text.

    `starter_cells` are those of its starter notebook, `true_labels` those of its `labels`. Where it was
    measured, `calibration` says how far honest runs are from the plan's rerun and probe, and `calibrations`
    from those of a run that has its own.
    """

    version: Literal[1] = 1
    name: str
    sha256: str = ""
    plan: Plan = Plan()
    exercises: Mapping[str, SerializeAsAny[Exercise]] = Field(default_factory=dict)
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    starter_cells: tuple[Cell, ...] = ()
    true_labels: Labels | None = None
    calibration: Calibration | None = None
    calibrations: Mapping[str, Calibration] = {}

    @property
    def targets(self) -> Targets:
        """What the items ask of a log; where none names a cap, it is that of the grader's own training."""
        of_runs = {
            run: self._asked([item for item in self.items if item.run == run], run) for run in self.runs
        }
        return self._asked(self.items).model_copy(update={"runs": of_runs} if of_runs else {})

    @property
    def runs(self) -> tuple[str, ...]:
        """The names of the runs that a submission holds; none where it has one training without a name."""
        return tuple(self.plan.runs)

    def calibration_of(self, run: str) -> Calibration | None:
        """The calibration for the plan of a run."""
        return self.calibrations.get(run) if self.plan.of(run) is not self.plan else self.calibration

    def _asked(self, items: Sequence[Item], run: str = UNNAMED) -> Targets:
        own = self.plan.of(run).rerun.optimizer
        ours = Targets(
            cap=own.clipnorm or own.global_clipnorm,
            calibration=self.calibration_of(run),
            task=self.plan.task,
        )
        return Targets.of([*(item.check.targets() for item in items), ours])

    @property
    def points(self) -> float:
        """The points of all items together, without a bonus."""
        return sum(item.points for item in self.items if not item.bonus)

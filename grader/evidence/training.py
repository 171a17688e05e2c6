"""What the grader measured with the network: its accuracy, the probe and the rerun."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from grader.evidence.frozen import Frozen
from grader.evidence.part import Part
from grader.evidence.values import (
    Classes,
    Count,
    FiniteNumber,
    FiniteSeries,
    Metric,
    Scope,
    Series,
    Stage,
    Task,
    Text,
)

# What examples are: pixels, rows of token ids, or features of a table or a sequence.
Kind = Literal["images", "tokens", "features"]
SeedBy = Literal["list", "declared", "folder", "rubric"]
# By what factor the norm of an embedding's gradient was above that which Keras clips by, at most: Keras adds
# the squares for each time that a row was looked up, and logs have the norm of the sum.
Repeats = Annotated[float, Field(ge=1, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
# The mistakes on more images would make the evidence larger and tell little more.
MISTAKES_OF = 5_000


class Norms(Frozen):
    """The four series of gradient norms, one value a step.

    `variable` is the largest of the per-variable norms, `global` the norm of all gradients as one vector.
    """

    variable_before: FiniteSeries
    variable_after: FiniteSeries
    global_before: FiniteSeries
    global_after: FiniteSeries

    @model_validator(mode="after")
    def _of_the_same_steps(self) -> Self:
        if len({len(values) for _, values in self}) > 1:
            raise ValueError("must have four series of the same length")
        return self

    def series(self, scope: Scope, stage: Stage) -> tuple[float, ...]:
        """The series of one scope and stage."""
        values: tuple[float, ...] = getattr(self, f"{scope}_{stage}")
        return values


class Scaled(Frozen):
    """How the pixels were given to the submitted model: in the scale `inputs`, such as `pixels / 255`.

    Of those that were `tried`, that one has the best accuracy on `tried_images`, the first of the training
    images, whose largest pixel is `largest_pixel` as the data set has them.
    """

    inputs: Text
    tried: tuple[tuple[Text, Share], ...]
    tried_images: int = Field(default=2_000, ge=1)
    largest_pixel: float = 255.0
    kind: Kind = "images"


class Accuracy(Part, Scaled):
    """The submitted model on the test images; the parent computes it, from the labels that it alone has.

    `value` is the share of the test images, `images` in all, that were classified correctly. The `mistakes`
    are of the first of them, 0 where the model is right, else 1 + its class.
    """

    value: Share
    images: int = Field(ge=1)
    task: Task = "classification"
    mistakes: Annotated[Classes, Field(max_length=MISTAKES_OF)] = ()

    @property
    def on_training_images(self) -> float | None:
        """The accuracy on training images with the scale of the pixels that was used."""
        return dict(self.tried).get(self.inputs)


class Metrics(Part):
    """What the submitted model's answers for the test `examples` are worth, beside the accuracy.

    The parent computes it; a metric that these labels do not define is left out.
    """

    on_request: ClassVar[bool] = True

    values: Mapping[Metric, FiniteNumber]
    examples: int = Field(ge=1)
    inputs: Text = ""


class Probe(Part):
    """Gradient norms, losses and accuracies at the submitted weights, on training images, without an update.

    The network runs as in training: with dropout, and with its penalties in the loss.
    """

    norms: Norms
    batch_size: Count
    loss: Series = ()
    accuracy: Series = ()
    repeats: Repeats = 1.0


class Steps(Frozen):
    """The steps of the grader's own short training of the student's architecture from fresh weights."""

    seed: int
    batch_size: Count
    trainable_variables: Count
    loss: Series
    accuracy: Series
    norms: Norms
    repeats: Repeats = 1.0


class Replay(Part, Steps):
    """The first steps of the student's own training, made again from the seed of the `student` of this id.

    The `seed_by` is how the id is known: from the `list` of the class, `declared` by the student, or the name
    of the `folder`; `rubric` where all students have one seed.
    """

    on_request: ClassVar[bool] = True

    student: Text = ""
    seed_by: SeedBy = "rubric"


class Rerun(Part, Steps):
    """That training, and the accuracy and other metrics on the test examples after it.

    A regression has no accuracy.
    """

    test_accuracy: Share | None
    metrics: Mapping[Metric, FiniteNumber] = Field(default_factory=dict)

"""What was measured about one submission: plain data, and its form on the wire.

A worker writes it as JSON, the parent validates it, the checks read it.
Each part is either there or a `Problem` that says who must act.
"""

import base64
import binascii
from array import array
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, PlainValidator

from grader.frozen import Frozen
from grader.messages.phrase import Said

Scope = Literal["variable", "global"]
Stage = Literal["before", "after"]

LONGEST_TEXT = 300
LONGEST_SENTENCE = 1000

Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
Sentence = Annotated[Said, Field(max_length=LONGEST_SENTENCE)]
# It can stand in an attribute of a page as it is.
PictureAddress = Annotated[
    str, Field(max_length=61_000, pattern=r"^(data:image/(png|jpeg);base64,[A-Za-z0-9+/]+={0,2})?$")
]


def _numbers(typecode: str) -> tuple[PlainValidator, PlainSerializer]:
    def read(value: Any) -> tuple[Any, ...]:
        if isinstance(value, tuple):
            return value
        if not isinstance(value, str):
            raise ValueError("must be base64 text")  # noqa: TRY004  (pydantic collects ValueErrors)
        try:
            packed = base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise ValueError("must be base64 text") from error
        numbers = array(typecode)
        if len(packed) % numbers.itemsize:
            raise ValueError(f"must be a whole number of {numbers.itemsize}-byte values")
        numbers.frombytes(packed)
        return tuple(numbers)

    def write(values: tuple[Any, ...]) -> str:
        return base64.b64encode(array(typecode, values).tobytes()).decode("ascii")

    return PlainValidator(read, json_schema_input_type=str), PlainSerializer(write, return_type=str)


# Numbers travel as base64 of little-endian values: exact, NaN and infinity included, and quick to read.
# Every machine that TensorFlow supports is little-endian.
Series = Annotated[tuple[float, ...], *_numbers("d")]
Rows = Annotated[tuple[int, ...], *_numbers("i")]
Classes = Annotated[tuple[int, ...], *_numbers("B")]


class Problem(Frozen):
    """Why a part of the evidence is not there, for the one who must act.

    `pending` means that nobody must: the part is not measured yet.
    """

    who: Literal["student", "operator", "pending"]
    message: Sentence
    hint: Sentence = ""


class File(Frozen):
    """One file that was taken from the submission, and why this one."""

    role: Text
    name: Text
    bytes: int = Field(ge=0)
    sha256: Text
    note: Sentence = ""


class Declaration(Frozen):
    """What `submission.yaml` says; words of the student, so never proof of anything."""

    name: Text = ""
    id: Text = ""
    norm_column: Text = ""
    norm_scope: Scope | None = None
    norm_stage: Stage | None = None


class Column(Frozen):
    """One column of the log under its normalised name.

    Attributes:
        name: the normalised name: `epoch`, `step`, `loss`, `val_accuracy`, `gradient_norm`, ...
        header: the name as the student wrote it.
        rows: the 0-based row of each value; rows without a value are left out.
        values: what the log says there; NaN and infinity are kept. An accuracy is in [0, 1].
        unreadable: up to three cells that are not numbers, each as `row: text`.
        scope: for a gradient norm, what the header or `submission.yaml` declares, else None.
        stage: likewise.
    """

    name: Text
    header: Text
    rows: Rows
    values: Series
    unreadable: tuple[Text, ...] = ()
    unreadable_count: int = 0
    scope: Scope | None = None
    stage: Stage | None = None


class Log(Frozen):
    """The training log as data.

    Attributes:
        form: how it was written: `csv`, `json`, `jsonl`, ...
        rows: rows with at least one value.
        columns: the columns whose meaning is known.
        ignored: the headers whose meaning is not known, at most 50 of them.
        notes: what had to be understood to read it, for a person.
    """

    form: Text
    rows: int
    columns: tuple[Column, ...]
    ignored: tuple[Text, ...] = ()
    notes: tuple[Sentence, ...] = ()

    def column(self, name: str) -> Column | None:
        """The first column of this normalised name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def norms(self) -> tuple[Column, ...]:
        """The columns that hold gradient norms."""
        return tuple(column for column in self.columns if column.name == "gradient_norm")


class Layer(Frozen):
    """A layer of the student's network, as its file describes it."""

    kind: Text
    name: Text
    units: int | None = None
    activation: Text | None = None


class Moments(Frozen):
    """Adam's moments as the model file stores them, a value for each trainable variable in its order.

    Attributes:
        beta_1: of the first moment m = beta_1 m + (1 - beta_1) g.
        beta_2: of the second moment v = beta_2 v + (1 - beta_2) g^2, with g after clipping.
        first: the L2 norm of m.
        second: the sum of v.
    """

    beta_1: float
    beta_2: float
    first: Series
    second: Series


class Sketch(Frozen):
    """A model's weights in short, by which equal and nearly equal ones are found among a class.

    Attributes:
        sha256: of the weights' bytes.
        projections: of the kernels, each brought to length 1, on directions that are the same for everybody.
    """

    sha256: Text
    projections: Series


class Optimizer(Frozen):
    """The optimizer that the model file stores; None where the file says nothing."""

    kind: Text
    learning_rate: float | None = None
    schedule: Text | None = None
    clipnorm: float | None = None
    clipvalue: float | None = None
    global_clipnorm: float | None = None
    iterations: int | None = None
    moments: Moments | None = None


class Model(Frozen):
    """What the model file says without TensorFlow.

    Attributes:
        form: `keras` or `h5`.
        keras_version: the version that saved it, or "" where the file does not say.
        network: `Sequential` or `Functional`.
        input_shape: without the batch dimension; None where the file does not say.
        layers: in order, nested models opened, without `InputLayer`.
        parameters: numbers in the weights, the optimizer's left out.
        variables: arrays in the weights, the optimizer's left out.
        optimizer: None where none is stored.
        loss: the name of the compiled loss, "" where none is stored.
        from_logits: whether that loss expects logits, None where it does not say.
        rescued: what was changed to bring an older or unusual file to today's form.
        sketch: None where there are no weights to describe.
    """

    form: Literal["keras", "h5"]
    keras_version: Text
    network: Text
    input_shape: tuple[int | None, ...] | None
    layers: tuple[Layer, ...]
    parameters: int
    variables: int
    optimizer: Optimizer | None
    loss: Text = ""
    from_logits: bool | None = None
    rescued: tuple[Sentence, ...] = ()
    sketch: Sketch | None = None


class Norms(Frozen):
    """The four series of gradient norms, one value a step.

    `variable` is the largest of the per-variable norms, `global` the norm of all gradients as one vector.
    """

    variable_before: Series
    variable_after: Series
    global_before: Series
    global_after: Series

    def series(self, scope: Scope, stage: Stage) -> tuple[float, ...]:
        """The series of one scope and stage."""
        values: tuple[float, ...] = getattr(self, f"{scope}_{stage}")
        return values


class Accuracy(Frozen):
    """The submitted model on the test images; the parent computes it, from the labels that it alone has.

    Attributes:
        inputs: how the pixels were given: `pixels / 255`, `raw pixels`, ...
        tried: each way of giving the pixels with its accuracy on a few training images; the best was taken.
        value: the share of test images classified rightly.
        images: how many test images there are.
        tried_images: how many training images, the first ones, the way that was taken was tried on.
    """

    inputs: Text
    tried: tuple[tuple[Text, float], ...]
    value: float
    images: int
    tried_images: int = Field(default=2_000, ge=1)

    @property
    def on_training_images(self) -> float | None:
        """The share of training images classified rightly with the pixels given in the way that was taken."""
        return dict(self.tried).get(self.inputs)


class Probe(Frozen):
    """Gradient norms at the submitted weights, without an update."""

    norms: Norms
    batch_size: int


class Rerun(Frozen):
    """The grader's own short training of the student's architecture from fresh weights."""

    seed: int
    batch_size: int
    trainable_variables: int
    loss: Series
    accuracy: Series
    norms: Norms
    test_accuracy: float


class Figure(Frozen):
    """A picture that was handed in.

    Attributes:
        form: `png`, `jpeg`, `svg` or `pdf`.
        width: in pixels; None where the form has none.
        height: likewise.
        ink: the share of the picture that differs from its most common colour, of one made of pixels.
        marks: the points of its lines, of one made of lines; letters do not count.
        pixels: the SHA-256 of its pixels, by which the same picture in another file is known.
        fingerprint: what differs between neighbours in it, in hexadecimal digits, by which one that was
            scaled or compressed is known.
        small: it, made small and written anew by the grader, as an address of kind `data:`.

    What is made of pixels is empty for a form without any.
    """

    form: Literal["png", "jpeg", "svg", "pdf"]
    width: int | None = None
    height: int | None = None
    ink: float | None = None
    marks: int | None = None
    pixels: Text = ""
    fingerprint: Annotated[str, Field(max_length=256, pattern=r"^[0-9a-f]*$")] = ""
    small: PictureAddress = ""


class Evidence(Frozen):
    """Everything that was measured about one submission; a part that is missing says why."""

    files: tuple[File, ...]
    declaration: Declaration
    log: Log | Problem
    model: Model | Problem
    accuracy: Accuracy | Problem
    probe: Probe | Problem
    rerun: Rerun | Problem
    # None where the rubric asks for no figure.
    figure: Figure | Problem | None = None
    notes: tuple[Sentence, ...] = ()

    def problems(self) -> Iterator[Problem]:
        """The problems among the parts, in order."""
        for part in (self.log, self.model, self.accuracy, self.probe, self.rerun, self.figure):
            if isinstance(part, Problem):
                yield part

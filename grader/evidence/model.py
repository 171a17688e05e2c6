"""What a model file says without TensorFlow."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from grader.evidence.frozen import Frozen
from grader.evidence.layers import SETTINGS as LAYER_SETTINGS
from grader.evidence.optimizers import Settings, Value, settings_of
from grader.evidence.part import Merit, Part, Wanted
from grader.evidence.values import MOST_STEPS, Beta, Count, FiniteNumber, FiniteSeries, Hash, Sentence, Text
from grader.messages.message import Message, say

# Cross-entropy, or none stored; another loss that the grader builds, the mean of a batch or its sum; one that
# it cannot build.
LossForm = Literal["usual", "other", "summed", "unknown"]


# The files of a model where a rubric declares its network.
OF_PYTORCH = ("model.pt", "model.pth", "model.safetensors", "*.pt", "*.pth", "*.safetensors", "*.ckpt")
LayerSetting = bool | int | FiniteNumber | Text | Annotated[tuple[FiniteNumber, ...], Field(max_length=8)]
LayerSettings = Annotated[Mapping[Text, LayerSetting], Field(max_length=len(LAYER_SETTINGS))]


class Layer(Frozen):
    """A layer of the student's network, as its file describes it; of a wrapper, the units of what is inside.

    The `units` are those of a dense or recurrent layer or the filters of a convolution.
    """

    kind: Text
    name: Text
    units: int | None = None
    activation: Text | None = None
    settings: LayerSettings = Field(default_factory=dict)


class Moments(Frozen):
    """Adam's moments as the model file stores them, a value for each trainable variable in its order.

    With g after clipping, m = beta_1 m + (1 - beta_1) g, of which `first` is the L2 norm, and
    v = beta_2 v + (1 - beta_2) g^2, of which `second` is the sum.
    """

    beta_1: Beta
    beta_2: Beta
    first: FiniteSeries
    second: FiniteSeries

    @model_validator(mode="after")
    def _of_the_same_variables(self) -> Self:
        if not len(self.first) == len(self.second) > 0:
            raise ValueError("must have both moments of each variable")
        if min(self.first) < 0 or min(self.second) < 0:
            raise ValueError("must not be negative")
        return self


Precision = Literal["float32", "float16", "bfloat16"]


class Sketch(Frozen):
    """The hash of a model's weights, and their random projection, which is nearly equal for similar models.

    The kernels are projected, each scaled to length 1, on directions that are the same for everybody.
    `unordered` is the hash of the weights with the numbers of each array sorted, which is the same for a
    network whose hidden units were put into another order.
    """

    sha256: Hash
    unordered: Hash = ""
    projections: FiniteSeries


class Optimizer(Frozen):
    """The optimizer that the model file stores; None where the file says nothing.

    The `settings` are the others that it stores, and `schedule_settings` those of its schedule.
    """

    kind: Text
    learning_rate: FiniteNumber | None = None
    schedule: Text | None = None
    settings: Settings = Field(default_factory=dict)
    schedule_settings: Settings = Field(default_factory=dict)
    clipnorm: FiniteNumber | None = None
    clipvalue: FiniteNumber | None = None
    global_clipnorm: FiniteNumber | None = None
    iterations: Annotated[int, Field(ge=0, le=MOST_STEPS)] | None = None
    moments: Moments | None = None
    clipnorm_is_global: bool = False  # as in stand-alone Keras up to 2.3.1; later it is of each variable
    unsaid: tuple[Text, ...] = ()  # settings that no file of its form stores, and "name"
    averages: bool = False  # whether the weights are averages over steps (`use_ema`, `ScheduleFreeAdamW`)

    @property
    def global_cap(self) -> float | None:
        """The stored cap on the norm of all gradients as one vector; None where there is none."""
        return self.global_clipnorm or (self.clipnorm if self.clipnorm_is_global else None) or None

    @property
    def cap(self) -> float:
        """The stored cap on a norm, of each variable or of all gradients; 0.0 where there is none."""
        return self.clipnorm or self.global_clipnorm or 0.0

    def setting(self, name: str) -> Value | None:
        """A setting; where none is stored, as older versions of Keras did, the default of Keras 3."""
        if name in {"clipvalue", "global_clipnorm"}:
            clipping: float | None = getattr(self, name)
            return clipping
        return self.settings.get(name, settings_of(self.kind).get(name))

    @property
    def is_of_several(self) -> bool:
        """Whether it only holds others, of which each has settings of its own and trains some variables."""
        return self.kind in {"MultiOptimizer", "OptimizerMap"}


class Model(Part):
    """What the model file says without TensorFlow; empty or None where it says nothing.

    `network` is `Sequential` or `Functional`, `input_shape` without the batch dimension. The layers are in
    order, nested models opened, without `InputLayer`. The weights, without the optimizer's, are `variables`
    arrays of `parameters` numbers in all, kept in this `precision` at least. `rescued` says what was changed
    to bring an older or unusual file to today's form, and `fresh` that nothing in it was trained yet.
    """

    wanted: ClassVar[Wanted | None] = Wanted(
        word=say("model"),
        description="Patterns for the model's file, the preferred one first; among several files, what they "
        "hold decides.",
        advice=say(
            'Save the model with `model.save("model.keras")` and put the file into the submission\'s folder.'
        ),
        advice_by_ending=(
            (
                (".pt", ".pth", ".safetensors", ".ckpt"),
                say(
                    'Save the weights with `torch.save(model.state_dict(), "model.pt")` and put the file '
                    "into the submission's folder."
                ),
            ),
        ),
        patterns=("model.keras", "model.h5", "*.keras", "*.h5", "*.hdf5"),
        others=(
            *("*.pt", "*.pth", "*.safetensors", "*.onnx", "*.tflite", "*.index", "*.ckpt*", "*.pb"),
            *("*.pkl", "*.pickle", "*.joblib", "*model*.zip", "*model*.json", "*.ipynb"),
        ),
    )

    form: Literal["keras", "h5", "pytorch", "safetensors"]
    keras_version: Text
    network: Text
    input_shape: tuple[int | None, ...] | None
    layers: tuple[Layer, ...]
    parameters: Count
    variables: Count
    optimizer: Optimizer | None
    loss: Text = ""
    loss_form: LossForm = "usual"
    from_logits: bool | None = None
    rescued: tuple[Sentence, ...] = ()
    sketch: Sketch | None = None
    precision: Precision = "float32"
    fresh: bool = False

    def with_activation(self, activation: str) -> Self:
        """The model with this activation after each dense layer but the last, where its file says none."""
        dense = [layer for layer in self.layers if layer.kind == "Dense"]
        layers = tuple(
            layer.model_copy(
                update={"activation": activation, "settings": {**layer.settings, "activation": activation}}
            )
            if layer in dense[:-1]
            else layer
            for layer in self.layers
        )
        note = say(
            "No file of PyTorch says which activation a network has; `{activation}` was assumed after each "
            "hidden layer, because the network does well with it on training images.",
            activation=activation,
        )
        return self.model_copy(update={"layers": layers, "rescued": (*self.rescued, note)})

    @property
    def is_of_pytorch(self) -> bool:
        """Whether its file is one of PyTorch's, which stores weights alone and no clipping."""
        return self.form in {"pytorch", "safetensors"}

    @property
    def looks_up(self) -> bool:
        """Whether it has an embedding, by whose norm, as logs have it, Keras does not clip; PyTorch does."""
        return not self.is_of_pytorch and any(layer.kind == "Embedding" for layer in self.layers)

    @property
    def gives_a_logit(self) -> bool:
        """Whether its only output is a logit, whose accuracy Keras counts by 0.5 unless it is told better."""
        dense = [layer for layer in self.layers if layer.kind == "Dense"]
        return bool(self.from_logits and dense and dense[-1].units == 1)

    @property
    def inexact(self) -> float:
        """How far a norm that was clipped may be over the cap by rounding, relative to it.

        In half precision the scale, its product with the gradient and the norm are rounded, each by 2^-11, or
        by 2^-8 in bfloat16.
        """
        return {"float32": 0.0, "float16": 3 * 2**-11, "bfloat16": 3 * 2**-8}[self.precision]

    @property
    def merits(self) -> tuple[Merit, ...]:
        """That it was trained."""
        return (Merit(not self.fresh, say("it was trained")),)

    @property
    def remarks(self) -> tuple[Message, ...]:
        """What was changed so that it could be read."""
        return self.rescued

    @property
    def trained_steps(self) -> int | None:
        """The steps of the stored optimizer."""
        return (self.optimizer.iterations if self.optimizer else None) or None

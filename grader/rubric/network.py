"""A network of PyTorch as a rubric declares it, whose file has names and weights but no network."""

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from grader.evidence.frozen import Frozen
from grader.messages.english import nearest

Size = Annotated[int, Field(ge=1, le=2**20)]
# One number for both directions, or one for each.
Window = (
    Annotated[int, Field(ge=1, le=1024)]
    | Annotated[tuple[Annotated[int, Field(ge=1, le=1024)], ...], Field(min_length=1, max_length=2)]
)
Margin = (
    Annotated[int, Field(ge=0, le=1024)]
    | Annotated[tuple[Annotated[int, Field(ge=0, le=1024)], ...], Field(min_length=1, max_length=2)]
)
Activation = Literal[
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "mish",
    "relu6",
    "hard_swish",
    "softplus",
    "sigmoid",
    "tanh",
    "softmax",
    "log_softmax",
]


class InputPlan(Frozen):
    """What the network is given of one example, channels last as in the data, such as `[28, 28, 1]`."""

    shape: Annotated[tuple[Size, ...], Field(min_length=1, max_length=3)]


class ConvPlan(Frozen):
    """A convolution, `nn.Conv2d` or `nn.Conv1d`; what the weights say may be left out."""

    filters: Size | None = None
    kernel: Window | None = None
    stride: Window = 1
    padding: Margin = 0
    dilation: Window = 1
    activation: Activation | None = None


class LinearPlan(Frozen):
    """A linear layer, `nn.Linear`; the weights say how many units it has where that is left out."""

    units: Size | None = None
    activation: Activation | None = None


class PoolPlan(Frozen):
    """A maximum or an average over windows; the stride is the window's size unless it is given."""

    size: Window = 2
    stride: Window | None = None


class AdaptivePoolPlan(Frozen):
    """An average over as many windows as are asked for, `nn.AdaptiveAvgPool2d`."""

    size: Window = 1


class NormPlan(Frozen):
    """`nn.BatchNorm1d`, `nn.BatchNorm2d`, or `nn.LayerNorm` over the last axis."""

    epsilon: float = Field(default=1e-5, gt=0, lt=1)


class DropoutPlan(Frozen):
    """A dropout, whose rate PyTorch calls `p`."""

    rate: float = Field(default=0.5, ge=0, lt=1)


class EmbeddingPlan(Frozen):
    """Vectors for tokens, `nn.Embedding`."""

    size: Size | None = None


class RecurrentPlan(Frozen):
    """`nn.LSTM`, `nn.GRU` or `nn.RNN`, with as many layers as the weights have.

    It returns its `last` state, or its outputs at `all` steps.
    """

    units: Size | None = None
    returns: Literal["last", "all"] = "last"


class PlainPlan(Frozen):
    """A layer without settings."""


class LayerPlan(Frozen):
    """One layer: its kind, and what the weights do not say of it. A kind alone may be a bare word: `relu`."""

    model_config = ConfigDict(title="layer")

    input: InputPlan | None = None
    conv: ConvPlan | None = None
    max_pool: PoolPlan | None = None
    average_pool: PoolPlan | None = None
    adaptive_average_pool: AdaptivePoolPlan | None = None
    batch_norm: NormPlan | None = None
    layer_norm: NormPlan | None = None
    dropout: DropoutPlan | None = None
    flatten: PlainPlan | None = None
    linear: LinearPlan | None = None
    embedding: EmbeddingPlan | None = None
    lstm: RecurrentPlan | None = None
    gru: RecurrentPlan | None = None
    rnn: RecurrentPlan | None = None
    activation: Activation | None = None

    @model_validator(mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        if isinstance(value, str):
            if value in get_args(Activation):
                return {"activation": value}
            if value not in cls.model_fields:
                known = [*(name for name in cls.model_fields if name != "activation"), *get_args(Activation)]
                rest = nearest(value, known, "the kinds of layers are")
                raise ValueError(f"`{value}` is no kind of layer; {rest.removesuffix('.')}")
            return {value: {}}
        if isinstance(value, dict):
            return {key: _settings(given) for key, given in value.items()}
        return value

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("must have one kind of layer, such as `conv: {padding: 1}` or `flatten`")
        return self

    @model_serializer(mode="wrap")
    def _as_written(self, every: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """As a rubric has it, with the one kind alone; so it travels to the worker."""
        return {self.kind: every(self)[self.kind]}

    @property
    def kind(self) -> str:
        """The kind of the layer."""
        (kind,) = self.model_fields_set
        return kind


def _settings(given: Any) -> Any:
    """A layer's settings; all may be left out, and JSON has lists where these are tuples."""
    if not isinstance(given, dict):
        return {} if given is None else given
    return {name: tuple(one) if isinstance(one, list) else one for name, one in given.items()}


def _begins_with_its_input(layers: tuple[LayerPlan, ...]) -> tuple[LayerPlan, ...]:
    if any(layer.kind == "input" for layer in layers[1:]):
        raise ValueError("must have `input` as its first entry")
    return layers


NetworkPlan = Annotated[tuple[LayerPlan, ...], Field(max_length=200), AfterValidator(_begins_with_its_input)]

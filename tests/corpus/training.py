"""One real training that submissions are made from: the network, what it is trained on, and how."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

LOG = "training_log.csv"
MODEL = "model.keras"
# From pixels in [0, 1] to what the network is given.
PIXELS: Mapping[str, Callable[[Any], Any]] = {
    "from 0 to 1": lambda pixels: pixels,
    "from 0 to 255": lambda pixels: pixels * 255,
    "from -1 to 1": lambda pixels: pixels * 2 - 1,
    # The mean and the standard deviation of the pixels of the training images.
    "standardised": lambda pixels: (pixels - 0.2860) / 0.3530,
}
CROSS_ENTROPY = "SparseCategoricalCrossentropy"


@dataclass(frozen=True)
class Network:
    """A student's network; the defaults are those of the homework.

    A `normalisation` follows each hidden layer, before its activation. A `recurrent` layer of 64 units reads
    the rows of an image. With `pooling` a layer of Keras follows the convolution, which else takes large
    strides. Images are `augmented` by moving them a little; a layer that is `adapted` standardises them.
    """

    units: tuple[int, ...] = (300, 100)
    input_shape: tuple[int, ...] = (28, 28)
    activation: str = "relu"
    rescaling: bool = False
    adapted: bool = False
    augmented: bool = False
    filters: int = 0
    pooling: Literal["", "MaxPooling2D"] = ""
    recurrent: Literal["", "LSTM", "GRU"] = ""
    dropout: float = 0.0
    normalisation: Literal["", "BatchNormalization", "LayerNormalization"] = ""
    initializer: str = "glorot_uniform"
    l2: float = 0.0
    logits: bool = False


@dataclass(frozen=True)
class Training:
    """One real training; the defaults are those of the homework.

    Of the `images`, `split` trains on 55,000 and validates on 5,000 others, `few` trains on 12,000 of these;
    `ordered` on the same in the order that the starter notebook gives them by the seed, again in each epoch;
    `four_fifths` on 48,000 and 12,000; `whole` on all 60,000 and the test images; `test` does both with the
    test images. `fits` are the epochs of each call of `fit`. With a `global_norm`, a loop of the student's
    own clips to it. With `every_epoch` the model is kept as it was after each, as `epoch_1.keras` and so on.
    """

    seed: int
    network: Network = Network()
    optimizer: str = "Adam"
    settings: Mapping[str, float] = field(default_factory=lambda: {"learning_rate": 1e-3, "clipnorm": 1.0})
    loss: str = CROSS_ENTROPY
    reduction: str = "sum_over_batch_size"
    batch_size: int = 32
    fits: tuple[int, ...] = (5,)
    images: Literal["split", "few", "ordered", "four_fifths", "whole", "test"] = "split"
    pixels: str = "from 0 to 1"
    global_norm: float | None = None
    every_epoch: bool = False

    @property
    def network_kind(self) -> str:
        """What makes the network another kind than dense layers with cross-entropy; of several, the first."""
        network = self.network
        kinds = {
            network.normalisation: network.normalisation,
            network.recurrent: network.recurrent,
            "convolution": network.filters,
            "dropout": network.dropout,
            "augmentation": network.augmented,
            "adapted Normalization": network.adapted,
            "use_ema": self.settings.get("use_ema"),
            self.loss: self.loss != CROSS_ENTROPY,
            "loss summed": self.reduction == "sum",
        }
        return next((kind for kind, holds in kinds.items() if holds), "dense")

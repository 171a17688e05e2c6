"""The images of the data set, as a worker sees them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Arrays:
    """What a worker may see of the data: everything but the test labels."""

    x_train: NDArray[np.generic]
    y_train: NDArray[np.int64]
    x_test: NDArray[np.generic]

    @classmethod
    def read(cls, folder: Path) -> "Arrays":
        """Map the arrays that the parent has written."""
        return cls(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in cls.__dataclass_fields__))

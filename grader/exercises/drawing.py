"""The numbers of an exercise, drawn from a seed: the same on every machine, in every version of NumPy."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy.typing as npt

    from grader.exercises.exercise import Array


class Drawing:
    """Draws arrays one after the other; each number is one of float32, as it is handed out."""

    def __init__(self, seed: int) -> None:
        """Begin at the first number; a seed from 0 on."""
        import numpy as np

        # NumPy promises the raw numbers of a bit generator for good, those of `Generator` it does not.
        self._bits = np.random.PCG64(seed)

    def uniform(self, *shape: int, size: float = 1.0) -> "Array":
        """Numbers from `-size` to `size`, none of them 0."""
        import numpy as np

        raw = self._bits.random_raw(int(np.prod(shape))) >> 11
        between = (raw + 0.5) * 2.0**-52 - 1.0
        return exact(size * between.reshape(shape))

    def whole(self, *shape: int, below: int) -> "npt.NDArray[Any]":
        """Whole numbers from 0 on, below a limit."""
        import numpy as np

        raw = self._bits.random_raw(int(np.prod(shape))) >> 11
        return (raw % below).reshape(shape).astype(np.int64)


def exact(numbers: "Array | float") -> "Array":
    """The nearest numbers of float32, in float64."""
    import numpy as np

    return np.asarray(numbers, np.float32).astype(np.float64)

"""What a teacher uploads to a platform so that it calls the grader: a module `pack` in the platform's folder.

Such a module has a function `pack(program, rubric) -> Packed`.
`program` is this program as a wheel, `shipment` the rubric with the files that belong to it.
"""

from collections.abc import Callable

from grader.platforms import modules
from grader.platforms.packing.packed import Packed
from grader.platforms.packing.program import Program
from grader.platforms.packing.shipment import Shipment

__all__ = ["Packed", "Program", "Shipment", "load", "names"]


def names() -> tuple[str, ...]:
    """The names of the platforms, sorted."""
    return tuple(modules("pack"))


def load(name: str) -> Callable[[Program, Shipment], Packed]:
    """What packs for a platform.

    Raises:
        KeyError: there is none of this name.
    """
    pack: Callable[[Program, Shipment], Packed] = modules("pack")[name].pack
    return pack

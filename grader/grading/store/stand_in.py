"""Stands in for something large until something of it is asked for."""

from collections.abc import Callable
from typing import Any


class StandIn:
    """Has the attributes of an object that is made when the first of them is asked for.

    `isinstance` takes it for that object; it is equal to nothing but itself.
    """

    def __init__(self, kind: type, make: Callable[[], Any]) -> None:
        """Nothing is made yet.

        Args:
            kind: of the object.
            make: gives the object; what it raises comes from the attribute that was asked for.
        """
        self._kind = kind
        self._make = make

    @property  # type: ignore[misc]  # mypy knows no other class than the real one
    def __class__(self) -> type:
        """The object's."""
        return self._kind

    def __getattr__(self, name: str) -> Any:
        """The object's attribute."""
        return getattr(self._make(), name)

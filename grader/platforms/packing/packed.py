"""What a platform's file holds, and what its teacher should know."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Packed:
    """The content of the zip.

    Attributes:
        files: by path.
        programs: the paths of those that can be run.
        advice: what to do with it on the platform, a sentence each.
    """

    files: dict[str, str | bytes]
    programs: tuple[str, ...]
    advice: tuple[str, ...]

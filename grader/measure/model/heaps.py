"""The global heaps of an HDF5 file, checked before the HDF5 library walks them.

Texts of variable length stand in these heaps, as a chain of objects, each with its size.
The library (1.14) never ends on a free object of size 0, and a worker that hangs tells a student nothing.
Layout: HDF5 File Format Specification, version 3.0, section III.E, "Disk Format: Level 1E - Global Heap".
"""

import struct
from collections.abc import Iterator

# The signature, version 1 and three reserved zeros.
MARK = b"GCOL\x01\0\0\0"
HEAD = len(MARK) + 8
OBJECT = struct.Struct("<HHxxxxQ")
ALIGNMENT = 8


def heaps_are_sound(content: bytes) -> bool:
    """Whether every chain of objects in the file goes on to the end of its heap."""
    return all(_is_sound(content, start) for start in _starts(content))


def _starts(content: bytes) -> Iterator[int]:
    start = content.find(MARK)
    while start >= 0:
        yield start
        start = content.find(MARK, start + 1)


def _is_sound(content: bytes, start: int) -> bool:
    if start + HEAD > len(content):
        return False
    (size,) = struct.unpack_from("<Q", content, start + len(MARK))
    end = start + size
    if size < HEAD or end > len(content):
        return False
    place = start + HEAD
    while place + OBJECT.size <= end:
        index, _, length = OBJECT.unpack_from(content, place)
        # Object 0 is the free space, and its size counts its own head.
        step = length if index == 0 else OBJECT.size + -(-length // ALIGNMENT) * ALIGNMENT
        if step == 0 or place + step > end:
            return False
        place += step
    return True

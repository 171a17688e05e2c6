"""Zip archives for tests, and ways to damage them."""

import io
import warnings
import zipfile

LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
Member = tuple[str | zipfile.ZipInfo, bytes]


def a_zip(*members: Member, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive with these members, in order; the same name may come twice."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.filterwarnings("ignore", "Duplicate name")
        for name, content in members:
            archive.writestr(name, content, method)
    return buffer.getvalue()


def with_header(content: bytes, at: int, field: bytes) -> bytes:
    """Write over a field of the first member, in both of its headers.

    Args:
        content: the archive.
        at: where the field is in the local header; in the central one it is two bytes later.
        field: its new bytes.
    """
    changed = bytearray(content)
    for start in (content.index(LOCAL) + at, content.index(CENTRAL) + at + 2):
        changed[start : start + len(field)] = field
    return bytes(changed)

"""Files as the bytes of a `.zip` that are the same every time they are made."""

import io
import zipfile
from collections.abc import Collection, Mapping

# The earliest time that the form can hold.
_TIME = (1980, 1, 1, 0, 0, 0)
_FILE, _PROGRAM = 0o100644, 0o100755


def zipped(files: Mapping[str, str | bytes], programs: Collection[str] = ()) -> bytes:
    """The archive of these files, by path with `/`, text as UTF-8; those that are `programs` can be run."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, _TIME)
            entry.create_system = 3  # Unix, whose modes these are
            entry.external_attr = (_PROGRAM if path in programs else _FILE) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return stream.getvalue()

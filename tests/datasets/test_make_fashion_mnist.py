"""The sample that ships is made from the four official files."""

import gzip
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from builders_folders import make_file

from grader.datasets import ARRAYS, SHIPPED, load_dataset
from grader.datasets.make_fashion_mnist import make, read_official

OFFICIAL_FILES = Path("/usr/share/datasets/fashion-mnist")
LABELS = "t10k-labels-idx1-ubyte"


@pytest.mark.skipif(
    not OFFICIAL_FILES.is_dir(), reason="Debian's package `dataset-fashion-mnist` is not installed"
)
def test_the_sample_can_be_made_again(tmp_path: Path) -> None:
    """The same arrays, and with the usual zlib and a Python from 3.11.4 on the same bytes."""
    sha256 = make(OFFICIAL_FILES, tmp_path / "fashion_mnist.npz")
    with zipfile.ZipFile(tmp_path / "fashion_mnist.npz") as archive:
        headers = {member.create_version for member in archive.infolist()}

    made = load_dataset(str(tmp_path / "fashion_mnist.npz"))
    ships = load_dataset("fashion_mnist")
    assert all(np.array_equal(getattr(made, name), getattr(ships, name)) for name in ARRAYS)
    # zlib-ng packs the same arrays into other bytes, and an older Python writes version 2.0 before them.
    usual = "ng" not in zlib.ZLIB_RUNTIME_VERSION and headers == {zipfile.ZIP64_VERSION}
    assert usual == (SHIPPED["fashion_mnist"] == sha256)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, r"cannot be read: \[Errno 2\] No such file or directory"),
        *((damaged, "cannot be read: ") for damaged in (b"labels", gzip.compress(b"labels", mtime=0)[:-4])),
        *(
            (other, "is not the official file: its content")
            for other in (b"", gzip.compress(b"labels", mtime=0))
        ),
    ],
)
def test_what_is_no_official_file(tmp_path: Path, content: bytes | None, reason: str) -> None:
    """Whoever runs the script learns which is missing, damaged or another; the content decides."""
    if content is not None:
        make_file(tmp_path, f"{LABELS}.gz", content)

    with pytest.raises(SystemExit, match=rf"^`{LABELS}\.gz` {reason}"):
        read_official(tmp_path, LABELS)

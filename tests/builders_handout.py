"""A student who runs the starter notebook."""

import gzip
import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np

from grader.datasets import Dataset
from grader.handout import LOGGER
from grader.handout.one_file import one_file


def cells(notebook: str, kind: str) -> list[str]:
    """The sources of the cells of one kind."""
    return ["".join(cell["source"]) for cell in json.loads(notebook)["cells"] if cell["cell_type"] == kind]


def run(folder: Path, notebook: str) -> None:
    """Run the code of a notebook in a folder, beside the file that logs; pictures are drawn nowhere."""
    (folder / LOGGER).write_text(one_file(), encoding="utf-8")
    program = "\n".join(["import matplotlib", "matplotlib.use('agg')", *cells(notebook, "code")])
    (folder / "notebook.py").write_text(program, encoding="utf-8")
    environment = {"PATH": "/usr/bin", "HOME": str(folder), "KERAS_HOME": str(folder / "keras")}
    done = subprocess.run(
        [sys.executable, "notebook.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr[-2000:]


def as_keras_keeps_it(folder: Path, data: Dataset) -> None:
    """Put the images where `keras.datasets.fashion_mnist` looks before it downloads them."""
    place = folder / "keras" / "datasets" / "fashion-mnist"
    place.mkdir(parents=True)
    for part, x, y in (("train", data.x_train, data.y_train), ("t10k", data.x_test, data.y_test)):
        pixels = struct.pack(">IIII", 0x803, len(x), 28, 28) + x.astype(np.uint8).tobytes()
        labels = struct.pack(">II", 0x801, len(y)) + y.astype(np.uint8).tobytes()
        (place / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(pixels, 1))
        (place / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels, 1))

"""Makes `fashion_mnist.npz` from the four official files.

Run `python -m grader.datasets.make_fashion_mnist FOLDER`; with `--whole FILE`, another file gets all 60,000
training images, for `grader rubric calibrate --train-on FILE`.
Debian's package `dataset-fashion-mnist` carries the files in `/usr/share/datasets/fashion-mnist`.
The sample is all 10,000 test images and the first 12,000 training images; the licence is in NOTICE.
"""

import gzip
import hashlib
import zlib
from pathlib import Path

import numpy as np
import typer
from numpy.typing import NDArray

# SHA-256 of the unpacked files; whoever packs them chooses other gzip settings.
OFFICIAL = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}
TRAINING_IMAGES = 12_000


def read_official(folder: Path, name: str) -> NDArray[np.uint8]:
    """Read one official file, images as (n, 28, 28), labels as (n,), or end the program."""
    try:
        content = gzip.decompress((folder / f"{name}.gz").read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise SystemExit(f"`{name}.gz` cannot be read: {error}.") from None
    if hashlib.sha256(content).hexdigest() != OFFICIAL[name]:
        raise SystemExit(f"`{name}.gz` is not the official file: its content has another SHA-256.")
    if name.endswith("idx3-ubyte"):
        return np.frombuffer(content, np.uint8, offset=16).reshape(-1, 28, 28)
    return np.frombuffer(content, np.uint8, offset=8)


def make(folder: Path, target: Path, training_images: int = TRAINING_IMAGES) -> str:
    """Write a data set with so many training images and return its SHA-256."""
    np.savez_compressed(
        target,
        x_train=read_official(folder, "train-images-idx3-ubyte")[:training_images],
        y_train=read_official(folder, "train-labels-idx1-ubyte")[:training_images],
        x_test=read_official(folder, "t10k-images-idx3-ubyte"),
        y_test=read_official(folder, "t10k-labels-idx1-ubyte"),
    )
    return hashlib.sha256(target.read_bytes()).hexdigest()


def main(folder: Path, whole: Path | None = None) -> None:
    """Make the file beside this one, or the whole one, from the four .gz files, and print its SHA-256."""
    sample = (Path(__file__).with_name("fashion_mnist.npz"), TRAINING_IMAGES)
    typer.echo(make(folder, *((whole, 60_000) if whole else sample)))


if __name__ == "__main__":
    typer.run(main)

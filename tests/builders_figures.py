"""Figures as students hand them in, drawn by Matplotlib, and the bytes of what is none."""

import io
import struct
import zlib

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image


def norms(seed: int, steps: int = 600) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Norms that jump and fall."""
    random = np.random.default_rng(seed)
    return np.exp(0.35 * random.standard_normal(steps) + 1 - np.log1p(np.linspace(0, 9, steps)) * 0.5)


def a_figure(form: str = "png", seed: int = 1, *, curve: bool = True, axes: bool = True) -> bytes:
    """A curve over steps in axes with names, or less of it."""
    with mpl.rc_context({"svg.hashsalt": "figure"}):
        figure = Figure(figsize=(6.4, 4.8), dpi=100)
        FigureCanvasAgg(figure)
        if axes:
            drawn = figure.subplots()
            drawn.set_xlabel("step")
            drawn.set_ylabel("gradient norm")
            if curve:
                drawn.plot(norms(seed), linewidth=0.5)
        content = io.BytesIO()
        figure.savefig(content, format=form)
    return content.getvalue()


def pixels(content: bytes) -> Image.Image:
    """The decoded picture."""
    return Image.open(io.BytesIO(content)).convert("RGB")


def written(picture: Image.Image, form: str, **options: int) -> bytes:
    """A picture as a file."""
    content = io.BytesIO()
    picture.save(content, form, **options)
    return content.getvalue()


def a_png_that_says(width: int, height: int) -> bytes:
    """A PNG whose head names a size, with nothing of it after that."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\x00\x00\x10\x00IDAT\x78\x9c"

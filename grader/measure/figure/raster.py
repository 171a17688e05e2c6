"""A figure made of pixels: decoded within limits, described, and made small."""

import base64
import hashlib
import io
import warnings
from collections import Counter

import numpy as np
import numpy.typing as npt
from PIL import Image

from grader.errors import SubmissionError
from grader.evidence.figure import Figure
from grader.measure.figure.refusals import SAVE_SMALLER, damaged, too_much
from grader.messages.phrase import say

# A page of a printer at 600 dots an inch has 35 million.
MOST_PIXELS = 40_000_000
# Base64 makes four characters of three bytes.
LARGEST_SMALL = 45_000
_SHOWN = (640, 480)
_LOOKED_AT = (512, 512)
# A difference in one of the 256 steps of a colour that everybody sees.
_SEEN = 24
_SIDE = 32
# A difference in one of the 256 steps of grey that compression leaves.
_LEVEL = 2


def read_raster(name: str, content: bytes) -> Figure:
    """What is known of a PNG or a JPEG.

    Args:
        name: of its file, for the sentences.
        content: of its file.

    Raises:
        SubmissionError: it is damaged, or has too many pixels.
    """
    form = "PNG" if content.startswith(b"\x89PNG") else "JPEG"
    picture = _decoded(name, content, form)
    small = picture.copy()
    small.thumbnail(_SHOWN)
    return Figure(
        form="png" if form == "PNG" else "jpeg",
        width=picture.width,
        height=picture.height,
        ink=_ink(picture),
        pixels=hashlib.sha256(f"{picture.size}".encode() + picture.tobytes()).hexdigest(),
        fingerprint=fingerprint(picture),
        small=_address(small),
    )


def fingerprint(picture: Image.Image) -> str:
    """What differs between neighbours: a bit for each of 32 by 32 places, set if it is lighter to the right.

    So a picture that was scaled or compressed has nearly the same one.
    """
    grey = picture.convert("L").resize((_SIDE + 1, _SIDE), Image.Resampling.BOX)
    levels: npt.NDArray[np.int16] = np.asarray(grey, dtype=np.int16)
    return np.packbits(levels[:, 1:] > levels[:, :-1] + _LEVEL).tobytes().hex()


def _decoded(name: str, content: bytes, form: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # Pillow's own limit is above ours, and what it warns of is for programs that show pictures.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=(form,)) as opened:
                # Its head says how large it is; until then nothing is decoded.
                pixels = opened.width * opened.height
                seen = opened.convert("RGBA") if pixels <= MOST_PIXELS else None
    except Image.DecompressionBombError:
        raise SubmissionError(
            say("{name} has more than {most} pixels.", name=name, most=f"{MOST_PIXELS:,}"), SAVE_SMALLER
        ) from None
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (Pillow lets the errors of its decoders through, of many classes)
        raise damaged(name, say("a {form}", form=form)) from None
    if seen is None:
        raise too_much(name, say("pixels"), pixels, MOST_PIXELS)
    paper = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(paper, seen).convert("RGB")


def _ink(picture: Image.Image) -> float:
    """The share of the picture that differs from its most common colour."""
    seen = picture.copy()
    seen.thumbnail(_LOOKED_AT, Image.Resampling.BOX)
    colours: npt.NDArray[np.int16] = np.asarray(seen, dtype=np.int16).reshape(-1, 3)
    counts = Counter(map(tuple, (colours // 8).tolist()))
    common = np.asarray(counts.most_common(1)[0][0], dtype=np.int16) * 8 + 4
    return float(np.mean(np.abs(colours - common).max(axis=1) > _SEEN))


def _address(small: Image.Image) -> str:
    """The picture as an address of kind `data:`, in the largest size that is small enough."""
    while True:
        for kind, options in (
            ("png", {"optimize": True}),
            ("jpeg", {"quality": 80}),
            ("jpeg", {"quality": 50}),
        ):
            written = io.BytesIO()
            shown = small.quantize(64) if kind == "png" else small
            shown.save(written, kind, **options)
            if written.tell() <= LARGEST_SMALL:
                return f"data:image/{kind};base64,{base64.b64encode(written.getvalue()).decode('ascii')}"
        small = small.resize((max(1, small.width * 3 // 4), max(1, small.height * 3 // 4)))

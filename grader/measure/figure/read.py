"""Reads a figure made of pixels: it is decoded within limits, described, and made small."""

import base64
import hashlib
import io
import warnings
from collections import Counter
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.evidence.figure import SOME_INK, Figure
from grader.measure.notebook.cells import is_notebook, open_notebook
from grader.measure.request import takes_notebooks
from grader.measure.sources import shown
from grader.messages.message import Message, say
from grader.rubric import Plan

# A page of a printer at 600 dots an inch has 35 million.
MOST_PIXELS = 40_000_000
# A progressive JPEG has about ten, and each is a walk through all pixels.
MOST_SCANS = 30
_SCAN = b"\xff\xda"
# Base64 makes four characters of three bytes.
LARGEST_SMALL = 45_000
_SHOWN = (640, 480)
_LOOKED_AT = (512, 512)
# A difference in one of the 256 steps of a colour that everybody sees.
_SEEN = 24
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_SAVE_AGAIN = say(
    'Save the figure as a PNG, for example with `plt.savefig("norms.png")`, and submit that file.'
)
_SHOW = say("Draw the figure in a cell, run the notebook, and save it with its outputs.")
_SAVE_SMALLER = say("Save a smaller figure, as a PNG.")


def read(name: str, content: bytes, _declaration: Declaration, plan: Plan) -> Figure:
    """The figure in a file; of a notebook the last one in which something is to be seen.

    A notebook is taken where the rubric's patterns for the figure name notebooks.
    """
    if not (is_notebook(content) and takes_notebooks("figure", name, plan)):
        return figure_of(shown(name), content)
    blank: Figure | None = None
    why: SubmissionError | None = None
    for cell in reversed(open_notebook(name, content)[1]):
        for picture in reversed(list(cell.pictures())):
            try:
                found = figure_of(say("A picture of cell {number}", number=cell.number), picture)
            except SubmissionError as error:
                why = why or error
                continue
            found = found.model_copy(update={"cell": cell.number})
            if found.ink >= SOME_INK:
                return found
            blank = blank or found
    if blank:
        return blank
    none = say("No cell of {name} shows a picture that is a PNG or JPEG.", name=shown(name))
    raise why or SubmissionError(none, _SHOW)


def figure_of(name: Message | str, content: bytes) -> Figure:
    """What is known of a figure; refused if it is no PNG or JPEG, is damaged, or has too many pixels."""
    form: Literal["png", "jpeg"] = "png" if content.startswith(_PNG) else "jpeg"
    if not content.startswith((_PNG, _JPEG)):
        raise SubmissionError(
            say("{name} is not a PNG or JPEG, the only pictures that are read.", name=name), _SAVE_AGAIN
        )
    # Its coded data never has these bytes; a thumbnail in its metadata may.
    scans = content.count(_SCAN) if form == "jpeg" else 0
    if scans > MOST_SCANS:
        sentence = say(
            "{name} has {found} scans; at most {most} are read.", name=name, found=scans, most=MOST_SCANS
        )
        raise SubmissionError(sentence, _SAVE_AGAIN)
    picture = _decoded(name, content, form.upper())
    small = picture.copy()
    small.thumbnail(_SHOWN)
    return Figure(
        form=form,
        width=picture.width,
        height=picture.height,
        ink=_ink(picture),
        pixels=hashlib.sha256(f"{picture.size}".encode() + picture.tobytes()).hexdigest(),
        small=_address(small),
    )


def _decoded(name: Message | str, content: bytes, form: str) -> Image.Image:
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
            say("{name} has more than {most} pixels.", name=name, most=f"{MOST_PIXELS:,}"), _SAVE_SMALLER
        ) from None
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (Pillow lets the errors of its decoders through, of many classes)
        raise SubmissionError(
            say("{name} cannot be read as a {form}: it is damaged or incomplete.", name=name, form=form),
            _SAVE_AGAIN,
        ) from None
    if seen is None:
        sentence = say(
            "{name} has {found} pixels; at most {most} are read.",
            name=name,
            found=f"{pixels:,}",
            most=f"{MOST_PIXELS:,}",
        )
        raise SubmissionError(sentence, _SAVE_SMALLER)
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

"""What was drawn of kept evidence, so that a page is written again without drawing anything."""

import logging
from hashlib import sha256
from pathlib import Path

from grader.errors import DamagedError, UsageError
from grader.files.output import write_whole
from grader.frozen import Frozen
from grader.grading.store import FOLDER, sealed
from grader.grading.store.entry import read_entry
from grader.grading.store.keys import program_sha256
from grader.reports.charts import Drawing, draw
from grader.reports.charts.targets import ChartTargets

logger = logging.getLogger(__name__)


class Drawn(Frozen):
    """A drawing, with the hash of what it depends on beside the evidence."""

    of: str
    drawing: Drawing


def keep_targets(out: Path, targets: ChartTargets) -> None:
    """Keep what the logs of a run are drawn against."""
    write_whole(out / FOLDER / "targets.json", sealed.page(targets))


def read_targets(out: Path) -> ChartTargets | None:
    """What the logs of the last run are drawn against, if that was kept."""
    return sealed.read(ChartTargets, out / FOLDER / "targets.json")


def kept_drawing(out: Path, key: str, targets: ChartTargets) -> Drawing | None:
    """What was drawn of evidence against these targets, by this program; None where nothing is kept.

    Args:
        out: the output folder.
        key: of the evidence.
        targets: drawn against which.
    """
    drawn = sealed.read(Drawn, _path(out, key))
    return drawn.drawing if drawn is not None and drawn.of == _hash(targets) else None


def draw_kept(out: Path, key: str, targets: ChartTargets) -> Drawing | None:
    """Draw kept evidence, and keep that; see `kept_drawing`.

    None where no evidence is kept, or where it cannot be drawn, which is logged.
    """
    entry = read_entry(out / FOLDER / "evidence" / f"{key}.jsonl")
    if entry is None:
        return None
    try:
        drawing = draw(entry.evidence(), targets)
    except DamagedError:
        return None
    except Exception:
        # A picture is not worth a report.
        logger.exception("The evidence %s cannot be drawn.", key)
        return None
    page = sealed.page(Drawn(of=_hash(targets), drawing=drawing))
    try:
        write_whole(_path(out, key), page)
    except UsageError:
        logger.warning("The drawing of %s cannot be kept.", key)
    return drawing


def _path(out: Path, key: str) -> Path:
    return out / FOLDER / "drawings" / f"{key}.json"


def _hash(targets: ChartTargets) -> str:
    return sha256(f"{program_sha256()} {targets.model_dump_json()}".encode()).hexdigest()

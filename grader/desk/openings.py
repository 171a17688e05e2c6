"""Who has a submission open: shown to others at the same folder, and binding nobody."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader.errors import UsageError
from grader.evidence.frozen import Frozen
from grader.files import UnreadableError, read_own, write_whole
from grader.messages.message import Message, say

FILE = ".desk.json"
# After so long without another page, a submission counts as left.
EXPIRES = timedelta(minutes=15)


class Opening(Frozen):
    """That a desk has a submission open, by whom, and since when."""

    desk: str
    by: str
    since: datetime
    until: datetime

    @property
    def sentence(self) -> Message:
        """What others read."""
        return say("{by} has this open since {time}.", by=self.by, time=f"{self.since.astimezone():%H:%M}")


def opening(folder: Path, desk: str) -> Opening | None:
    """Who else has the submission of this folder open now."""
    found = _read(folder)
    return found if found is not None and found.desk != desk else None


def begin(folder: Path, desk: str, by: str) -> None:
    """Say that this desk has it open, unless another one does."""
    if opening(folder, desk) is None:
        before, now = _read(folder), datetime.now(UTC)
        mine = Opening(desk=desk, by=by, since=before.since if before else now, until=now + EXPIRES)
        # That others are not told costs nobody a decision.
        with suppress(UsageError):
            write_whole(folder / FILE, mine.model_dump_json())


def end(folder: Path, desk: str) -> None:
    """Say that this desk has left it."""
    if (found := _read(folder)) is not None and found.desk == desk:
        (folder / FILE).unlink(missing_ok=True)


def _read(folder: Path) -> Opening | None:
    """What counts still; a damaged file says nothing."""
    with suppress(UnreadableError):
        found = read_own(Opening, folder / FILE, 10_000, "grader desk")
        return found if found.until.tzinfo and found.until > datetime.now(UTC) else None
    return None

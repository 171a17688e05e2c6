"""`grader pack`: what a teacher uploads to a platform, as one zip."""

from pathlib import Path

from rich.console import Console
from rich.filesize import decimal
from rich.text import Text

from grader.errors import UsageError
from grader.files.output import write_whole
from grader.files.zipped import zipped
from grader.platforms.packing import load, names
from grader.platforms.packing.program import program
from grader.platforms.packing.shipment import shipment
from grader.rubric.wording import nearest


def pack(platform: str, rubric_name: str, out: Path) -> None:
    """Write the zip, and say what to do with it.

    Args:
        platform: the name of a platform.
        rubric_name: a file, or a rubric that ships.
        out: the file to write.

    Raises:
        GraderError: there is no such platform, the rubric cannot be packed, or the file cannot be written.
    """
    if platform not in names():
        raise UsageError(
            f"There is no platform `{platform}`.", nearest(platform, names(), "The platforms are")
        )
    packed = load(platform)(program(), shipment(rubric_name))
    content = zipped(packed.files, packed.programs)
    write_whole(out, content)
    console = Console()
    console.print(Text(f"Written: {out}, {decimal(len(content))}."), soft_wrap=True)
    for sentence in packed.advice:
        console.print(Text(sentence), soft_wrap=True)

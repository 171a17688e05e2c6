"""Makes the pictures in the README: `python tests/pages/screenshots.py`, a minute.

The examples are graded, and Chromium shows the page of one of them and that of the class.
"""

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / ".github"
STUDENT = "bruno_without_clipping"
WIDTH, ROOM, LARGEST = 1000, 24, 120_000
# From the top of the first element to the bottom of the last one.
PARTS = {
    "student_page": (("header", ".items > li:nth-child(2)"), ("#pictures", "figure:nth-of-type(2)")),
    "class_page": (("header", ".order-1"), ("section[aria-labelledby=items]", "tr:nth-child(5) >> nth=-1")),
}


def main() -> None:
    """Grade the examples, and take a picture of two pages."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as out, sync_playwright() as playwright:
        grade = [
            sys.executable,
            "-m",
            "grader",
            "grade",
            "submissions_example/gradient_clipping",
            "--out",
            out,
            "--lang",
            "en",
        ]
        subprocess.run(grade, cwd=ROOT, check=True)
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=False)
        page = browser.new_page(viewport={"width": WIDTH, "height": 800}, color_scheme="light")
        for name, place in (("student_page", f"{STUDENT}/report.html"), ("class_page", "index.html")):
            page.goto(Path(out, place).as_uri())
            path = PICTURES / f"{name}.png"
            stacked(list(parts(page, name))).quantize(dither=Image.Dither.NONE).save(path, optimize=True)
            assert path.stat().st_size < LARGEST
        browser.close()


def parts(page: Page, name: str) -> Iterator[Image.Image]:
    """The parts of a page that matter, each as wide as the page."""
    whole = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    for first, last in PARTS[name]:
        start, end = page.locator(first).first.bounding_box(), page.locator(last).first.bounding_box()
        assert start is not None
        assert end is not None
        top = max(0, start["y"] - ROOM / 2)
        yield whole.crop((0, int(top), WIDTH, int(end["y"] + end["height"])))


def stacked(images: list[Image.Image]) -> Image.Image:
    """Pictures below each other, with some room after each."""
    whole = Image.new("RGB", (WIDTH, sum(image.height + ROOM for image in images)), "white")
    top = 0
    for image in images:
        whole.paste(image, (0, top))
        top += image.height + ROOM
    return whole


if __name__ == "__main__":
    main()

"""Prints what the pages of a class cost: `python tests/benchmarks/pages.py`, three minutes.

First the share of what measuring takes, in processor time of all processes: a class (the examples, or
`--class FOLDER`) is measured, then judged again from the cache, in turns with its pages and without. Then the
pages of the class of `judged_again`, with evidence of the examples and other numbers for each submission.
`--beside CHECKOUT` measures another checkout of this repository as well.
"""

import argparse
import contextlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from judged_again import EXAMPLES, run, stored_class

from grader.sandbox.kernel import PR_SET_CHILD_SUBREAPER, set_attribute

MOST_MILLISECONDS, LARGEST_PAGE = 40.0, 300_000
TURNS = 3


def main() -> None:
    """Grade a stored class without pages, write its reports as text, and write its pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=300)
    parser.add_argument("--class", type=Path, default=EXAMPLES, metavar="FOLDER", dest="folder")
    parser.add_argument("--beside", type=Path, metavar="CHECKOUT")
    options = parser.parse_args()
    # What a command leaves behind becomes ours, so that its seconds are counted.
    set_attribute(PR_SET_CHILD_SUBREAPER, 1)
    print(share(options.folder), flush=True)
    if options.submissions:
        measure(options.submissions)
    if options.beside is not None:
        print(f"{options.beside.name}:", flush=True)
        checkout = options.beside.resolve()
        # With -P the modules beside this file are not found, but those of the checkout are.
        subprocess.run(
            [sys.executable, "-P", Path(__file__).resolve(), "--submissions", str(options.submissions)],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": f"{checkout}:{checkout / 'tests/benchmarks'}"},
            check=True,
        )


def share(folder: Path) -> str:
    """The processor time of the pages of a class, in parts of that of measuring it."""
    with tempfile.TemporaryDirectory() as place:
        grade = ("grade", folder, "--out", Path(place, "out"))
        whole = _seconds(*grade, "--no-pages")
        turns = [(_seconds(*grade, "--no-pages"), _pages(*grade)) for _ in range(TURNS)]
        count = len(list(Path(place, "out").glob("*/report.html")))
    again, pages = (
        statistics.median(one for one, _ in turns),
        statistics.median(two - one for one, two in turns),
    )
    return (
        f"the pages of {count} submissions: {pages:.2f} s of processor time, {pages / (whole - again):.3f} "
        f"of what measuring them takes ({whole - again:.1f} s; at most 0.05)"
    )


def _pages(*grade: str | Path) -> float:
    """The seconds for judging a class again, and writing all of its pages anew."""
    for path in Path(grade[-1]).glob("*/*.html"):
        path.unlink()
    return _seconds(*grade)


def _seconds(*command: str | Path) -> float:
    """The processor time of a command and all that it starts."""
    start = _cpu()
    run(*command)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    return _cpu() - start


def measure(count: int) -> None:
    """Measure a class of so many submissions."""
    with stored_class(count) as (folder, out, _):
        run("grade", folder, "--out", out, "--no-pages")
        start = _cpu()
        run("report", out, "--format", "plain_text")
        text = _cpu() - start
        for title in ("written", "written again"):
            start = _cpu()
            seconds, memory, *_ = run("report", out, "--format", "html")
            page = (_cpu() - start - text) / count * 1000
            print(f"the pages of {count} {title}: {seconds:.1f} s, {memory / 1e6:.0f} MB, ", end="")
            print(f"{page:.0f} ms of CPU a page more than text (at most {MOST_MILLISECONDS:.0f} ms)")
        largest = max(path.stat().st_size for path in out.glob("*/report.html"))
        print(f"the largest page: {largest / 1000:.0f} kB (at most {LARGEST_PAGE / 1000:.0f} kB)")
        print(f"the page of the class: {(out / 'index.html').stat().st_size / 1000:.0f} kB", flush=True)


def _cpu() -> float:
    """Seconds of CPU that all commands so far have used, in all their processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()

"""Prints what the pages of a class cost: `python tests/benchmarks/pages.py`, two minutes.

The class is that of `judged_again`: evidence of the examples, with other numbers for each submission.
`--beside CHECKOUT` measures another checkout of this repository as well.
"""

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path

from judged_again import run, stored_class

MOST_MILLISECONDS, LARGEST_PAGE = 40.0, 300_000


def main() -> None:
    """Grade a stored class without pages, write its reports as text, and write its pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=300)
    parser.add_argument("--beside", type=Path, metavar="CHECKOUT")
    options = parser.parse_args()
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


def measure(count: int) -> None:
    """Measure a class of so many submissions."""
    with stored_class(count) as (folder, out):
        run("grade", folder, "--out", out, "--no-pages")
        start = _cpu()
        run("report", out, "--format", "plain_text")
        text = _cpu() - start
        for title in ("written", "written again"):
            start = _cpu()
            seconds, memory, _ = run("report", out, "--format", "html")
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

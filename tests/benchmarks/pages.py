"""Prints what the pages of a class cost: `python tests/benchmarks/pages.py`, two minutes.

The class is that of `judged_again`: evidence of the examples, with other numbers for each submission.
"""

import argparse
import resource

from judged_again import run, stored_class

MOST_MILLISECONDS, LARGEST_PAGE = 40.0, 300_000


def main() -> None:
    """Grade a stored class without pages, write its reports as text, and write its pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=300)
    count = parser.parse_args().submissions
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
        print(f"the page of the class: {(out / 'index.html').stat().st_size / 1000:.0f} kB")


def _cpu() -> float:
    """Seconds of CPU that all commands so far have used, in all their processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()

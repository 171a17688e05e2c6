"""Prints what the pages of a class cost: `python tests/benchmarks/pages.py`, three minutes.

The class is that of `judged_again`: evidence of the examples, with other numbers for each submission.
"""

import argparse

from judged_again import run, stored_class

MOST_SECONDS, LARGEST_PAGE = 60.0, 300_000


def main() -> None:
    """Grade a cached class without pages, and write them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=300)
    count = parser.parse_args().submissions
    with stored_class(count) as (folder, out):
        run("grade", folder, "--out", out, "--no-pages")
        seconds, memory, _ = run("report", out, "--format", "html")
        target = f" (at most {MOST_SECONDS:.0f} s for 300 on two cores)"
        print(f"the pages of {count} drawn and written{target}: {seconds:.1f} s, {memory / 1e6:.0f} MB")
        largest = max(path.stat().st_size for path in out.glob("*/report.html"))
        print(f"the largest page: {largest / 1000:.0f} kB (at most {LARGEST_PAGE / 1000:.0f} kB)")
        print(f"the page of the class: {(out / 'index.html').stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

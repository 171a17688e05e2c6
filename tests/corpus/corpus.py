"""Submissions with a known right verdict, made from real trainings, and how the program judges them.

    python tests/corpus/corpus.py make FOLDER      fifteen minutes on two cores; what is there is kept
    python tests/corpus/corpus.py judge FOLDER     three minutes

FOLDER lies outside the repository and takes about 400 MB.
"""

import argparse
import sys
from pathlib import Path
from statistics import fmean
from time import monotonic

from making import BASES, make_submissions, trainings_of
from stories import STORIES
from story import Story

ROOT = Path(__file__).parents[2]


def make(arguments: argparse.Namespace) -> int:
    """Does the trainings and makes the submissions."""
    from train import train_all

    stories = _chosen(arguments.only)
    begun = monotonic()
    names, bases = trainings_of(stories), arguments.folder / BASES
    harder = []
    for name, record in train_all(names, bases, arguments.jobs, arguments.seeds_from):
        reached = f"validation {record['validation_accuracy']:.4f}, test {record['test_accuracy']:.4f}"
        print(f"{monotonic() - begun:4.0f} s  {name}: {reached}", flush=True)  # noqa: T201  (its output)
        if record["training"]["images"] in {"split", "four_fifths"}:
            harder.append(record["validation_accuracy"] - record["test_accuracy"])
    count = sum(1 for _ in make_submissions(stories, arguments.folder))
    print(f"{monotonic() - begun:4.0f} s  {count} submissions")  # noqa: T201  (its output)
    if harder:
        print(  # noqa: T201  (its output)
            f"The test images are harder than held-out training images by {fmean(harder):.4f} in the mean of "
            f"{len(harder)} trainings, from {min(harder):.4f} to {max(harder):.4f}."
        )
    return 0


def judge(arguments: argparse.Namespace) -> int:
    """Measures the submissions, judges them, and prints what is right and what is wrong."""
    from judging import judged, measured, met, page

    from grader.rubric.loading import load_rubric

    stories = _chosen(arguments.only)
    rubric = load_rubric(arguments.rubric)
    if not arguments.kept:
        for name in measured(stories, rubric, arguments.folder, arguments.jobs):
            print(name, file=sys.stderr, flush=True)  # noqa: T201  (its output)
    outcomes = tuple(judged(stories, rubric, arguments.folder))
    print(page(outcomes, everything=arguments.all))  # noqa: T201  (its output)
    return 0 if met(outcomes) else 1


def _chosen(only: str) -> tuple[Story, ...]:
    return tuple(story for story in STORIES if only in story.name)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    for command in (make, judge):
        own = commands.add_parser(command.__name__, help=command.__doc__)
        own.set_defaults(command=command)
        own.add_argument("folder", type=Path)
        own.add_argument("--jobs", type=int, default=2)
        own.add_argument("--only", default="", metavar="TEXT", help="stories with this text in their name")
        if command is make:
            own.add_argument(
                "--seeds-from", type=int, default=0, metavar="N", help="added to the seed of each training"
            )
        if command is judge:
            own.add_argument("--rubric", type=Path, default=ROOT / "rubrics" / "gradient_clipping.yaml")
            own.add_argument("--kept", action="store_true", help="judge what was measured the last time")
            own.add_argument("--all", action="store_true", help="show the right verdicts, too")
    return parser.parse_args()


if __name__ == "__main__":
    chosen = _arguments()
    sys.exit(chosen.command(chosen))

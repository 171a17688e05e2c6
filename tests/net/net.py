"""A net below a restructuring: what the program shows, kept once and compared after each step.

    python tests/net/net.py keep FOLDER       two minutes; writes a file for each group of pieces
    python tests/net/net.py compare FOLDER    makes all again and prints what differs; 1 if anything does

The program is that of the folder in which this is started, run as `python -m grader` in a temporary folder,
so the snapshot of one commit is compared with another whatever modules moved between them.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic

import pieces
from comparing import KINDS, WORDS, Piece, differences, flat, page
from program import Program


def made(name: str, group: Callable[[Program], pieces.Pieces]) -> dict[str, Piece]:
    """The pieces of a group by their names."""
    begun = monotonic()
    with tempfile.TemporaryDirectory() as folder:
        run = Program(Path(folder).resolve())
        found = {
            piece: {path: run.plain(v) if isinstance(v, str) else v for path, v in flat(data)}
            for piece, data in group(run)
        }
    print(f"{name}: {len(found)} pieces, {monotonic() - begun:.0f} s", file=sys.stderr, flush=True)  # noqa: T201
    return found


def main() -> int:
    """Keep a snapshot, or compare the program with one."""
    groups = {
        one.__name__: one
        for one in (pieces.commands, pieces.checks, pieces.hooks, pieces.examples, pieces.broken)
    }
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["keep", "compare"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=[*groups, "corpus"], help="one group of pieces")
    parser.add_argument("--corpus", type=Path, help="a folder that `corpus.py make` has made; taken in, too")
    parser.add_argument("--but-words", action="store_true", help="compare verdicts and numbers only")
    asked = parser.parse_args()
    if asked.corpus:
        groups["corpus"] = partial(pieces.corpus, made=asked.corpus)
    kept: dict[str, Piece] = {}
    now: dict[str, Piece] = {}
    for name in [asked.only] if asked.only else groups:
        file, found = asked.folder / f"{name}.json", made(name, groups[name])
        if asked.what == "keep":
            file.parent.mkdir(exist_ok=True, parents=True)
            file.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
            continue
        kept |= {f"{name}: {key}": piece for key, piece in json.loads(file.read_text("utf-8")).items()}
        now |= {f"{name}: {key}": piece for key, piece in found.items()}
    differ = differences(kept, now, [kind for kind in KINDS if not (asked.but_words and kind == WORDS)])
    if asked.what == "compare":
        print(page(differ, len(kept)))  # noqa: T201  (its output)
    return int(any(differ.values()))


if __name__ == "__main__":
    sys.exit(main())

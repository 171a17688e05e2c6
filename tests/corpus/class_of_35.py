"""A class of 35 as a teaching assistant gets it: about 30 trainings, copies, broken files, junk.

    python tests/corpus/corpus.py make FOLDER
    python tests/corpus/class_of_35.py FOLDER CLASS
    grader grade CLASS --out GRADED --all

FOLDER is that of the corpus; CLASS is made anew.
"""

import shutil
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

from making import SUBMISSIONS, make_submissions
from stories import STORIES
from story import Story

# Who did what the homework asks, each from a training of their own.
HONEST = {
    "Abbott Ana": "homework",
    "Brown Kyle": "other_seed",
    "Chen Wei": "h5",
    "Díaz Lucía": "batch_64",
    "Eklund Åsa": "batch_128",
    "Fischer Jan": "batch_256",
    "García José": "flat_logits",
    "Haddad Rami": "rescaling_inside",
    "Ito Ren": "raw_pixels",
    "Jansen Piet": "centred_pixels",
    "김민준": "standardised_undeclared",
    "Larsen Ida": "regularised",
    "López Inés": "dropout",
    "Moreau Élise": "elu",
    "Nguyen Linh": "batch_normalisation",
    "O'Brien Sean": "own_loop_two_norms",
}
# Who did something else, and does not hide it.
MISTAKEN = {
    "Okafor Ada": "no_clipping",
    "Popescu Ion": "clipvalue",
    "Quinn Mary": "sgd",
    "Rossi Luca": "one_hidden_layer",
    "Sato Yui": "learning_rate_10",
    "Schmidt Eva": "clipnorm_5",
    "Silva Rui": "diverged",
}
# What was done to an honest training, which is nobody else's.
INCOMPLETE = {
    "Smith John": ("one_norm_an_epoch", "long"),
    "Tanaka Aoi": ("no_log", "two_fits"),
    "Torres Sol": ("no_model", "whole_set"),
}
DISHONEST = {
    "van der Berg Tim": "capped_by_hand_made_up",
    "Weber Max": "log_of_another",
    "Yilmaz Ece": "copied",
}


def make(corpus: Path, out: Path) -> int:
    """Make the class, and give the number of its students."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    by_name = {story.name: story for story in STORIES}
    asked = {student: by_name[name] for student, name in {**HONEST, **MISTAKEN, **DISHONEST}.items()}
    for student, (name, training) in INCOMPLETE.items():
        asked[student] = replace(by_name[name], training=training)
    for student, story in asked.items():
        handed_in(story, corpus, out / student)
    _spoil(corpus, out, by_name["homework"])
    _litter(out)
    return sum(1 for place in out.iterdir() if not place.name.startswith((".", "__", "Thumbs")))


def handed_in(story: Story, corpus: Path, place: Path) -> Path:
    """Make a submission of a story, and move it."""
    list(make_submissions([story], corpus))
    return Path(shutil.move(corpus / SUBMISSIONS / story.name, place))


def _spoil(corpus: Path, out: Path, homework: Story) -> None:
    """Submissions of which a file is broken or missing, and the forms that nobody asked for."""
    cut = handed_in(replace(homework, training="global_clipnorm"), corpus, out / "Zhang Yu") / "model.keras"
    content = cut.read_bytes()
    cut.write_bytes(content[: len(content) // 2])
    weights = handed_in(replace(homework, training="test_images"), corpus, out / "Novák Petr")
    with zipfile.ZipFile(weights / "model.keras") as model:
        (weights / "model.weights.h5").write_bytes(model.read("model.weights.h5"))
    (weights / "model.keras").unlink()
    (out / "Adams Zoë").mkdir()
    (out / "Zulu Themba").mkdir()
    (out / "Zulu Themba" / "homework.ipynb").write_text('{"cells": [], "nbformat": 4}\n', "utf-8")
    (out / "Kowalski Jan.rar").write_bytes(b"Rar!\x1a\x07\x01\x00" + bytes(100))
    packed = handed_in(replace(homework, training="clipnorm_0_01"), corpus, out / "packed")
    with zipfile.ZipFile(out / "Müller Tom.zip", "w") as archive:
        for path in packed.iterdir():
            archive.write(path, f"HW 11\\abgabe\\{path.name}")
            archive.writestr(f"__MACOSX/HW 11/._{path.name}", b"\0\5\x16\7")
    shutil.rmtree(packed)


def _litter(out: Path) -> None:
    """What systems leave behind."""
    beside, inside = (".DS_Store", "Thumbs.db", "__MACOSX/._a"), (".ipynb_checkpoints/a.csv", "desktop.ini")
    for path in (*(out / name for name in beside), *(out / "Abbott Ana" / name for name in inside)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0")


if __name__ == "__main__":
    sys.stdout.write(f"{make(Path(sys.argv[1]), Path(sys.argv[2]))} students\n")

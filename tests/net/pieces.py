"""What the net holds: each group runs commands and tells the name of a piece and what it holds."""

import base64
import json
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from program import TREE, Program

EXAMPLES = TREE / "submissions_example" / "gradient_clipping"
Pieces = Iterator[tuple[str, Any]]

MISTAKES = {
    "no_number": ("points: 1", "points: one"),
    "misspelt": ("at_least: 0.87", "at_leest: 0.87"),
    "no_check": ("- hidden_layers:", "- hiden_layers:"),
    "twice": ("^title:", "title: Once\ntitle:"),
    "negative": ("steps: 600", "steps: -1"),
    "requires": (r"requires: \[log_is_complete\]", "requires: [nothing]"),
    "no_yaml": ("^items:", "items: ["),
    "no_data": ("data: fashion_mnist", "data: nothing.npz"),
}
GRADEBOOKS = {
    "canvas.csv": "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Homework 11 (4711),Final Score\r\n"
    ",,,,,Manual Posting,\r\n    Points Possible,,,,,10.00,(read only)\r\n"
    '"Example, Ana",101,2026001,ana,Deep Learning,,40\r\n'
    '"Example, Bruno",102,2026002,bruno_without_clipping,Deep Learning,7.5,75\r\n'
    '"Nobody, Chi",103,2026009,chi,Deep Learning,EX,\r\n"Student, Test",105,,7f0e,Deep Learning,,\r\n',
    "moodle.csv": "First name,Last name,ID number,Institution,Email address,11 (Real)\n"
    "Ana,Example,2026001,,ana@uni.example,-\nBruno,Example,2026002,,bruno@uni.example,7.50\n"
    "dan_without_log,,,,dan@uni.example,-\nChi,Nobody,,,,-\n",
    "worksheet.csv": "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    'Participant 901,Ana Example,ana@uni.example,Submitted for grading,,10.00,Yes,"Monday",-,\n'
    'Participant 902,Bruno Example,bruno@uni.example,No submission,7.50,10.00,Yes,-,"Monday","<p>"\n'
    "Participant 903,Chi Nobody,chi@uni.example,No submission,-,10.00,No,-,-,\n",
}
MOODLE = ("moodle", "--gradebook", "moodle.csv", "--column", "11 (Real)")
EXPORTS = (
    ("canvas", "--gradebook", "canvas.csv", "--column", "Homework 11 (4711)"),
    ("canvas", "--gradebook", "canvas.csv", "--column", "4711", "--trust-declared"),
    ("canvas", "--gradebook", "canvas.csv", "--column", "4711", "--scale-to", "5", "--dry-run"),
    ("canvas", "--gradebook", "canvas.csv", "--column", "Nothing"),
    (*MOODLE, "--scale-to", "5"),
    (*MOODLE, "--identify-by", "ID number", "--trust-declared"),
    ("moodle", "--gradebook", "moodle.csv", "--column", "Nothing"),
    ("moodle-worksheet", "--worksheet", "worksheet.csv", "--trust-declared"),
    ("moodle-feedback", "--worksheet", "worksheet.csv", "--trust-declared"),
)


def commands(run: Program) -> Pieces:
    """Good and bad use of every command that measures nothing."""
    run.write({"one/student/readme.txt": "Hello.", "latin.csv": b"Stud\xe9nt,ID\r\n"})
    (run.folder / "empty").mkdir()
    for name, change in MISTAKES.items():
        run.rubric(name, *change)
    for line in (Path(__file__).parent / "commands.txt").read_text(encoding="utf-8").splitlines():
        yield line or "no command", run(*line.split())
    for platform in ("gradescope", "prairielearn", "github"):
        names = run.file(f"{platform}.zip")["names_written"].splitlines()
        yield f"{platform}.zip", {"names_written": "\n".join(n for n in names if not n.endswith(".py"))}


def examples(run: Program) -> Pieces:
    """The examples: reports in each format, regrades and exports."""
    yield from _graded(run, EXAMPLES)
    for form, *options in (
        ("plain_text",),
        ("markdown",),
        ("junit",),
        ("html",),
        ("markdown", "--lang", "es"),
        ("markdown", "--lang", "ko"),
    ):
        out = "".join([form, *options])
        done = run("report", "graded", "--format", form, "--out", out, *options)
        yield f"report {out}", done | {"names_written": run.names(out)}
        for path in sorted((run.folder / out).rglob("*.*") if form != "html" else ()):
            yield f"report {path.relative_to(run.folder)}", run.file(path)
    run.write(GRADEBOOKS)
    for platform, *options in EXPORTS:
        written = "filled.zip" if platform == "moodle-feedback" else "filled.csv"
        (run.folder / written).unlink(missing_ok=True)
        name = " ".join(["export", platform, *options])
        yield name, run("export", platform, "graded", "--out", written, *options)
        yield f"{name} writes {written}", run.file(written)
    asked, asks = "model_accuracy: .at_least: 0.87, tolerance: 0.03", "model_accuracy: {at_least: 0.875"
    changed = run.rubric("changed", asked, asks)
    for name, *options in (("regrade --dry-run", "--dry-run"), ("regrade",), ("regrade again",)):
        yield name, run("regrade", "graded", "--rubric", changed, *options)
        yield f"{name} leaves grades.csv", run.file("graded/grades.csv")


def broken(run: Program) -> Pieces:
    """A class of submissions in which something is missing, damaged or odd."""
    model, log = (
        (EXAMPLES / "ana_passes" / name).read_bytes() for name in ("model.keras", "training_log.csv")
    )
    rows = log.splitlines()
    logs = {
        "bytes_for_log": b"\x00\xff" * 500,
        "short_log": b"\n".join(rows[:300]),
        "log_ends_in_nan": b"\n".join([*rows[:-1], re.sub(rb"[\d.e-]+$", b"nan", rows[-1])]),
        "log_above_cap": b"\n".join([*rows[:-1], re.sub(rb"[\d.e-]+$", b"9.5", rows[-1])]),
    }
    run.write(
        {f"class/{name}/training_log.csv": text for name, text in logs.items()}
        | {f"class/{name}/model.keras": model for name in (*logs, "odd_declaration")}
        | {
            "class/damaged_model/model.keras": model[:100_000],
            "class/damaged_model/training_log.csv": log,
            "class/no_model/training_log.csv": log,
            "class/nothing/readme.txt": b"Hello.",
            "class/no_zip.zip": b"PK",
            "class/odd_declaration/submission.yaml": b"norm_scope: sideways\n",
        }
    )
    with zipfile.ZipFile(run.folder / "class" / "climbs.zip", "w") as packed:
        packed.writestr("../../climbed.csv", log)
    shutil.make_archive(str(run.folder / "class" / "zipped"), "zip", EXAMPLES / "carla_one_epoch")
    yield from _graded(run, run.folder / "class", "--no-pages")


def checks(run: Program) -> Pieces:
    """`check` of every example in a pipe."""
    for folder in sorted(path for path in EXAMPLES.iterdir() if path.is_dir()):
        yield f"check {folder.name}", run("check", folder)
    yield "check --lang ko", run("check", EXAMPLES / "dan_without_log", "--lang", "ko")


def hooks(run: Program) -> Pieces:
    """Every hook with a submission that passes, one that fails, and without a file."""
    for story in ("ana_passes", "dan_without_log", "empty"):
        folder = EXAMPLES / story if story != "empty" else run.folder / story
        folder.mkdir(exist_ok=True)
        for platform, below in (("gradescope", "submission"), ("prairielearn", "student")):
            root = run.folder / platform / story
            shutil.copytree(folder, root / below)
            yield f"hook {platform} {story}", run("hook", platform, "--root", root)
            yield f"hook {platform} {story} results.json", run.file(root / "results" / "results.json")
        output, summary = run.folder / f"{story}.txt", run.folder / f"{story}.md"
        who = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_ACTOR": "ana"}
        yield f"hook github {story}", run("hook", "github", folder, **who)
        yield f"hook github {story} summary", run.file(summary)
        result = output.read_text(encoding="utf-8").partition("result=")[2]
        yield f"hook github {story} result", json.loads(base64.b64decode(result))
    yield from _queue(run)


def _queue(run: Program) -> Pieces:
    sys.path.append(str(Path(__file__).parents[1]))
    from builders_edx import PASSWORD, a_site

    (run.folder / "site").mkdir()
    with a_site(run.folder / "site") as site:
        for handed_in in (("model.keras", "training_log.csv"), ("training_log.csv",), ()):
            site.hand_in("q", {file: (EXAMPLES / "ana_passes" / file).read_bytes() for file in handed_in})
        where = ("--url", site.address, "--queue", "q", "--until-empty")
        who = {"XQUEUE_USER": "grader", "XQUEUE_PASSWORD": PASSWORD}
        yield "hook openedx", run("hook", "openedx", *where, **who)
        for number, handed in enumerate(site.handed("q")):
            yield f"hook openedx reply {number}", handed.reply


def corpus(run: Program, made: Path) -> Pieces:
    """Submissions with a known right verdict: the matrix, each verdict, and each report in one class."""
    (run.folder / "submissions").symlink_to((made / "submissions").resolve())
    done = run("judge", run.folder, "--all", script="tests/corpus/corpus.py")
    matrix, *stories = re.split(r"\n(?=\w+: \w+, \w+\n)", done["out"])
    counts = "\n".join(re.findall(r"(?m)^(?:honest|mistaken|dishonest) +\d.*", matrix))
    yield "matrix", {"exit": done["exit"], "verdict": counts, "out": matrix}
    for story in stories:
        name, verdict = re.findall(r"^(\w+): \w+, (\w+)", story)[0]
        items = re.findall(r"(?m)^(\w+), (\w+)(?: \(not asked\))?: (.*)", story)
        says = {item: {"status": status, "message": sentence} for item, status, sentence in items}
        yield f"judge {name}", {"verdict": verdict} | says
    alone = run.rubric("alone", "^(likeness|similarity): review", r"\1: off")
    yield from _graded(run, run.folder / "submissions", "--rubric", alone, "--no-pages")


def _graded(run: Program, folder: Path, *options: str | Path) -> Pieces:
    done = run("grade", folder, "--jobs", "1", *options)
    yield "grade", done | {"names_written": run.names("graded")}
    yield "grades.csv", run.file("graded/grades.csv")
    for report in sorted((run.folder / "graded").glob("*/report.json")):
        yield f"{report.parent.name}/report.json", run.file(report)

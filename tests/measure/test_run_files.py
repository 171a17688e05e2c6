"""Which files of a submission are which run's, and which run of a log is meant."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from builders_folders import make_file
from builders_golden import said
from builders_logs import csv_text
from builders_notebooks import code, notebook, stream, text

from grader.evidence.log import Log
from grader.evidence.part import UNNAMED
from grader.evidence.problem import Problem
from grader.measure.reply import FilesReply, as_evidence
from grader.measure.request import pack, unpack
from grader.measure.worker import read
from grader.rubric import Files, Plan, RunFiles, RunPlan
from grader.submissions.submission import open_submission

RUNS = {
    "unclipped": RunPlan(named=("no_clip*", "without*", "baseline")),
    "clipped": RunPlan(named=("with_clip*", "clip*")),
}
STEPS = 8


def cells(norm: float, **columns: object) -> dict[str, list[Any]]:
    """A log whose norms are all this one."""
    constant = {name: [value] * STEPS for name, value in columns.items()}
    losses = [2.3 - 0.1 * step for step in range(STEPS)]
    return {**constant, "epoch": [0] * STEPS, "loss": losses, "grad_norm": [norm] * STEPS}


def a_csv(norm: float, **columns: object) -> str:
    return csv_text(cells(norm, **columns))


def below(first: Mapping[str, list[Any]], second: Mapping[str, list[Any]]) -> str:
    """Two logs of the same columns, one below the other."""
    return csv_text({name: [*first[name], *second[name]] for name in first})


PLAIN, CLIPPED = a_csv(5.0), a_csv(1.0)
COLUMN = below(cells(5.0, run="no_clip"), cells(1.0, run="with_clip"))
SWAPPED = below(cells(1.0, run="with_clip"), cells(5.0, run="no_clip"))
NESTED = json.dumps({"unclipped": cells(5.0), "clipped": cells(1.0)})


def measured(folder: Path, files: Mapping[str, str], **plan: Any) -> FilesReply:
    """What the files of a submission say."""
    for name, content in files.items():
        make_file(folder / "ana", name, content.encode())
    messages = iter(pack(open_submission(folder / "ana"), Plan(**{"runs": RUNS, **plan})))
    tracebacks: list[str] = []
    asked, intake = unpack(lambda: next(messages))
    reply, _ = read(intake, asked, tracebacks)
    assert [] == tracebacks
    return reply


def norms(folder: Path, files: Mapping[str, str], **plan: Any) -> dict[str, object]:
    """The first norm of each run's log, or who must act where there is none."""
    evidence = as_evidence(measured(folder, files, **plan), plan.get("runs", RUNS))
    found = {run: evidence.part(Log, run) for run in evidence.runs}
    for log in found.values():
        if isinstance(log, Problem):
            said(log.message, log.hint)
    return {
        run: log.who if isinstance(log, Problem) else log.norms()[0].values[0] for run, log in found.items()
    }


FOUND = {"unclipped": 5.0, "clipped": 1.0}
UNKNOWN = {"a.csv": PLAIN, "b.csv": CLIPPED}
WANDB = csv_text(
    {"Step": list(range(STEPS)), "no_clip - grad_norm": [5.0] * STEPS, "clip - grad_norm": [1.0] * STEPS}
)
WITH_IDS = below(
    cells(5.0, run_id="9f8e", run_name="baseline"), cells(1.0, run_id="1a2b", run_name="clip=1.0")
)
OF_NUMBERS = below(cells(5.0, variant=0), cells(1.0, variant=1))
DEEPER = json.dumps({"runs": {key: {"seed": 1, "history": log} for key, log in json.loads(NESTED).items()}})
RECORDS = json.dumps(
    [{"config": run, "loss": 1.0, "grad_norm": norm} for run, norm in FOUND.items() for _ in range(9)]
)


@pytest.mark.parametrize(
    ("files", "runs"),
    [
        ({"unclipped.csv": PLAIN, "clipped.csv": CLIPPED}, FOUND),
        ({"training_log_NoClip.csv": PLAIN, "training_log_clip.csv": CLIPPED}, FOUND),
        ({"no_clip/log.csv": PLAIN, "with_clip/log.csv": CLIPPED}, FOUND),
        ({"clipping/baseline/log.csv": PLAIN, "clipping/clipped/log.csv": CLIPPED}, FOUND),
        ({"training_log.csv": COLUMN}, FOUND),
        ({"training_log.csv": SWAPPED}, FOUND),
        ({"log.csv": WITH_IDS}, FOUND),
        ({"log.csv": WANDB}, FOUND),
        ({"history.json": NESTED}, FOUND),
        ({"history.json": DEEPER}, FOUND),
        ({"log.json": RECORDS}, FOUND),
        # The name of a file that holds both is of neither.
        ({"gradient_clipping_log.csv": COLUMN}, FOUND),
        ({**UNKNOWN, "submission.yaml": "runs: {unclipped: {log: a.csv}, clipped: {log: b.csv}}"}, FOUND),
        (
            {"log.csv": OF_NUMBERS, "submission.yaml": "runs: {unclipped: {group: 0}, clipped: {group: 1}}"},
            FOUND,
        ),
        (
            {
                "c.csv": COLUMN,
                "b.csv": CLIPPED,
                "submission.yaml": "runs: {clipped: {log: b.csv}, unclipped: {log: c.csv}}",
            },
            FOUND,
        ),
        ({"clipped.csv": CLIPPED}, {"unclipped": "student", "clipped": 1.0}),
        ({"clipped.csv": CLIPPED, "log.csv": PLAIN}, {"unclipped": "teacher", "clipped": 1.0}),
        ({"log.csv": OF_NUMBERS}, {"unclipped": "teacher", "clipped": "teacher"}),
        ({"not_clipped.csv": PLAIN, "clipped.csv": CLIPPED}, {"unclipped": "teacher", "clipped": 1.0}),
        (
            {"baseline_and_with_clip.csv": CLIPPED, "unclipped.csv": PLAIN},
            {"unclipped": 5.0, "clipped": "teacher"},
        ),
        (
            {"clipped_1.csv": CLIPPED, "clipped_b.csv": PLAIN, "baseline.csv": PLAIN},
            {"unclipped": 5.0, "clipped": "teacher"},
        ),
        ({"report.txt": "I trained."}, {"unclipped": "student", "clipped": "student"}),
        ({"clipped.csv": "I trained.", "unclipped.csv": PLAIN}, {"unclipped": 5.0, "clipped": "student"}),
    ],
    ids=[
        *("file names", "in a longer name", "folders", "a folder for all", "a column", "the other order"),
        *("ids and names", "Weights & Biases", "nested JSON", "nested deeper", "records"),
        *("a telling name for both", "declared files", "declared names in the log", "a declared log of both"),
        *("one is missing", "one has no telling name", "numbers without names", "negated"),
        *("names of both", "two for one run", "no log", "no table"),
    ],
)
def test_each_run_has_its_log(tmp_path: Path, files: dict[str, str], runs: dict[str, object]) -> None:
    """Each run gets the log that is its own; what cannot be told is asked, and what lacks is missing."""
    assert runs == norms(tmp_path, files)


@pytest.mark.parametrize("content", [COLUMN, SWAPPED, WITH_IDS, WANDB, NESTED, DEEPER, OF_NUMBERS, RECORDS])
def test_a_log_of_several_runs_is_not_graded_by_one_of_them(tmp_path: Path, content: str) -> None:
    """Where a rubric asks for one training, a person says which one is meant."""
    assert {UNNAMED: "teacher"} == norms(tmp_path, {"training_log.csv": content}, runs={})


@pytest.mark.parametrize(("run", "norm"), [("with_clip", 1.0), ("No-Clip", 5.0), ("other", "teacher")])
def test_the_student_says_which_run_is_meant(tmp_path: Path, run: str, norm: object) -> None:
    """The run that `submission.yaml` names is graded, and the report says so."""
    files = {"training_log.csv": COLUMN, "submission.yaml": f"run: {run}"}

    assert {UNNAMED: norm} == norms(tmp_path, files, runs={})


@pytest.mark.parametrize(
    "columns",
    [
        {"run": "only one"},
        {"group": "train"},
        {"note": "of no meaning"},
    ],
)
def test_a_constant_column_tells_nothing(tmp_path: Path, columns: dict[str, str]) -> None:
    """A log with one run in such a column is the log of that run."""
    assert {UNNAMED: 1.0} == norms(tmp_path, {"training_log.csv": a_csv(1.0, **columns)}, runs={})


def test_a_name_holds_for_the_rows_below_it(tmp_path: Path) -> None:
    """A setting that stands in the first row alone is that of all; one above each block tells them apart."""
    first, second = cells(5.0), cells(1.0)
    once = csv_text({"setting": ["clip 1.0", *[""] * (STEPS - 1)], **second})
    both = {name: [*first[name], *second[name]] for name in first}
    above = csv_text({"run": [*("no_clip", *[""] * (STEPS - 1)), *("clip", *[""] * (STEPS - 1))], **both})

    assert {UNNAMED: 1.0} == norms(tmp_path / "1", {"training_log.csv": once}, runs={})
    assert FOUND == norms(tmp_path / "2", {"training_log.csv": above})


@pytest.mark.parametrize("header", ["run", "experiment", "run_id"])
def test_what_counts_rows_is_no_run(tmp_path: Path, header: str) -> None:
    """A number of its own for each row names nothing."""
    log = {header: list(range(STEPS)), **cells(1.0)}

    assert {UNNAMED: 1.0} == norms(tmp_path, {"training_log.csv": csv_text(log)}, runs={})


def test_training_and_validation_are_parts_of_one_run(tmp_path: Path) -> None:
    """A column `run` with `train` and `validation` tells no runs apart."""
    log = below(cells(1.0, run="train"), cells(1.0, run="validation"))

    assert {UNNAMED: 1.0} == norms(tmp_path, {"training_log.csv": log}, runs={})


def test_a_runs_own_patterns_go_before_names(tmp_path: Path) -> None:
    """A run takes what its patterns match, and a file that two runs' patterns match goes by its name."""
    runs = {
        "first": RunPlan(files=RunFiles(log=("*_a.csv", "both*.csv"))),
        "second": RunPlan(files=RunFiles(log=("b/*.csv", "both*.csv"))),
    }
    files = {"second_a.csv": PLAIN, "b/first.csv": CLIPPED}

    assert {"first": 5.0, "second": 1.0} == norms(tmp_path, files, runs=runs)
    assert {"first": 1.0, "second": "student"} == norms(
        tmp_path / "2", {"both_first.csv": CLIPPED}, runs=runs
    )


def test_files_say_whose_they_are(tmp_path: Path) -> None:
    """Each file has its run, and a note names what was taken of a log of several runs."""
    files = measured(tmp_path, {"training_log.csv": COLUMN}).files

    assert [("log", "unclipped"), ("log", "clipped")] == [(file.role, file.run) for file in files]
    for file in files:
        said(file.note)


def test_two_cells_of_one_notebook(tmp_path: Path) -> None:
    """Each run finds what its cell printed, by the heading above, where the rubric takes notebooks."""
    printed = "".join(f"step: {step}, loss: {2.3 - 0.1 * step}, grad_norm: {{}}\n" for step in range(STEPS))
    written = notebook(
        *(text("## Without clipping"), code("fit()", stream(printed.format(*[5.0] * STEPS)))),
        *(text("## With clipping"), code("fit()", stream(printed.format(*[1.0] * STEPS)))),
    )

    make_file(tmp_path / "ana", "homework.ipynb", written)

    plan = Plan(runs=RUNS, files=Files(log=("*.ipynb",)))
    messages = iter(pack(open_submission(tmp_path / "ana"), plan))
    reply, _ = read(unpack(lambda: next(messages))[1], plan, [])
    logs = {run: parts["log"] for run, parts in reply.runs.items()}

    assert {"unclipped": 2, "clipped": 4} == {
        run: log.cell for run, log in logs.items() if isinstance(log, Log)
    }

"""A class that hands in two runs, graded by the real program: every form of them, and what may be wrong.

Each submission is made of the logs of an example, two real trainings at learning rate 10 (`fay`), or of two
at 0.001 that never explode (`gus`).
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from builders_command_line import invoked

RUBRIC = Path(__file__).with_name("two_runs.yaml")
EXAMPLES = Path(__file__).parents[2] / "submissions_example" / "exploding_and_rescue"
# The first 600 steps of each show all that matters.
STEPS = 600
Rows = Sequence[Mapping[str, str]]
Files = Mapping[str, str]


def rows(student: str, run: str) -> Rows:
    text = (EXAMPLES / student / f"{run}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))[:STEPS]


FAY = "fay_explodes_and_is_rescued"
PLAIN, CLIPPED = rows(FAY, "unclipped"), rows(FAY, "clipped")
STABLE = rows("gus_never_explodes", "unclipped")


def as_csv(*logs: Rows, **named: Sequence[str]) -> str:
    """Logs below one another, with columns that have a value for each of them."""
    every = [
        {**{key: value[at] for key, value in named.items()}, **row}
        for at, log in enumerate(logs)
        for row in log
    ]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, every[0])
    writer.writeheader()
    writer.writerows(every)
    return stream.getvalue()


def as_lists(log: Rows) -> Mapping[str, list[float | None]]:
    return {key: [float(row[key]) if row[key] else None for row in log] for key in log[0]}


def side_by_side(**logs: Rows) -> str:
    """As Weights & Biases exports runs: a column of each for each of its values."""
    keys = ("loss", "variable_norm_after", "variable_norm_before")
    return as_csv(
        [
            {
                "Step": str(step),
                **{f"{run} - {key}": log[step][key] for run, log in logs.items() for key in keys},
            }
            for step in range(STEPS)
        ]
    )


def capped(log: Rows, share: float = 1.0) -> Rows:
    """A log whose norms after clipping were cut by hand, and its losses changed a little."""
    after = ("variable_norm_after", "global_norm_after")
    return [
        {
            **row,
            **{key: str(min(float(row[key]), 1.0)) for key in after},
            "loss": str(float(row["loss"]) * (share if at % 2 else 1.0)),
        }
        for at, row in enumerate(log)
    ]


TURNS = [row for pair in zip(PLAIN, CLIPPED, strict=True) for row in pair]
HONEST: dict[str, Files] = {
    "file_names": {"log_no_clip.csv": as_csv(PLAIN), "log_clipnorm_1.csv": as_csv(CLIPPED)},
    "folders": {
        "WithoutClipping/training_log.csv": as_csv(PLAIN),
        "clipped/training_log.csv": as_csv(CLIPPED),
    },
    "one_folder": {
        "gradient_clipping/baseline.csv": as_csv(PLAIN),
        "gradient_clipping/with-clip.csv": as_csv(CLIPPED),
    },
    "column": {"training_log.csv": as_csv(PLAIN, CLIPPED, run=["no_clip", "clip"])},
    "column_in_the_other_order": {
        "training_log.csv": as_csv(CLIPPED, PLAIN, experiment=["clipped", "baseline"])
    },
    "column_in_turns": {
        "log.csv": as_csv(*([row] for row in TURNS), config=["without", "with_clip"] * STEPS)
    },
    "ids_of_mlflow": {
        "log.csv": as_csv(PLAIN, CLIPPED, run_id=["9f8e", "0a1b"], run_name=["baseline", "clip=1"])
    },
    "weights_and_biases": {"export.csv": side_by_side(baseline=PLAIN, clipped=CLIPPED)},
    "nested_json": {"history.json": json.dumps({"unclipped": as_lists(PLAIN), "clipped": as_lists(CLIPPED)})},
    "nested_json_in_the_other_order": {
        "history.json": json.dumps(
            {"with_clip": {"history": as_lists(CLIPPED)}, "no_clip": {"history": as_lists(PLAIN)}}
        )
    },
    "json_lines": {
        "log.jsonl": "".join(
            json.dumps({"variant": run, **row}) + "\n"
            for run, log in (("baseline", PLAIN), ("clip", CLIPPED))
            for row in log
        )
    },
    "declared_files": {
        "a.csv": as_csv(PLAIN),
        "b.csv": as_csv(CLIPPED),
        "submission.yaml": "runs: {unclipped: {log: a.csv}, clipped: {log: b.csv}}\n",
    },
    "declared_names": {
        "log.csv": as_csv(PLAIN, CLIPPED, run=["0", "1"]),
        "submission.yaml": "runs:\n  unclipped: {group: 0}\n  clipped: {group: 1}\n",
    },
}
# What the item of each check says, with the words of its sentence that matter.
WRONG: dict[str, tuple[Files, dict[str, str], str]] = {
    "swapped": (
        {"unclipped.csv": as_csv(CLIPPED), "clipped.csv": as_csv(PLAIN)},
        {"norm_within_cap": "failed", "norm_is_lower": "failed"},
        "is over the cap of 1.0 in 53 of 600 norms",
    ),
    "never_explodes": (
        {"unclipped.csv": as_csv(STABLE), "clipped.csv": as_csv(CLIPPED)},
        {"explodes": "failed"},
        "the rubric asks for one above 100.0",
    ),
    "never_clips": (
        {"unclipped.csv": as_csv(PLAIN), "clipped.csv": as_csv(STABLE)},
        {"norm_within_cap": "failed", "norm_is_lower": "failed"},
        "is over the cap of 1.0 in 485 of 600 norms",
    ),
    "one_run_is_missing": (
        {"clipped.csv": as_csv(CLIPPED)},
        {"files-log-unclipped": "failed", "explodes": "skipped", "norm_is_lower": "skipped"},
        "No log of the run `unclipped` was found. Found: `clipped.csv`.",
    ),
    "copied": (
        {"unclipped.csv": as_csv(CLIPPED), "clipped.csv": as_csv(CLIPPED)},
        {"norm_is_lower": "review"},
        "at 100 % of the steps, so both logs are of one training",
    ),
    "copied_in_one_file": (
        {"log.csv": as_csv(CLIPPED, CLIPPED, run=["baseline", "clip"])},
        {"norm_is_lower": "review"},
        "at 100 % of the steps, so both logs are of one training",
    ),
    "capped_by_hand": (
        {"unclipped.csv": as_csv(PLAIN), "clipped.csv": as_csv(capped(PLAIN))},
        {"norm_is_lower": "review"},
        "at 100 % of the steps, so both logs are of one training",
    ),
    "capped_and_changed": (
        {"unclipped.csv": as_csv(PLAIN), "clipped.csv": as_csv(capped(PLAIN, 1.002))},
        {"norm_is_lower": "review"},
        "so both logs are of one training",
    ),
    "unknown_names": (
        {"a.csv": as_csv(PLAIN), "b.csv": as_csv(CLIPPED)},
        {
            "explodes": "review",
            "norm_within_cap": "review",
            "norm_is_lower": "review",
            "stays_finite": "review",
        },
        "as in `runs: {unclipped: {log: a.csv}}`",
    ),
    "one_unknown_name": (
        {"clipped.csv": as_csv(CLIPPED), "log.csv": as_csv(PLAIN)},
        {"explodes": "review", "norm_is_lower": "review"},
        "as in `runs: {unclipped: {log: log.csv}}`",
    ),
    "two_for_one_run": (
        {"unclipped.csv": as_csv(PLAIN), "clip_a.csv": as_csv(CLIPPED), "clip_b.csv": as_csv(CLIPPED[:500])},
        {"norm_within_cap": "review", "norm_is_lower": "review", "stays_finite": "review"},
        "Both `clip_a.csv` and `clip_b.csv` may be the log of the run `clipped`.",
    ),
}


def graded(folder: Path, rubric: Path, submissions: Mapping[str, Files]) -> Mapping[str, Any]:
    """The report of each submission, by its name."""
    for name, files in submissions.items():
        for file, content in files.items():
            path = folder / "class" / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    done = invoked(
        *("grade", str(folder / "class"), "--rubric", str(rubric), "--out", str(folder / "graded")),
        *("--no-pages", "--lang", "en"),
    )
    assert done.exit_code in {0, 3}, done.output
    return {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))
        for path in (folder / "graded").glob("*/report.json")
    }


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    every = {**HONEST, **{name: files for name, (files, _, _) in WRONG.items()}}
    return graded(tmp_path_factory.mktemp("two_runs"), RUBRIC, every)


@pytest.mark.parametrize("name", HONEST)
def test_the_honest_pass(reports: Mapping[str, Any], name: str) -> None:
    """In whichever form and order they hand in the two runs."""
    report = reports[name]

    assert {item["id"]: "passed" for item in report["items"]} == {
        item["id"]: item["status"] for item in report["items"]
    }
    assert 1.01 > report["numbers"]["clipped/largest_norm"] > 0.99
    assert report["numbers"]["unclipped/largest_norm"] > 1e6


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(reports: Mapping[str, Any], name: str) -> None:
    """The items that may complain do, each with its status; a question fails nobody, a copy does not pass."""
    report, (_, statuses, words) = reports[name], WRONG[name]
    others = {item["id"]: item["status"] for item in report["items"] if item["id"] not in statuses}

    assert statuses == {item["id"]: item["status"] for item in report["items"] if item["id"] in statuses}
    assert set(others.values()) <= {"passed"}
    assert any(words in item["message"]["text"] for item in report["items"])
    assert ("failed" if "failed" in statuses.values() else "review") == report["verdict"]


ONE_RUN = """\
version: 1
title: One run
likeness: "off"
items:
  - norm_within_cap: {cap: 1.0}
    title: It is within the cap
    points: 1
"""
OF_SEVERAL = (
    *("column", "column_in_the_other_order", "column_in_turns", "ids_of_mlflow", "weights_and_biases"),
    *("nested_json", "nested_json_in_the_other_order", "json_lines"),
)


def test_no_log_of_several_runs_is_graded_by_one_of_them(tmp_path: Path) -> None:
    """A rubric that asks for one training asks which it is, whatever their order, until it is told."""
    rubric = tmp_path / "one.yaml"
    rubric.write_text(ONE_RUN, encoding="utf-8")
    told = {"told": {**HONEST["column"], "submission.yaml": "run: clip\n"}}
    wrongly = {"told_otherwise": {**HONEST["column"], "submission.yaml": "run: no_clip\n"}}

    found = graded(tmp_path, rubric, {**{name: HONEST[name] for name in OF_SEVERAL}, **told, **wrongly})

    verdicts = {name: report["verdict"] for name, report in found.items()}
    assert {**dict.fromkeys(OF_SEVERAL, "review"), "told": "passed", "told_otherwise": "failed"} == verdicts
    for name in OF_SEVERAL:
        assert " holds 2 runs, by " in found[name]["items"][0]["message"]["text"]
    assert any("was graded, as `submission.yaml` says" in note["text"] for note in found["told"]["notes"])

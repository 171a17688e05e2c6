"""What a teacher reads of a rubric with a mistake: every sentence once, in `sentences.txt`."""

from pathlib import Path

import pytest
from builders_golden import said
from builders_rubric import ITEM, RUBRIC, refusal

from grader.checks import kinds
from grader.messages.english import names

OTHER = """\
- log_is_complete: {every: step}
  title: Complete
  points: 1
"""
EMPTY = "version: 1\ntitle: x\nitems:"
# No text as numbers, no numbers as text; what YAML 1.1 or a spreadsheet would convert.
POINTS = (
    *("85%", '"2"', "two", "1,5", "1_000", "1:30", "no", "0x10", ".inf", ".nan", "1e999"),
    *("true", "-1", "1e308", "", "[2]"),
)
# A forgotten unit is not four bytes.
SIZES = (
    *('""', '"4"', "GiB", "4 gib", "-4 GiB", "4 GiB!", '"4,5 GiB"', "1e3 MiB", "\uff14 GiB", "0.5 KiB"),
    *("~", "4", "4.0", "true", "9000000000000 GiB", "4 XB"),
)
WRONG_RUNS = (
    *("name: [x]", "named: clip", "named: ['*']", "files: {figure: ['*.png']}", "files: {log: [../x]}"),
    "rerun: {steps: many}",
)
LINES = (
    *("likeness: ignore", "likeness: reviews", "pass_at: 85", "pass_at: 85%", "pass_at: many"),
    "contact: nobody",
    *("due: 2026-11-30", "due: tomorrow", "due: 2026-11-30T23:59:00", "due: 5", "late: 0.1"),
    *("late: {}", "late: {per_day: 0}", "late: {per_day: 10 %}", "late: {per_day: 0.1, days: 3}"),
    *("late: {per_day: 0.1, at_most_days: 0}", "late: {per_day: 0.1, grace_minutes: -1}"),
    *("rerun: {steps: 1.5}", "rerun: {batch_size: 0}", "rerun: {seed: true}", "rerun: fast", "probe:"),
    *("task: regresion", "task: 3", "inputs: 255", "inputs: {scale: pixels}", "inputs: {divide: 0}"),
    *("inputs: {scale: none, divide: 255}", "inputs: {mean: 0.5}", "inputs: {mean: [x]}"),
    *("inputs: {deviation: [0]}", "inputs: {channels: 3}", "metrics: rmse", "metrics: [accuracy]"),
    *("metrics: [rmse]", "task: regression\nmetrics: [auc]", "task: regression\nmetrics: [mae, mae, f1]"),
    *("rerun: {optimizer: {clipnorm: 0}}", "rerun: {optimizer: {name: adam}}", "rerun: {steps: 0}"),
    "rerun:\n  optimizer: {clipnorm: 1.0, clipvalue: 2}",
    "rerun:\n  optimizer: {clipnorm: 1.0, global_clipnorm: 1}",
    *("rerun: {optimizer: {settings: {momentum: 0.9}}}", "rerun: {optimizer: {settings: {beta_1: big}}}"),
    *("rerun: {optimizer: {name: SGD, settings: {momentu: 0.9}}}", "rerun: {optimizer: {momentum: 0.9}}"),
    *("rerun: {optimizer: {settings: {use_ema: true}}}", "rerun: {optimizer: {schedule: CosineDecay}}"),
    *("rerun: {optimizer: {schedule: {CosineDecay: {}}}}", "rerun: {optimizer: {schedule: {Cosine: {}}}}"),
    "rerun: {optimizer: {schedule: {CosineDecay: {decay_rate: 0.5}}}}",
    *("limits: {seconds: 1 h}", "limits: {seconds: 0}", "limits: {log_file: 1 B}"),
    *(f"limits: {{{part}: {size}}}" for part in ("memory", "log_file") for size in SIZES),
    *("files: {log: []}", "files: {log: x}", "files: {log: [x, 3]}", "files: {log: *.csv}"),
    *("files: {model: [../*.h5]}", "files: {model: [/etc/passwd]}", "files: {model: ['', ., 'a\\b.csv']}"),
    f"files: {{model: [{'x' * 201}]}}",
    *("data: 3", "data: digits.npz", f"data: {'x' * 300}.npz", "data: fashion-mnist", "data: imagenet.h5"),
    *("titel: x", "rerun: {step: 3, zzz: 1}", "author: me", "\x7f: 1", f"{'k' * 100}: 1"),
    *("  hint: [a]", "  in_doubt: passed", "  id: My id", f"  id: {'x' * 61}", "  zzz: 1", "  points: 3"),
    *("  requires: other", "  requires: [5]", "  requires: [zzz]", "  requires: [norm_within_cap]"),
    *("  log_is_complete:", "title: Again", "---\nversion: 1"),
    *("  run: clipped", "runs: {clipped: {}}", "  run: cliped\nruns: {clipped: {}, unclipped: {}}"),
    *("  run: 3\nruns: {clipped: {}}", "runs: [clipped]", "  run: Clipped\nruns: {Clipped: {}}"),
    *(f"  run: clipped\nruns: {{clipped: {{{wrong}}}}}" for wrong in WRONG_RUNS),
)
CHANGES = (
    ("version: 1", "version: 2"),
    ("Homework", "111"),
    ("  title: Within the cap\n", ""),
    ("points", "ponits"),
    ("norm_within_cap", "norm_within_caps"),
    ("norm_within_cap", "zzz"),
    (" {cap: 1.0}", "\n  cap: 1.0"),
    ("{cap: 1.0}", "[1.0]"),
    ("{cap: 1.0}", "{cap: 0, toleranc: 1e-5, scope: globl}"),
    ("{cap: 1.0}", "{cap: 1,5}"),
    ("1.0", "*x"),
)
WHOLE: dict[str, str | bytes] = {
    "an empty file": "",
    "only a comment": "# only a comment\n",
    "null": "null",
    "a list": "- a\n- 2\n",
    "a word": "no",
    "a colon in a title": "version: 1\ntitle: a: b\n",
    "a tab": "version: 1\n\ttitle: a\n",
    "an open bracket": "items: [1, 2\n",
    "an open quote": "version: 1\ntitle: 'a\n\n",
    "no such character": 'version: 1\ntitle: "\\U00110000"\n',
    "another YAML": "%YAML 1.9\n---\nversion: 1\n",
    "another YAML in the middle": "version: 1\ntitle: x\nitems:\n%YAML 1.9\n, 2]}\n",
    "a carriage return in folded text": "version: 1\ntitle: >\n \r  d\n",
    "an anchor": "a: &x 1\n",
    "an anchor of a key": "&x a: 1\n",
    "an anchor in itself": "a: &x [*x]\n",
    "a tag": "a: !foo 1\n",
    "a standard tag": "a: !!int '1'\n",
    "a tag of Python": "a: !!python/object/apply:os.system [ls]\n",
    "a list as a key": "? [a]\n: 1\n",
    "a template": "points: {{points}}\n",
    "brackets without end": "[" * 3000,
    "mappings without end": "{a: " * 3000,
    "lists without end": "- " * 3000,
    "too large": b"#" * 262_145,
    "Latin-1": "version: 1\ntitle: Übung".encode("latin-1"),
    "UTF-16": "version: 1".encode("utf-16"),
    "a bell": "version: 1\ntitle: \a",
    "no items": f"{EMPTY} []\n",
    "items as a mapping": f"{EMPTY} {{a: 1}}\n",
    "items as a word": f"{EMPTY} none\n",
    "items that are words": f"{EMPTY}\n- a\n- 3\n",
    "201 items": f"{EMPTY}\n"
    + "".join(f"- log_is_complete:\n  id: i{number}\n  title: x\n  points: 1\n" for number in range(201)),
    "much is missing": "title: Homework\nitems:\n- hidden_layers:\n  title: Hidden layers\n",
    "no check": f"{RUBRIC}- title: Nothing\n  ponits: 1\n  points: 1\n",
    "two checks": f"{RUBRIC}  log_is_complete: {{every: step}}\n",
    "one check twice": RUBRIC + ITEM,
    "a later item is required": f"{RUBRIC}  requires: [log_is_complete]\n{OTHER}",
    "nearly an id is required": f"{RUBRIC}{OTHER}  requires: [norm_within_caps]\n",
    "no id is required": f"{RUBRIC}{OTHER}  requires:\n  - zzz\n",
    "a misspelt check is required": f"{RUBRIC.replace('norm_within', 'norm_withni')}{OTHER}"
    "  requires: [norm_within_cap]\n",
    "a figure without patterns": f"{RUBRIC}- figure_is_there: {{}}\n  title: Figure\n  points: 1\n",
    "all at once": RUBRIC.replace("cap: 1.0", "cap: -1").replace("2", "85%")
    + "data: foo.npz\ntitle: Again\nrerun: {step: 1}\n",
    "a thousand mistakes": RUBRIC + "".join(f"zzz{number}: 1\n" for number in range(1000)),
}


CASES = {
    **{f"points: {written}": RUBRIC.replace("2", written) for written in POINTS},
    **{line[:70]: f"{RUBRIC}{line}\n" for line in LINES},
    **{f"{old!r} -> {new!r}": RUBRIC.replace(old, new) for old, new in CHANGES},
    **WHOLE,
}


@pytest.mark.hostile_row(63, 64, 65)
@pytest.mark.parametrize("case", CASES)
def test_every_sentence(case: str, tmp_path: Path) -> None:
    """What must be, what was received, on which line, and how to mend it."""
    error = refusal(tmp_path, CASES[case])
    # A new check changes no sentence.
    message = str(error.message).replace(f"{tmp_path}/", "").replace(names(kinds()), "ALL CHECKS")
    lines = message.splitlines()

    assert said("\n".join(lines if len(lines) < 10 else [*lines[:9], f"... {len(lines)} lines"]), error.hint)

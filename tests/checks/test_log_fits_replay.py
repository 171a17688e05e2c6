"""`log_fits_replay`: the first steps of a log against those that the grader has made again."""

import math
from collections.abc import Sequence
from typing import Any

import builders_evidence as build
import numpy as np
import pytest
from builders_evidence import a_log, a_model, a_norm, ask, some_norms
from builders_rubric import RUBRIC, a_rubric, mistakes

from grader.checks.log_fits_replay import LogFitsReplay
from grader.evidence.log import Column, Log
from grader.evidence.model import Layer
from grader.evidence.training import Replay
from grader.report import Finding
from grader.rubric.lint import lint

STEPS = 20
# Of an id that is the name of a folder, and of one that only the student gives.
WORDS = ("name of the folder", "submission.yaml` declares")
CHECK = LogFitsReplay()


def series(seed: int) -> tuple[list[float], list[float]]:
    """The losses and norms of one training: falling, and never the same twice."""
    random = np.random.default_rng(seed)
    falling = np.linspace(1, 0.6, STEPS)
    losses = 2.3 * falling * random.normal(1, 0.1, STEPS)
    return losses.tolist(), (3 * random.normal(1, 0.25, STEPS)).tolist()


LOSSES, NORMS = series(1)


def a_replay(**fields: Any) -> Replay:
    """The replay of Ana's training, with any field replaced."""
    norms = some_norms(STEPS, global_before=NORMS)
    return build.a_replay(**{"loss": tuple(LOSSES), "norms": norms, **fields})


def means(losses: Sequence[float]) -> list[float]:
    """The loss as Keras logs it."""
    return (np.cumsum(losses) / np.arange(1, len(losses) + 1)).tolist()


def logged(
    losses: Sequence[float] = LOSSES, norms: Sequence[float] = NORMS, *columns: Column, **cells: Any
) -> Log:
    """A log with the mean of the losses and a norm before clipping."""
    norm = a_norm(norms, "global_norm_before", scope="global", stage="before")
    return a_log(norm, *columns, step=range(1, len(norms) + 1), loss=means(losses), **cells)


def asked(log: Log, **parts: Any) -> Finding:
    return ask(CHECK, **{"log": log, "replay": a_replay(), "model": a_model(), **parts})


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(logged(), id="equal"),
        pytest.param(a_log(a_norm(NORMS, scope="global", stage="before"), loss=LOSSES), id="loss of each"),
        pytest.param(a_log(a_norm(NORMS, "norm")), id="a norm of which nothing is said"),
        pytest.param(a_log(a_norm([*NORMS, 5.0, 6.0]), loss=means([*LOSSES, 9.0, 9.0])), id="a longer log"),
        pytest.param(
            logged([round(one, 3) for one in LOSSES], [round(one, 2) for one in NORMS]), id="rounded"
        ),
        pytest.param(
            logged(norms=[one * (1 + 0.003 * at) for at, one in enumerate(NORMS)]),
            id="rounded otherwise later",
        ),
        pytest.param(logged(norms=[*NORMS[:15], 9.0, *NORMS[16:]]), id="one step that is off"),
        pytest.param(logged(seed=[5] * STEPS, batch_size=[64] * STEPS), id="it fits whatever it says"),
    ],
)
def test_a_log_of_the_students_own_seed(log: Log) -> None:
    """Equal numbers pass, whether the loss is a mean or not, and whatever machine has rounded them."""
    assert "passed" == asked(log).status


@pytest.mark.parametrize("seed", range(2, 12))
def test_a_log_of_another_seed(seed: int) -> None:
    """A teacher is asked, and sees the numbers side by side."""
    finding = asked(logged(*series(seed)))

    assert "review" == finding.status
    assert finding.doubts
    assert {5} == {len(table.rows) for table in finding.numbers}


def test_an_invented_log() -> None:
    """Plausible numbers are not those of the replay."""
    random = np.random.default_rng(3)
    norms = np.clip(random.normal(2.9, 0.5, STEPS), 1, None).tolist()

    assert "review" == asked(logged(np.linspace(2.3, 1.4, STEPS).tolist(), norms)).status


@pytest.mark.parametrize(
    ("cells", "word"),
    [({"seed": [8] * STEPS}, "seed"), ({"seed": [7] * STEPS, "batch_size": [64] * STEPS}, "64")],
)
def test_a_log_that_says_that_it_was_made_otherwise(cells: dict[str, list[int]], word: str) -> None:
    """It fails with what it says itself, which the student can mend."""
    finding = asked(logged(*series(2), **cells))

    assert "failed" == finding.status
    assert word in str(finding.message)


def test_a_claimed_seed_proves_nothing() -> None:
    """Who writes the right seed beside another training is doubted."""
    assert "review" == asked(logged(*series(2), seed=[7] * STEPS, batch_size=[32] * STEPS)).status


def test_another_training_from_the_same_seed() -> None:
    """Where only the first step fits, the sentence says so: weights and images were right."""
    losses, norms = series(2)
    finding = asked(logged([LOSSES[0], *losses[1:]], [NORMS[0], *norms[1:]]))

    assert "review" == finding.status
    assert "first step" in str(finding.message)


def test_an_id_may_be_another_ones() -> None:
    """The sentence says where it is from, unless a list of the class has it."""
    found = [
        [word in str(asked(logged(*series(2)), replay=a_replay(seed_by=by)).message) for word in WORDS]
        for by in ("folder", "declared", "list", "rubric")
    ]

    assert [[True, False], [False, True], [False, False], [False, False]] == found


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300, 7.5])
def test_a_seed_that_is_none(value: float) -> None:
    """A log may say anything of its seed."""
    assert "failed" == asked(logged(*series(2), seed=[value] * STEPS)).status


@pytest.mark.parametrize("norms", [[0.0] * STEPS, [0.0, 1.0] * (STEPS // 2), [1e149, 1e-300] * (STEPS // 2)])
def test_norms_of_a_replay_that_tell_nothing(norms: list[float]) -> None:
    """A network without gradients, or with absurd ones, is compared by its losses."""
    replay = a_replay(norms=some_norms(STEPS, global_before=norms))

    assert asked(logged(), replay=replay).status in {"passed", "review"}
    assert "review" == asked(logged(*series(2)), replay=replay).status


def test_one_seed_for_all() -> None:
    """No student is named."""
    finding = asked(logged(), replay=a_replay(student="", seed_by="rubric"))

    assert "passed" == finding.status
    assert "ana" not in str(finding.message)


@pytest.mark.parametrize(
    "model",
    [
        a_model(keras_version="2.15.0"),
        a_model(keras_version=""),
        a_model(Layer(kind="Normalization", name="n")),
        a_model(Layer(kind="Dropout", name="d")),
        a_model(Layer(kind="RandomFlip", name="r")),
        a_model(loss="mine", loss_form="unknown"),
    ],
)
def test_numbers_that_need_not_be_equal(model: Any) -> None:
    """They are not checked where they differ, and pass where they are equal all the same."""
    assert ["not_checked", "passed"] == [
        asked(log, model=model).status for log in (logged(*series(2)), logged())
    ]


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(
            a_log(a_norm([1.0] * STEPS, scope="variable", stage="after")), id="only norms at the cap"
        ),
        pytest.param(a_log(a_norm(NORMS[: STEPS - 1])), id="fewer steps"),
        pytest.param(a_log(a_norm([None, *NORMS[1:], 2.0])), id="a step without a number"),
        pytest.param(
            a_log(a_norm(NORMS, scope="global", stage="before"), step=range(101, 101 + STEPS)),
            id="begins later",
        ),
    ],
)
def test_nothing_to_compare(log: Log) -> None:
    """A log without telling numbers of the first steps is not checked."""
    assert "not_checked" == asked(log).status


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0, -1.0, 1e300])
def test_numbers_that_are_none(value: float) -> None:
    """They do not fit, and break nothing."""
    assert "review" == asked(logged(norms=[value] * STEPS)).status


def test_a_replay_that_is_no_number() -> None:
    """A network that gives NaN from the start is not the student's fault, and tells nothing."""
    broken = a_replay(loss=(float("nan"),) * STEPS, norms=some_norms(STEPS))

    assert "not_checked" == asked(logged(), replay=broken).status


def test_it_needs_a_replay(tmp_path: Any) -> None:
    """A rubric that asks for the comparison and not for the replay is refused, with the line."""
    item = "- log_fits_replay: {within: 0.25}\n  title: Own seed\n  points: 1\n"

    assert 1 == len(found := mistakes(tmp_path, RUBRIC + item))
    assert "`log_fits_replay` needs the rubric's `replay`" in found[0]
    assert () == tuple(
        warning
        for warning in lint(a_rubric(tmp_path, f"course_key: a\nreplay: {{}}\n{RUBRIC}{item}"))
        if "replay" in warning
    )


@pytest.mark.parametrize(
    ("replay", "warns"),
    [
        ("replay: {}\ncourse_key: a\n", 1),
        ("replay: {}\n", 2),
        ("replay: {seed: 7}\n", 2),
        ("replay: {seed: 7}\nlikeness: note\n", 1),
    ],
)
def test_what_lint_says_of_a_replay(tmp_path: Any, replay: str, warns: int) -> None:
    """That nothing compares it, that one seed makes logs alike, and that a course has no key."""
    assert warns == len(
        [one for one in lint(a_rubric(tmp_path, replay + RUBRIC)) if "seed" in one or "replay" in one]
    )


@pytest.mark.parametrize(
    "replay",
    ["{steps: 4}", "{steps: 201}", "{seed: mine}", "{seed: -1}", "{seed: 2147483648}", "{order: 1}", "20"],
)
def test_a_replay_that_is_none(tmp_path: Any, replay: str) -> None:
    """Each mistake is named."""
    assert 1 == len(mistakes(tmp_path, f"replay: {replay}\n{RUBRIC}"))

"""The network of a PyTorch homework in a rubric: what may be written, and the mistakes with their lines."""

from pathlib import Path

import pytest
from builders_golden import said
from builders_rubric import RUBRIC, a_rubric, mistakes

from grader.rubric import Plan

WRITTEN = """\
network:
  - input: {shape: [28, 28]}
  - conv: {filters: 8, kernel: [3, 3], padding: 1, activation: relu}
  - max_pool: {size: 2}
  - flatten
  - batch_norm:
  - dropout: {rate: 0.25}
  - linear
  - tanh
"""
WRONG = (
    "[convolution]",
    "[conv, linear, rellu]",
    "[{conv: {kernel: big}}]",
    "[{conv: {kernels: 3}}]",
    "[{conv: {padding: -1}}]",
    "[{conv: {activation: swish}}]",
    "[{conv: 3}]",
    "[{linear: {units: 0}}]",
    "[{dropout: {rate: 1}}]",
    "[{lstm: {returns: first}}]",
    "[{conv: {}, linear: {}}]",
    "[{}]",
    "[3]",
    "conv",
    "[linear, {input: {shape: [28, 28]}}]",
    "[{input: {shape: []}}, linear]",
    "[{input: {shape: [28, 28, 1, 1]}}, linear]",
)


def test_layers_are_words_or_words_with_settings(tmp_path: Path) -> None:
    """What the weights say is left out, and the files of the model are then PyTorch's."""
    plan = a_rubric(tmp_path, WRITTEN + RUBRIC).plan

    kinds = ["input", "conv", "max_pool", "flatten", "batch_norm", "dropout", "linear", "activation"]
    assert kinds == [layer.kind for layer in plan.network]
    assert plan.network[1].conv is not None
    assert (8, (3, 3), 1) == (
        plan.network[1].conv.filters,
        plan.network[1].conv.kernel,
        plan.network[1].conv.stride,
    )
    assert "*.pt" in plan.files.model
    assert ("*.h5",) == a_rubric(tmp_path, f"files: {{model: ['*.h5']}}\n{WRITTEN}{RUBRIC}").plan.files.model


def test_a_worker_is_sent_what_the_rubric_declares(tmp_path: Path) -> None:
    """A plan comes out of its JSON as it went in."""
    plan = a_rubric(tmp_path, WRITTEN + RUBRIC).plan

    assert plan == Plan.model_validate_json(plan.model_dump_json())


@pytest.mark.parametrize("inputs", ["scale: standardised", "divide: 255, mean: [0.5], deviation: [0.25]"])
def test_a_plan_is_the_same_as_json(tmp_path: Path, inputs: str) -> None:
    """A worker gets it so, with every field that a teacher left out."""
    plan = a_rubric(tmp_path, f"inputs: {{{inputs}}}\n{WRITTEN}{RUBRIC}").plan

    assert plan == Plan.model_validate_json(plan.model_dump_json())


@pytest.mark.parametrize("written", WRONG)
def test_mistakes_have_their_lines(tmp_path: Path, written: str) -> None:
    """Each says what is wrong and what may stand there."""
    assert said("\n".join(mistakes(tmp_path, f"network: {written}\n{RUBRIC}")))


def test_data_of_ones_own_need_the_shape_of_an_input(tmp_path: Path) -> None:
    """Only of the images that ship it is known."""
    (tmp_path / "mine.npz").write_bytes(b"")

    assert any(
        "input" in one
        for one in mistakes(tmp_path, f"data: mine.npz\nnetwork: [conv, flatten, linear]\n{RUBRIC}")
    )

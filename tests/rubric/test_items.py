"""The sentences about how items are put together."""

from pathlib import Path

import pytest
from builders_rubric import ITEM, RUBRIC, a_rubric, an_item, mistakes, refusal

from grader.checks import kinds

OTHER = """\
- log_is_complete: {every: step}
  title: Complete
  points: 1
"""


def test_unknown_check(tmp_path: Path) -> None:
    """A misspelt check is offered the right one."""
    expected = ["Unknown check `norm_within_caps`; did you mean `norm_within_cap`? (hw.yaml:4)"]
    assert expected == mistakes(tmp_path, RUBRIC.replace("norm_within_cap", "norm_within_caps"))


def test_unknown_check_with_no_name_near(tmp_path: Path) -> None:
    """All checks are listed."""
    (line,) = mistakes(tmp_path, RUBRIC.replace("norm_within_cap", "zzz"))

    assert line.startswith("Unknown check `zzz`; the checks are `")
    assert all(f"`{kind}`" in line for kind in kinds())


def test_misspelt_key_beside_a_check(tmp_path: Path) -> None:
    """What is missing and what is there instead are both named."""
    expected = [
        "Entry 1 of `items` must have `points`, a number in [0, 1000000] (hw.yaml:4)",
        "Unknown key `ponits`; did you mean `points`? (hw.yaml:6)",
    ]
    assert expected == mistakes(tmp_path, RUBRIC.replace("points", "ponits"))


def test_unknown_key_with_no_name_near(tmp_path: Path) -> None:
    """The keys of an item are listed."""
    keys = "`title`, `points`, `id`, `requires`, `hint` and `in_doubt`"
    expected = f"Unknown key `zzz`; beside its check, an item has the keys {keys}. (hw.yaml:7)"
    assert [expected] == mistakes(tmp_path, f"{RUBRIC}  zzz: 1\n")


def test_an_item_is_left_to_a_teacher_in_doubt(tmp_path: Path) -> None:
    """Where the rubric says nothing else."""
    assert "review" == a_rubric(tmp_path).items[0].in_doubt


@pytest.mark.parametrize("written", ["review", "failed", "note"])
def test_the_rubric_says_what_becomes_of_a_doubt(tmp_path: Path, written: str) -> None:
    """An item takes one of three words."""
    assert written == a_rubric(tmp_path, f"{RUBRIC}  in_doubt: {written}\n").items[0].in_doubt


def test_any_other_word_for_a_doubt_is_a_mistake(tmp_path: Path) -> None:
    """The three words are listed; `passed` is none of them, because the doubt stands in the report."""
    expected = "`in_doubt` must be `review`, `failed` or `note`. Received: 'passed' (hw.yaml:7)"

    assert [expected] == mistakes(tmp_path, f"{RUBRIC}  in_doubt: passed\n")


def test_parameter_that_is_not_indented(tmp_path: Path) -> None:
    """A parameter beside its check belongs below it."""
    expected = ["The key `cap` is a parameter of `norm_within_cap`; indent it below that. (hw.yaml:5)"]
    assert expected == mistakes(tmp_path, RUBRIC.replace(" {cap: 1.0}", "\n  cap: 1.0"))


def test_item_without_a_check(tmp_path: Path) -> None:
    """An item that asks nothing is refused, with the way to a list of checks."""
    error = refusal(tmp_path, f"{RUBRIC}- title: Nothing\n  ponits: 1\n  points: 1\n")

    assert error.message.split("\n")[0].startswith("An item must have one check. Received: none (")
    assert "Unknown key `ponits`; did you mean `points`?" in error.message
    assert "`grader checks` lists the checks." == error.hint


def test_item_with_two_checks(tmp_path: Path) -> None:
    """Two checks are two items."""
    error = refusal(tmp_path, f"{RUBRIC}  log_is_complete: {{every: step}}\n")

    received = "An item must have one check. Received: `norm_within_cap` and `log_is_complete` ("
    assert error.message.startswith(received)
    assert error.message.endswith("hw.yaml:4)")
    assert "Make an item of each check." == error.hint


def test_same_check_twice_needs_an_id(tmp_path: Path) -> None:
    """Without ids of their own, two items of one check have the same."""
    error = refusal(tmp_path, RUBRIC + ITEM)

    message = "The id `norm_within_cap` must be of one item. Received: a second one; the first is on line 4 ("
    assert error.message.startswith(message)
    assert error.message.endswith("hw.yaml:7)")
    assert "Give one of the items an `id` of its own." == error.hint


def test_id_of_its_own(tmp_path: Path) -> None:
    """With an id, the same check may stand twice."""
    assert "second" == an_item(tmp_path, f"{ITEM}  id: second\n").id


def test_earlier_items_can_be_required(tmp_path: Path) -> None:
    """An item may require any item before it."""
    assert ("norm_within_cap",) == an_item(tmp_path, f"{OTHER}  requires: [norm_within_cap]\n").requires


def test_unknown_requirement(tmp_path: Path) -> None:
    """The nearest id is offered, and where none is near, the ids so far."""
    near = mistakes(tmp_path, f"{RUBRIC}{OTHER}  requires: [norm_within_caps]\n")
    far = mistakes(tmp_path, f"{RUBRIC}{OTHER}  requires:\n  - zzz\n")
    first = mistakes(tmp_path, f"{RUBRIC}  requires: [zzz]\n")

    assert [
        "Unknown item `norm_within_caps` in `requires`; did you mean `norm_within_cap`? (hw.yaml:10)"
    ] == near
    assert ["Unknown item `zzz` in `requires`; the earlier items are `norm_within_cap`. (hw.yaml:11)"] == far
    assert ["Unknown item `zzz` in `requires`; no item comes before this one. (hw.yaml:7)"] == first


def test_later_requirement(tmp_path: Path) -> None:
    """An item requires neither itself nor what comes later, so that requirements never form a circle."""
    later = mistakes(tmp_path, f"{RUBRIC}  requires: [log_is_complete]\n{OTHER}")
    itself = mistakes(tmp_path, f"{RUBRIC}  requires: [norm_within_cap]\n")

    message = "`requires` must name earlier items. Received:"
    assert [f"{message} `log_is_complete`, which does not come before (hw.yaml:7)"] == later
    assert [f"{message} `norm_within_cap`, which does not come before (hw.yaml:7)"] == itself


def test_requirement_of_a_misspelt_check_is_no_second_mistake(tmp_path: Path) -> None:
    """Whoever requires what was misspelt is right about it."""
    text = f"{RUBRIC.replace('norm_within_cap', 'norm_within_caps')}{OTHER}"

    assert 1 == len(mistakes(tmp_path, f"{text}  requires: [norm_within_caps]\n"))


def test_a_figure_that_is_asked_for_must_be_looked_for(tmp_path: Path) -> None:
    """The line of the item is named, and the key to add; with patterns all is well."""
    item = "- figure_is_there: {}\n  title: Figure\n  points: 1\n"
    error = refusal(tmp_path, RUBRIC + item)
    files = 'files:\n  figure: ["*.png"]\n'

    assert (
        "`figure_is_there` must have patterns for the figure in `files`. Received: none (hw.yaml:7)"
    ) == error.message.replace(f"{tmp_path}/", "")
    assert 'Add a line such as `figure: ["*.png"]` below `files`.' in error.hint
    assert ("*.png",) == a_rubric(tmp_path, files + RUBRIC + item).plan.files.figure
    assert () == a_rubric(tmp_path).plan.files.figure

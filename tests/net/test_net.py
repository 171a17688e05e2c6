"""Tests of the part of the net that compares."""

from collections.abc import Callable
from typing import Any

import pytest
from comparing import NUMBERS, VERDICTS, WORDS, differences, flat, page, plain, sentences, table, tree

REPORT = {
    "program": "grader 0.1.0",
    "verdict": "passed",
    "items": [{"id": "cap", "status": "passed", "points": 2.0, "message": "It is 1.0."}],
    "facts": [{"name": "Loss", "value": 0.25}],
}


def a_piece(**item: object) -> dict[str, object]:
    return dict(flat(REPORT | {"items": [REPORT["items"][0] | item]}))  # type: ignore[index]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({}, None),
        ({"points": 2.000001}, None),
        ({"points": 1.0}, VERDICTS),
        ({"status": "failed"}, VERDICTS),
        ({"message": "It is 1.1."}, WORDS),
        ({"norm": 1.0}, NUMBERS),
    ],
)
def test_a_change_is_shown_under_its_kind(change: dict[str, object], where: str | None) -> None:
    """A verdict, another number and a wording differ apart; numbers within a millionth do not."""
    found = differences({"report": a_piece()}, {"report": a_piece(**change)})

    assert {where} - {None} == {kind for kind, diff in found.items() if diff}


def test_pieces_that_come_and_go_differ() -> None:
    """A piece without its counterpart is all difference."""
    found = differences({"a": {"exit": 0}}, {"b": {"exit": 0}})

    assert {"-exit: 0", "+exit: 0"} <= set(found[VERDICTS])
    assert page(found, 1).startswith(f"==== {VERDICTS}: 2 of 1 pieces differ\n--- kept a\n+++ now a\n")


def test_an_entry_before_another_does_not_move_it() -> None:
    """Entries of a list go by their names, and by their number where a name comes again."""
    entries = [{"name": "b", "x": 1}, {"name": "b", "x": 2}]

    assert {"[b].x": 1, "[b #2].x": 2}.items() <= dict(flat([{"name": "a"}, *entries])).items()


def test_what_a_machine_decides_is_left_out() -> None:
    """Paths, dates, versions, durations and the layout are no difference; other numbers stay."""
    text = "At /home/x/y on 2026-03-02T10:00:00Z  grader 0.1.0 took 2.31 s:\n──────\n  1.0000001 of 600 steps"

    assert "At HERE/y on DATE grader VERSION took TIME:\n1.0000001 of 600 steps" == plain(
        text, {"/home": "HOME", "/home/x": "HERE"}
    )


def test_wrapping_is_no_difference() -> None:
    """A sentence is a line."""
    assert sentences("The cap\nis 1.0. It\nholds.") == "The cap is 1.0.\nIt holds."


@pytest.mark.parametrize(
    ("read", "piece", "text", "line"),
    [
        (table, "grades.csv", "\ufeffid,log\nana,{}\n", "-rows[ana].log: 0.0"),
        (tree, "x", '<all><suite name="a" failures="{}"/></all>', "-inside[a].failures: 0.0"),
    ],
    ids=["csv", "xml"],
)
def test_numbers_that_decide_are_verdicts(
    read: Callable[[str], Any], piece: str, text: str, line: str
) -> None:
    """Of a file of grades the cells, by the row's first cell; of an XML file the counts of failures."""
    old, new = (dict(flat(read(text.format(number)))) for number in (0, 1))

    assert line in differences({piece: old}, {piece: new})[VERDICTS]

"""The table of a class for a spreadsheet."""

import csv
import io

import pytest
from builders_reports import ALL, ERROR, FAILED, LIKE, PASSED, REPORTS, a_pair, a_report, an_item
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.reports import csv_grades
from grader.submissions.roster import Student


def _read(page: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page, newline="")))


@pytest.mark.hostile_row(66)
def test_one_row_a_submission_and_one_column_an_item() -> None:
    """Points where they are decided, empty cells where they are not, formulas made harmless."""
    assert (
        "id,name,verdict,score,max_score,like,hidden_layers,norm,accuracy,'-1+1\n"
        "garcia,Ana García,passed,7.5,7.5,,2,3,2.5,\n"
        "ito,Ito Ren,failed,4.5,7.5,,2,0,2.5,\n"
        "okafor,Okafor,review,4.5,7.5,,2,,2.5,\n"
        "smith,,error,,7.5,,,,,\n"
        "zhou,zhou,failed,2,7.5,,2,0,,\n"
        '\\ud800\\t=1,"\'=cmd|\' /C calc\'!A0\\x1b[31m\\u202e[/red]""><script>",passed,2,2,,,,,2\n'
    ) == csv_grades.page(ALL)


def test_a_class_of_nobody_has_the_first_columns() -> None:
    """The table can be read though nothing is in it."""
    assert "id,name,verdict,score,max_score,like\n" == csv_grades.page([])


def test_a_report_without_items_leaves_its_cells_empty() -> None:
    """The others keep their columns."""
    rows = _read(csv_grades.page([a_report(id="lost", verdict="error"), PASSED]))

    assert ["", "3"] == [row["norm"] for row in rows]
    assert ["", "7.5"] == [row["score"] for row in rows]


def test_an_item_called_like_a_column_gets_its_own() -> None:
    """No column hides another from a reader of the table."""
    page = csv_grades.page([a_report(an_item(id="score"), score=1.0)])

    assert "id,name,verdict,score,max_score,like,item score\ngarcia,Ana García,passed,1,2,,2\n" == page


@pytest.mark.hostile_row(66)
def test_who_has_not_submitted_stands_at_the_end() -> None:
    """No score and no zero: what nothing is worth is for the teacher to say."""
    absent = [Student(id="=1+1", name="@Dan"), Student(id="9", name="Li Bo")]

    assert (
        "id,name,verdict,score,max_score,like,hidden_layers\n"
        "garcia,Ana García,passed,2,2,,2\n"
        "'=1+1,'@Dan,not submitted,,,,\n"
        "9,Li Bo,not submitted,,,,\n"
    ) == csv_grades.page([a_report(an_item())], absent)


def test_numbers_stay_numbers() -> None:
    """A negative score has no apostrophe, a large one no separators."""
    page = csv_grades.page([a_report(id="-1", score=-1.0, max_score=12345.5)])

    assert "id,name,verdict,score,max_score,like\n'-1,Ana García,passed,-1,12345.5,\n" == page


def test_the_order_is_the_one_given() -> None:
    """Rows are not sorted here, and the columns are the rubric's."""
    rows = _read(csv_grades.page([FAILED, ERROR, PASSED]))

    assert ["ito", "smith", "garcia"] == [row["id"] for row in rows]
    assert ["hidden_layers", "norm", "accuracy"] == list(rows[0])[6:]


def test_who_is_like_another_is_named_once() -> None:
    """The column `like` has the ids, each once, and an id that looks like a formula is made harmless."""
    report = LIKE.model_copy(update={"pairs": (*LIKE.pairs, a_pair("=1+1"))})

    assert "ito, smith, =1+1" == _read(csv_grades.page([report]))[0]["like"]
    assert "'=1+1" == _read(csv_grades.page([a_report(pairs=(a_pair("=1+1"),))]))[0]["like"]


@pytest.mark.hostile_row(66)
@settings(max_examples=30, deadline=None)
@given(st.lists(REPORTS, max_size=3))
def test_any_class_is_a_table(reports) -> None:
    """One line a report, as many cells as columns, no cell a formula, every number a number."""
    page = csv_grades.page(reports)
    rows = list(csv.reader(io.StringIO(page, newline=""), strict=True))

    assert len(reports) + 1 == len(page.splitlines()) == len(rows)
    assert {len(rows[0])} == {len(row) for row in rows}
    assert [] == [
        cell
        for row in rows
        for cell in (*row[:3], row[5])
        if cell[:1] in set("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
    ]
    assert all(float(cell) == float(cell) for row in rows[1:] for cell in (*row[3:5], *row[6:]) if cell)
    assert page.encode().decode() == page

"""A CSV file read strictly, and written with the same columns and cells but for what changes."""

import codecs
import csv
import io
from pathlib import Path

import pytest
from builders_folders import unless_root
from builders_platforms import CANVAS, MOODLE, WORKSHEET, cells_of
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.submissions.table import LARGEST, Table, read_table

AGAIN = "Export it again, or save it as CSV in UTF-8."


def a_table(folder: Path, text: str, delimiters: str = ",;\t") -> Table:
    (folder / "g.csv").write_text(text, encoding="utf-8", newline="")
    return read_table(folder / "g.csv", "gradebook", delimiters)


def rows(table: Table) -> list[list[str]]:
    return [list(row) for row in table.rows]


def refusal(folder: Path, content: bytes) -> UsageError:
    (folder / "g.csv").write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_table(folder / "g.csv", "gradebook")
    return caught.value


@pytest.mark.parametrize("text", [CANVAS, MOODLE, WORKSHEET])
def test_a_file_is_read_as_csv_says_and_written_so(tmp_path: Path, text: str) -> None:
    """The cells are those of Python's `csv`; without a change the new file has the same."""
    table = a_table(tmp_path, text)

    assert cells_of(text) == rows(table) == cells_of(table.changed({}))


def test_one_cell_changes(tmp_path: Path) -> None:
    """The byte order mark and every other cell stay, and what needs quotes has them."""
    changed = a_table(tmp_path, CANVAS).changed({(4, 5): "8", (6, 5): '9"'})

    assert changed.startswith("\ufeffStudent,")
    assert cells_of(CANVAS.replace(",7.5,", ",8,").replace('"8.00"', '"9"""')) == cells_of(changed)


def test_a_semicolon_where_it_makes_more_columns(tmp_path: Path) -> None:
    """Spreadsheets of many countries write it, and the new file has it, too."""
    table = a_table(tmp_path, "a;b,c;d\n1;2,5;3\n")

    assert [["a", "b,c", "d"], ["1", "2,5", "3"]] == rows(table)
    assert [["a", "b,c", "d"], ["1", "2;5", "3"]] == cells_of(table.changed({(1, 1): "2;5"}), ";")
    assert [["a;b;c", "d"]] == rows(a_table(tmp_path, "a;b;c,d", delimiters=","))


def test_rows_that_a_person_sees(tmp_path: Path) -> None:
    """A line break in quotes is part of the cell, blank rows are none, each row is as long as the header."""
    table = a_table(tmp_path, 'a,b\n\n"x\r\ny",2, ,\n , \n3')

    assert [["a", "b"], ["x\r\ny", "2"], ["3", ""]] == rows(table)
    assert (1, 3, 6) == table.lines


NO_CSV = "The gradebook cannot be read as CSV from this line on: "


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        (b"a,b\n1,2\n\n1,2,3\n", "The line has 3 cells, and the header has 2 (g.csv:4).", "between quotes"),
        (b'a,b\n"x\ny",1\n"3,4\n', f"{NO_CSV}unexpected end of data (g.csv:4).", "between quotes"),
        (b'a,b\n"1"x,2\n', f"{NO_CSV}',' expected after '\"' (g.csv:2).", "between quotes"),
        (
            b"a,b\n1,2\n3," + b"x" * 200_000,
            f"{NO_CSV}field larger than field limit (131072) (g.csv:3).",
            "between quotes",
        ),
        ("Name\nAño\n".encode("latin-1"), "The gradebook has bytes that are not UTF-8 (g.csv:2).", AGAIN),
        (
            codecs.BOM_UTF16_LE + b"i\0d\0\n",
            "The gradebook has bytes that are not UTF-16, as which it begins (g.csv:1).",
            AGAIN,
        ),
        (b"a,b\n\0", "The gradebook has the character U+0000, which no text has (g.csv:2).", AGAIN),
    ],
)
def test_a_line_at_fault_is_named(tmp_path: Path, content: bytes, message: str, hint: str) -> None:
    """It is the line on which the row begins, or the first that is no text."""
    error = refusal(tmp_path, content)

    assert message == error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("content", "end"),
    [
        (b"", "is empty."),
        (b"\n\n ,\n", "is empty."),
        (b"PK\x03\x04...", "is a spreadsheet or an archive, not a CSV file."),
        (b"a" * (LARGEST + 1), "has more than 20,000,000 bytes; at most that many are read."),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes, end: str) -> None:
    """The file is named."""
    assert f"The gradebook `{tmp_path / 'g.csv'}` {end}" == refusal(tmp_path, content).message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A folder and a name of nothing are none."""
    for path, end in ((tmp_path / "none.csv", "does not exist."), (tmp_path, "is a folder.")):
        with pytest.raises(UsageError) as caught:
            read_table(path, "roster")

        assert f"The roster `{path}` {end}" == caught.value.message
        assert "Name a CSV file that you may read." == caught.value.hint


@unless_root
def test_a_file_that_nobody_may_read(tmp_path: Path) -> None:
    """The reason is the system's."""
    (tmp_path / "g.csv").touch(0)

    with pytest.raises(UsageError, match=r"cannot be read: Permission denied\."):
        read_table(tmp_path / "g.csv", "gradebook")


ANY_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(
    st.integers(2, 4).flatmap(
        lambda width: st.lists(
            st.lists(ANY_CELL, min_size=width, max_size=width).filter(lambda row: any(map(str.strip, row))),
            min_size=1,
            max_size=5,
        )
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.data(),
)
def test_any_file_comes_back(tmp_path_factory, written, line_end, data) -> None:
    """Whatever stands in the cells: read as written, one changed, all others as they were."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(written)
    table = a_table(tmp_path_factory.mktemp("any"), text.getvalue(), delimiters=",")
    number = data.draw(st.integers(0, len(written) - 1))
    after = a_table(tmp_path_factory.mktemp("any"), table.changed({(number, 0): "9.5"}), delimiters=",")

    assert written == rows(table)
    written[number] = ["9.5", *written[number][1:]]
    assert written == rows(after)

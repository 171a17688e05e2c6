"""A CSV file read strictly, and written back byte for byte but for what changes."""

import csv
import io
from pathlib import Path

import pytest
from builders_gradebooks import CANVAS, MOODLE, WORKSHEET, a_table
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.platforms.gradebooks.table import LARGEST, Cell, Table, read_table


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


@pytest.mark.parametrize("text", [CANVAS, MOODLE, WORKSHEET])
def test_a_file_is_read_as_csv_says_and_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    """The cells are those of Python's `csv`, and without a change no byte is another."""
    table = a_table(tmp_path, text)

    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))) == texts(table)
    assert text == table.changed({})


def test_one_cell_changes(tmp_path: Path) -> None:
    """Quotes, line ends, the byte order mark and every other cell stay."""
    table = a_table(tmp_path, CANVAS)
    ito, smith = table.rows[4], table.rows[6]
    changed = table.changed({ito[5]: "8", smith[5]: '9"'})

    assert CANVAS.replace("Deep Learning,7.5,", "Deep Learning,8,").replace('"8.00"', '"9"""') == changed


def test_a_semicolon_where_it_makes_more_columns(tmp_path: Path) -> None:
    """Spreadsheets of many countries write it."""
    assert [["a", "b,c", "d"], ["1", "2,5", "3"]] == texts(a_table(tmp_path, "a;b,c;d\n1;2,5;3\n"))
    assert [["a;b;c", "d"]] == texts(a_table(tmp_path, "a;b;c,d", delimiters=","))


def test_line_breaks_in_quotes_and_blank_lines(tmp_path: Path) -> None:
    """A line break in quotes is part of the cell, blank rows are none, lines are those of an editor."""
    table = a_table(tmp_path, 'a,b\n\n"x\r\ny",2\n , \n3,4')

    assert [["a", "b"], ["x\r\ny", "2"], ["3", "4"]] == texts(table)
    assert (1, 3, 6) == table.lines


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty."),
        (b"\n\n ,\n", "is empty."),
        (b"a,b\n1\n", "has 1 cell; its header has 2."),
        (b"a,b\n1,2\n\n1,2,3\n", "has 3 cells; its header has 2."),
        (b'a,b\n"1,2\n', "a quotation mark is not closed, or text follows a closed one."),
        (b'a,b\n"1"x,2\n', "a quotation mark is not closed, or text follows a closed one."),
        (b'a,"b', "a quotation mark is not closed, or text follows a closed one."),
        ("Año".encode("latin-1"), "must be UTF-8; byte 2 is not."),
        ("a,b".encode("utf-16"), "must be UTF-8; byte 1 is not."),
        (b"a,\0", "must be text; it has a byte that is 0."),
        (b"a" * (LARGEST + 1), "must be at most 20 MB."),
    ],
)
def test_what_is_not_such_a_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """The line is named where there is one."""
    file = tmp_path / "g.csv"
    file.write_bytes(content)

    with pytest.raises(UsageError) as caught:
        read_table(file)

    assert caught.value.message.endswith(message)
    assert str(file) in caught.value.message


@pytest.mark.parametrize(("content", "line"), [(b'a,b\n"x\ny",1\n3\n', 4), (b'a,b\n\n1,"', 3)])
def test_the_line_of_a_mistake(tmp_path: Path, content: bytes, line: int) -> None:
    """It is the line at which the row begins."""
    (tmp_path / "g.csv").write_bytes(content)

    with pytest.raises(UsageError, match=rf"(L|On l)ine {line} of"):
        read_table(tmp_path / "g.csv")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The sentence has its path."""
    with pytest.raises(UsageError) as caught:
        read_table(tmp_path / "none.csv")

    assert f"`{tmp_path / 'none.csv'}` cannot be read: No such file or directory." == caught.value.message
    assert "Name the file that the platform exported." == caught.value.hint


ANY_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@settings(max_examples=100, deadline=None)
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
def test_any_file_comes_back(tmp_path_factory, rows, line_end, data) -> None:
    """Whatever stands in the cells: read as written, one changed, all others as they were."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    table = a_table(tmp_path_factory.mktemp("any"), text.getvalue(), delimiters=",")
    row = data.draw(st.integers(0, len(rows) - 1))
    cell: Cell = table.rows[row][0]
    after = a_table(tmp_path_factory.mktemp("any"), table.changed({cell: "9.5"}), delimiters=",")

    assert rows == texts(table)
    rows[row] = ["9.5", *rows[row][1:]]
    assert rows == texts(after)

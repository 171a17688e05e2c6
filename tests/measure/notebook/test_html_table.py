"""Tables of HTML as text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.measure.notebook.html_table import table_in


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>1 &lt; 2</p>", ""),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>rest", "a\tb\n1\t2"),
        ("<TABLE><TR class='x'><TD><b>1</b>\n 2<TD>3", "1 2\t3"),
        ("<tr><td>&lt;script&gt;<script>alert(1)</script></td></tr>", "<script>alert(1)"),
        ("<tr><td onclick='x'>1</td></tr><tr></tr>", "1"),
    ],
)
def test_tables(html: str, text: str) -> None:
    """Rows and cells are told by their tags, and any other tag is left out."""
    assert text == table_in(html)


@pytest.mark.hostile_row(150)
@pytest.mark.parametrize("piece", ["<tr", "<tr><td", "<td <", "&", "&#", "<tr><td>&amp", "<"])
def test_a_long_one_takes_no_longer_than_its_text(piece: str) -> None:
    """Whatever it repeats."""
    begun = time.process_time()
    table_in("<tr><td>" + piece * 300_000)

    assert time.process_time() - begun < 5


@given(st.text(alphabet="<>/trdh &;=#a1\n", max_size=80))
def test_anything_is_read(html: str) -> None:
    """No row is empty."""
    assert all(map(str.strip, filter(None, [table_in(html)])))

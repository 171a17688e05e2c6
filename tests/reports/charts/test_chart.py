"""What is drawn of a submission, where the rows of a log stand, and what of a series is drawn."""

import math
import tracemalloc

import pytest
from builders_evidence import a_column, a_log
from builders_pages import MISSING, YARDSTICK, drawable

from grader.evidence.log import Column, Log
from grader.messages.message import say
from grader.messages.wording import number
from grader.reports.charts import Drawing, draw, how_to_read
from grader.reports.charts.chart import (
    MOST_POINTS,
    WINDOWS,
    Band,
    Chart,
    Curve,
    Key,
    Panel,
    Part,
    StepAxis,
    curve_of,
    divergence_of,
    on_logarithmic_axis,
    step_axis,
)

ROWS = StepAxis("Row", None, (1.0, 10.0))


def drawn(values: list[float], *, positive: bool = False) -> Curve | None:
    return curve_of("after", a_column("loss", values), ROWS, positive=positive)


def test_a_chart_has_its_numbers_as_a_table() -> None:
    """Those of a thinned curve come from the ends of its windows; a chart that is missing has no numbers."""
    thinned = Curve("loss", (1.0, 2.0), (4.0, 6.0), low=(1.0, 5.0), high=(4.5, 9000.0))
    band = Band("expected", 1.0, 2.0, 0.5, 1.5, 2.5)
    parts = (Part(say("First steps"), curves=(thinned,), bands=(band,)), Part(say("Last"), bands=(band,)))
    ends = [Key("expected", "band", say(text)) for text in ("Start", "End")]
    keys = (Key("loss", "line", say("loss")), *ends)
    heads, rows = Panel("a", say("A"), Chart(parts), keys, say("Words.")).numbers

    assert ["Line or band", "Least", "Median", "Largest"] == list(map(str, heads))
    assert [
        ("First steps: loss", "1.0", "5.0", number(9000.0)),
        ("First steps: Start", "0.5", "1.5", "2.5"),
        ("Last: End", "0.5", "1.5", "2.5"),
    ] == [tuple(map(str, row)) for row in rows]
    assert [] == Panel("loss", say("Loss"), None, (), say("Words.")).numbers[1]


@pytest.mark.parametrize(
    ("log", "name", "steps"),
    [
        (a_log(step=[10, 20, 30], loss=[1.0, 2.0, 3.0]), "Step", [10.0, 20.0, 30.0]),
        # All epochs would lie on top of each other.
        (a_log(step=[1, 2, 1, 2]), "Row of the log", [1.0, 2.0, 3.0, 4.0]),
        (a_log(loss=[1.0, 2.0]), "Row of the log", [1.0, 2.0]),
        (a_log(step=[1, None], loss=[1.0, 2.0]), "Row of the log", [1.0, 2.0]),
        (a_log(step=[1, math.inf]), "Row of the log", [1.0, 2.0]),
    ],
)
def test_the_axis_of_steps(log: Log, name: str, steps: list[float]) -> None:
    """Steps that count through the log are the axis; otherwise the rows are counted."""
    axis = step_axis(log)
    found = [axis.of(row) for row in range(len(steps))]

    assert (name, steps, (steps[0], steps[-1])) == (str(axis.name), found, axis.ends)


def test_a_short_series_is_drawn_as_it_is() -> None:
    """Each value is a point."""
    values = [float(place) for place in range(MOST_POINTS)]

    assert Curve("after", tuple(place + 1 for place in values), tuple(values)) == drawn(values)


def test_a_row_that_no_log_has_costs_nothing() -> None:
    """A worker may send any number; no table of all rows up to it is made."""
    column = Column(name="loss", header="loss", rows=(0, 2_000_000_000), values=(1.0, 2.0))
    log = Log(form="csv", columns=(column,), rows=2)

    tracemalloc.start()
    curve = curve_of("loss", column, step_axis(log))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert Curve("loss", (1.0, 2_000_000_001.0), (1.0, 2.0)) == curve
    assert most < 10_000_000


@pytest.mark.parametrize("steps", [MOST_POINTS + 1, 8_595, 20_000])
def test_a_step_that_stands_out_is_seen_in_a_long_series(steps: int) -> None:
    """Each window has its minimum, its median and its maximum."""
    values = [1.0] * steps
    values[steps // 3], values[steps // 2] = 50.0, 0.01
    found = drawn(values)

    assert found is not None
    assert {WINDOWS} == {len(part) for part in (found.x, found.y, found.low, found.high)}
    assert (50.0, 0.01, 1.0) == (max(found.high), min(found.low), found.y[0])
    assert list(found.x) == sorted(found.x)


def test_what_cannot_be_drawn_is_left_out() -> None:
    """What is not finite, and on a logarithmic axis what is not over 0; nothing is no curve."""
    values = [1.0, math.nan, 0.0, -1.0, math.inf, 2.0]

    assert Curve("after", (1.0, 3.0, 4.0, 6.0), (1.0, 0.0, -1.0, 2.0)) == drawn(values)
    assert Curve("after", (1.0, 6.0), (1.0, 2.0)) == drawn(values, positive=True)
    assert drawn([math.nan]) is drawn([0.0], positive=True) is drawn([]) is None


def test_what_no_scale_has_room_for_stands_at_the_edge() -> None:
    """A trillion, and its inverse on a logarithmic axis."""
    values = [1e300, 1e-300, -1e300]

    assert Curve("after", (1.0, 2.0, 3.0), (1e12, 1e-300, -1e12)) == drawn(values)
    assert Curve("after", (1.0, 2.0), (1e12, 1e-12)) == drawn(values, positive=True)
    assert [1e12, 1e-12, 5.0] == [on_logarithmic_axis(value) for value in (1e300, 0.0, 5.0)]


@pytest.mark.parametrize(
    ("values", "row", "count", "for_good"),
    [
        ([1.0, math.nan, math.nan], 1, 2, True),
        ([1.0, math.inf, 2.0, math.nan], 1, 2, False),
        ([math.nan], 0, 1, True),
    ],
)
def test_where_a_series_diverged(values: list[float], row: int, count: int, for_good: bool) -> None:
    """At its first value that is not finite; for good if no finite one follows."""
    found = divergence_of([a_column("loss", values)], ROWS)

    assert found is not None
    assert (row, row + 1.0, count, for_good) == (found.row, found.x, found.count, found.for_good)


def test_the_first_of_several_columns_to_diverge() -> None:
    """The one with the earliest row; none where all is finite, if not its sum."""
    late, early = a_column("loss", [1.0, math.nan]), a_column("accuracy", [math.nan, 1.0])
    found = divergence_of([a_column("val_loss", [1.0, 2.0]), late, early], ROWS)

    assert found is not None
    assert "accuracy" == found.header
    assert divergence_of([a_column("loss", [1e308, 1e308])], ROWS) is None


def test_a_drawing_of_nothing() -> None:
    """What is missing is left out."""
    nothing = dict.fromkeys(("log", "model", "accuracy", "probe", "rerun"), MISSING)

    assert Drawing() == draw(drawable(**nothing), YARDSTICK)


def test_what_holds_for_all_charts_is_said_once() -> None:
    """And only where there is something of the kind."""
    thinned, banded, plain = (
        Panel("p", "", Chart((part,)), (), "")
        for part in (
            Part(curves=(Curve("loss", (1.0,), (1.0,), (1.0,), (1.0,)),)),
            Part(bands=(Band("expected", 0.0, 1.0, 0.0, 1.0, 2.0),)),
            Part(),
        )
    )
    nothing = Panel("none", "", None, (), "")

    assert [0, 1, 1, 2] == [
        len(list(how_to_read(panels)))
        for panels in ([plain, nothing], [thinned, thinned], [banded], [banded, thinned, thinned])
    ]

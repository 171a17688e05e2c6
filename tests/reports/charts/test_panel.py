"""Tests of `grader.reports.charts.panel`: a chart with its words."""

import pytest

from grader.messages.languages import Language, translated
from grader.messages.phrase import say
from grader.reports.charts.chart import Chart, Curve, Part
from grader.reports.charts.panel import Key, Panel, panel


def test_a_panel() -> None:
    """It has what it was given, and the chart drawn under its name."""
    chart = Chart((Part(curves=(Curve("loss", (1.0, 2.0), (2.0, 1.0)),)),), "loss")
    found = panel("loss", "Loss", chart, (("loss", "line", "`loss`"),), "It falls.")

    assert (Key(look="loss", shape="line", text="`loss`"),) == found.keys
    assert ("loss", "Loss", "It falls.") == (found.name, found.title, found.words)
    assert found.svg.startswith("<svg")


@pytest.mark.parametrize(("language", "word"), [("en", "Step"), ("es", "Paso"), ("ko", "로그의 행")])
def test_a_chart_has_letters_of_any_language(language: Language, word: str) -> None:
    """They are put in as text when the page is written, so Matplotlib needs no font that has them."""
    name = say("Row of the log") if language == "ko" else say("Step")
    chart = Chart((Part(x_name=name, curves=(Curve("loss", (1.0, 2.0), (2.0, 1.0)),)),), say("Loss"))
    svg = panel("loss", "Loss", chart, (), "").lettered(language)

    assert f">{word}</text>" in svg
    assert "label-" not in svg


def test_a_text_in_a_chart_is_text() -> None:
    """It ends no element."""
    shown = Panel(name="n", title="", keys=(), words="", svg="<text>label-0</text>", labels=("<b> & c",))

    assert "<text>&lt;b&gt; &amp; c</text>" == shown.lettered("en")


def test_a_kept_panel_is_said_in_every_language() -> None:
    """What its sentences were made from is kept with them."""
    chart = Chart((Part(x_name=say("Step"), curves=(Curve("loss", (1.0, 2.0), (2.0, 1.0)),)),), "loss")
    found = panel("loss", say("Loss"), chart, (("cap", "dashes", say("The cap of {value}", value=1)),), "")
    again = Panel.model_validate_json(found.model_dump_json())

    assert found == again
    assert found.lettered("es") == again.lettered("es")
    assert "El tope de 1" == translated(again.keys[0].text, "es")

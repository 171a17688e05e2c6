"""The report as plain text, word for word."""

import pytest
from builders_reports import ALL, FAILED, LIKE, PASSED, REPORTS, REVIEW
from hypothesis import given, settings

from grader.report import Isolation, Report
from grader.reports import plain_text


def test_a_report_that_passed() -> None:
    """Who, the verdict, each item, what was measured, the notes, the sandbox."""
    sandbox = Isolation(level="full", sentence="A worker could do nothing of the kind.")

    assert (
        "Ana García (garcia)\n"
        "Rubric: gradient_clipping\n"
        "\n"
        "Passed: 7.5 of 7.5 points.\n"
        "Nothing is left to do.\n"
        "\n"
        "[passed] The hidden layers are [300, 100] (2 of 2 points)\n"
        "  The hidden layers are [300, 100], as asked.\n"
        "\n"
        "[passed] The logged norm stays within the cap (3 of 3 points)\n"
        "  The logged norm is at most 1.0000001; the cap is 1.0.\n"
        "\n"
        "[passed] The model reaches 0.87 on the test images (2.5 of 2.5 points)\n"
        "  The model is right on 0.8745 of 10,000 test images; the rubric asks for 0.87.\n"
        "\n"
        "Measured\n"
        "  - test accuracy: 0.8745 with inputs given as pixels / 255\n"
        "  - norm in the log: largest per-variable norm, after clipping\n"
        "\n"
        "Notes\n"
        "  - The log has 2 columns whose meaning is unknown: `lr`, `time`.\n"
        "  - `training_log.csv` was taken before `log.csv` because the rubric names it first.\n"
        "\n"
        "Isolation: full. A worker could do nothing of the kind.\n"
    ) == plain_text.page(PASSED.model_copy(update={"isolation": sandbox}))


def test_an_item_that_failed_says_what_to_do() -> None:
    """The sentence, what to do, and the teacher's own words on one line."""
    assert (
        "[failed] The logged norm stays within the cap (0 of 3 points)\n"
        "  The logged norm reaches 4.31 at step 12; the cap is 1.0, so 412 steps are above it.\n"
        "  To do: Pass `clipnorm=1.0` to `Adam` and train again.\n"
        "  From your teacher: Chapter 11 shows where the argument goes.\n"
    ) in plain_text.page(FAILED)


def test_an_item_that_waits_is_no_zero() -> None:
    """Its points are open, and it says who looks."""
    page = plain_text.page(REVIEW)

    assert "[review] The logged norm stays within the cap (3 points still open)\n" in page
    assert "  A teacher will look at this; it is not counted as a zero.\n" in page


def test_pairs_have_a_section() -> None:
    """Each pair is a line, and what it can mean."""
    assert (
        "Like other submissions\n"
        "  - The model has the weights of that of `ito`: all 266610 numbers are equal.\n"
        "  - The model has the weights of that of `smith`: all 266610 numbers are equal.\n"
        "  - The log has values of that of `ito`.\n"
        "  - Look at both, and decide.\n"
    ) in plain_text.page(LIKE)


@pytest.mark.parametrize("report", ALL)
def test_nothing_acts_on_a_screen(report: Report) -> None:
    """No control character but the line feed is left."""
    assert not set(plain_text.page(report)) & set("\x1b\x9b\x07\r\u202e\ufeff\ud800")


@settings(max_examples=60, deadline=None)
@given(REPORTS)
def test_no_text_makes_lines_of_its_own(report) -> None:
    """Every line ends with the one line feed that we wrote, and the page can be encoded."""
    page = plain_text.page(report)

    assert page.encode()
    assert page.splitlines() == page.split("\n")[:-1]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "es",
            (
                "Ito Ren (ito)\nRúbrica: gradient_clipping\n\n"
                "Reprobado: 4.5 de 7.5 puntos; 1 criterio no se cumplió.\n"
                "Lo que hay que hacer está debajo de cada criterio que no se cumplió.\n\n"
                "[aprobado] The hidden layers are [300, 100] (2 de 2 puntos)\n"
            ),
        ),
        (
            "ko",
            (
                "Ito Ren (ito)\n루브릭: gradient_clipping\n\n"
                "미통과: 4.5 / 7.5점; 통과하지 못한 항목 1개.\n"
                "통과하지 못한 항목마다 아래에 할 일이 있습니다.\n\n"
                "[통과] The hidden layers are [300, 100] (2 / 2점)\n"
            ),
        ),
    ],
)
def test_the_page_is_in_the_language_of_the_report(language: str, expected: str) -> None:
    """The teacher's own words stay as they are."""
    page = plain_text.page(FAILED.model_copy(update={"language": language}))

    assert expected == page[: len(expected)]
    assert "Chapter 11 shows where the argument goes." in page

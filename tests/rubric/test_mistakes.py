"""Several mistakes as one error."""

from grader.rubric.mistakes import Mistake, refusal


def test_order_and_repetition() -> None:
    """Mistakes stand in the order of the file, each once, and so do the hints."""
    error = refusal(
        "hw.yaml",
        [
            Mistake(9, "Late.", "Do B."),
            Mistake(2, "Early.", "Do A."),
            Mistake(9, "Late.", "Do B."),
            Mistake(9, "Also."),
        ],
    )

    assert "Early. (hw.yaml:2)\nLate. (hw.yaml:9)\nAlso. (hw.yaml:9)" == error.message
    assert "Do A. Do B." == error.hint


def test_no_more_than_a_page() -> None:
    """A file that is something else altogether does not fill a terminal."""
    error = refusal("hw.yaml", [Mistake(line, "Unknown key.") for line in range(1, 1001)])

    assert 50 == len(error.message.split("\n"))
    assert "950 more mistakes come after these." == error.hint

"""Whether somebody has worked in a cell, by its lines."""

import pytest

from grader.analysis.notebook.work import work_in


@pytest.mark.parametrize(
    ("source", "work"),
    [
        ("", "nothing"),
        (" \n\t\n", "nothing"),
        ("# YOUR CODE HERE\n", "comments"),
        ("# YOUR CODE HERE\nraise NotImplementedError()", "placeholder"),
        ("y = f(x)\nraise NotImplementedError", "placeholder"),
        ("def f(x):\n    '''Says\n    much.'''\n    # YOUR CODE HERE\n    pass", "placeholder"),
        (
            '@cache\ndef f(\n    x: int,\n    y: int,\n) -> int:\n    """One line."""\n    ...  # here',
            "placeholder",
        ),
        ("def f(x): pass", "placeholder"),
        ("class Model(keras.Model):\n    pass # to do", "placeholder"),
        ("def f(x): return x * 2", "done"),
        ("def f(x):\n    # YOUR CODE HERE\n    return x", "done"),
        ("%matplotlib inline", "done"),
        ("f = lambda x: x", "done"),
        ("x = '# a'", "done"),
    ],
)
def test_work_in_code(source: str, work: str) -> None:
    """A function as it was handed out is a placeholder, and one line of code is work."""
    assert work == work_in("code", source)


@pytest.mark.parametrize(
    ("source", "work"),
    [
        ("  ", "nothing"),
        ("## Question 1\n\nYOUR ANSWER HERE", "placeholder"),
        ("*Type your answer here, replacing this text.*", "placeholder"),
        ("# Question 1", "placeholder"),
        ("## Question 1\nThe gradients explode.", "done"),
    ],
)
def test_work_in_text(source: str, work: str) -> None:
    """An answer is what stands there beside headings and words that ask for one."""
    assert work == work_in("markdown", source)

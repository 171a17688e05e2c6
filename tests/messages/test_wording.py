"""Numbers and names in words, and the languages that students read."""

import math
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.messages.english import names, nearest
from grader.messages.languages import Language, of_environment, translated
from grader.messages.message import say, together
from grader.messages.wording import accuracy, counted, listed, number, quoted


@pytest.mark.parametrize(
    ("value", "other", "expected"),
    [
        *((0.0, None, "0.0"), (1.0, None, "1.0"), (1.0000001192, None, "1.0"), (-0.25, None, "-0.25")),
        *((0.0010000000474974513, None, "0.001"), (2.449489742783178, None, "2.449")),
        (7.3149, None, "7.315"),
        *((1719.4, None, "1,719"), (123456.7, None, "123,457"), (1.5e9, None, "1,500,000,000")),
        *((3.2e-7, None, "3.2e-07"), (math.nan, None, "NaN"), (math.inf, None, "infinity")),
        (-math.inf, None, "minus infinity"),
        # As many digits as it needs to differ from the other as that is written.
        *((1.00002, 1.0, "1.00002"), (1.0000001192, 1.0, "1.0000001"), (1.0, 1.0, "1.0")),
        *((2.44955, 2.449489742783178, "2.45"), (2.4491, 2.449489742783178, "2.4491")),
        *((1000.2, 1000.0, "1,000.2"), (1e20, None, "1e+20"), (7.3149, 1.0, "7.315")),
    ],
)
def test_a_number_has_four_digits(value: float, other: float | None, expected: str) -> None:
    """Float32's remainders are not shown, NaN is a word, and unequal numbers do not look equal."""
    assert expected == str(number(value, apart_from=other))


@pytest.mark.parametrize(
    ("value", "other", "expected"),
    [
        *(
            (0.87, None, "0.87"),
            (0.0, None, "0.0"),
            (0.87004, None, "0.87"),
            (0.86996, 0.87, "0.86996"),
            (0.8699, 0.87, "0.8699"),
        ),
        *((0.87, 0.87, "0.87"), (1.0, None, "1.0"), (0.87004, 0.87, "0.87004")),
    ],
)
def test_an_accuracy_has_four_decimals_at_most(value: float, other: float | None, expected: str) -> None:
    """It gets more where it would look like the threshold that it misses."""
    assert expected == accuracy(value, apart_from=other)


def test_lists_and_advice_in_english() -> None:
    """Names are quoted; a likely name is offered, else all, else nothing."""
    assert ("`a`", "`a`, `b` or `c`", "none") == (names(["a"]), names("abc", "or"), names([]))
    assert "did you mean `points`?" == nearest("Ponits", ["title", "points"], "the keys are")
    assert "the keys are `title` and `points`." == nearest("zzz", ["title", "points"], "the keys are")
    assert "there are none." == nearest("zzz", [], "there are none")


def test_a_name_from_a_file_is_quoted() -> None:
    """A student's header cannot end the backticks, break the line or run on."""
    assert "`grad norm`" == quoted("grad norm")
    assert r"`a\x1b[31m'b`" == quoted("a\x1b[31m`b")
    assert (62, 302) == (len(quoted("x" * 300)), len(quoted(Path("x" * 300))))


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(1e-6, 1e6))
def test_every_number_can_be_written(value: float, other: float) -> None:
    """Whatever a log holds, a sentence can say it, and it does not look like another number."""
    written, beside = (str(one).replace(",", "") for one in (number(value, apart_from=other), number(other)))

    assert written == beside or float(written) != float(beside) or value == other


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        *(({"LANG": spanish}, "es") for spanish in ("es_AR.UTF-8", "es", "es.UTF-8")),
        *(({"LANG": korean}, "ko") for korean in ("ko_KR", "ko-KR")),
        *(({"LANG": other}, "en") for other in ("C.UTF-8", "est_EE.UTF-8", "\x00/../")),
        ({"LANG": "es_ES.UTF-8", "LC_MESSAGES": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "es_ES.UTF-8", "LC_MESSAGES": ""}, "es"),
        ({"LC_ALL": "C", "LANG": "es_ES.UTF-8"}, "en"),
    ],
)
def test_the_environment_says_a_language(environment: Mapping[str, str], expected: Language) -> None:
    """The first of the usual variables that is set decides; one of another language means English."""
    assert expected == of_environment(environment)


def test_a_sentence_is_said_with_all_its_parts() -> None:
    """Values that are phrases are translated, names in backticks and a teacher's own words are not."""
    sentence = together(
        say("The log has {found}; the rubric asks for one for every {every}.", found="…", every="`step`"),
        "Bring cake.",
    )

    languages: tuple[Language, ...] = ("en", "es", "ko")
    assert [
        str(sentence),
        "El registro tiene …; la rúbrica pide una por cada `step`. Bring cake.",
        "로그에 …가 있습니다. 루브릭은 `step`마다 하나를 요구합니다. Bring cake.",
    ] == [translated(sentence, language) for language in languages]
    assert "Bring cake." == translated("Bring cake.", "ko")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ("0 steps", "1 step", "8,595 steps", "a, b and c", "infinity")),
        ("es", ("0 pasos", "1 paso", "8,595 pasos", "a, b y c", "infinito")),
        ("ko", ("0 step", "1 step", "8,595 step", "a, b 및 c", "무한대")),
    ],
)
def test_counts_lists_and_numbers_follow_the_language(language: Language, expected: tuple[str, ...]) -> None:
    """Decimals keep their point, as the logs and the YAML have it."""
    counts = [counted(count, "step") for count in (0, 1, 8595)]
    said = (*counts, listed(["a", "b", "c"]), number(math.inf))

    assert expected == tuple(translated(sentence, language) for sentence in said)
    assert "0.001" == translated(number(0.001), language)
    assert ["", "a", "a and b"] == [str(listed(list(words))) for words in ("", "a", "ab")]

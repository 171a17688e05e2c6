"""Tests of the languages that students read."""

from collections.abc import Mapping

import pytest

from grader.messages.languages import Language, chosen, of_environment, translated
from grader.messages.message import say, together
from grader.messages.wording import counted, listed, number


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "es_AR.UTF-8"}, "es"),
        ({"LANG": "ko_KR"}, "ko"),
        ({"LANG": "ko-KR"}, "ko"),
        ({"LANG": "es"}, "es"),
        ({"LANG": "es.UTF-8"}, "es"),
        ({"LANG": "est_EE.UTF-8"}, "en"),
        ({"LANG": "es_ES.UTF-8", "LC_MESSAGES": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "es_ES.UTF-8", "LC_MESSAGES": ""}, "es"),
        ({"LC_ALL": "C", "LANG": "es_ES.UTF-8"}, "en"),
        ({"LANG": "\x00/../"}, "en"),
    ],
)
def test_the_environment_says_a_language(environment: Mapping[str, str], expected: Language) -> None:
    """The first of the usual variables that is set decides; one of another language means English."""
    assert expected == of_environment(environment)


def test_the_command_line_goes_before_the_rubric_and_that_before_the_machine() -> None:
    """English is left where nobody says anything."""
    spanish = {"LANG": "es_ES.UTF-8"}

    assert "ko" == chosen("ko", "en", spanish)
    assert "en" == chosen(None, "en", spanish)
    assert "es" == chosen(None, None, spanish)
    assert "en" == chosen(None, None, {})


def test_a_sentence_is_said_with_all_its_parts() -> None:
    """Values that are phrases are translated, names in backticks and a teacher's own words are not."""
    sentence = together(
        say("The log has {found}; the rubric asks for one for every {every}.", found="…", every="`step`"),
        "Bring cake.",
    )

    assert "El registro tiene …; la rúbrica pide una por cada `step`. Bring cake." == translated(
        sentence, "es"
    )
    assert "로그에 …가 있습니다. 루브릭은 `step`마다 하나를 요구합니다. Bring cake." == translated(
        sentence, "ko"
    )
    assert str(sentence) == translated(sentence, "en")
    assert "Bring cake." == translated("Bring cake.", "ko")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ("1 step", "2 steps", "a, b and c", "infinity")),
        ("es", ("1 paso", "2 pasos", "a, b y c", "infinito")),
        ("ko", ("1 step", "2 step", "a, b 및 c", "무한대")),
    ],
)
def test_counts_lists_and_numbers_follow_the_language(language: Language, expected: tuple[str, ...]) -> None:
    """Decimals keep their point, as the logs and the YAML have it."""
    said = (counted(1, "step"), counted(2, "step"), listed(["a", "b", "c"]), number(float("inf")))

    assert expected == tuple(translated(sentence, language) for sentence in said)
    assert "0.001" == translated(number(0.001), language)

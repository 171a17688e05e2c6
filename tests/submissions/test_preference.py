"""How much a name speaks for a file."""

import itertools
import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.messages.message import say
from grader.messages.safe_text import plain
from grader.submissions.preference import DECLARATION, is_newer, note, preferred, reason

FIRST = "it is the first alphabetically"
NEWEST = "its name says that it is the newest"
MODELS = ("model.keras", "*.keras", "*.h5")
PARTS = st.text(st.characters(exclude_characters="/"), min_size=1, max_size=12).filter(
    lambda part: part not in {".", ".."}
)
USUAL = ("model.keras", "MODEL.keras", "a/model.keras", "a/b/x.h5", "b.KERAS", "a.keras", "a (1).keras")
NAMES = st.lists(
    st.one_of(st.lists(PARTS, min_size=1, max_size=4).map("/".join), st.sampled_from(USUAL)),
    unique=True,
    max_size=12,
)


@pytest.mark.parametrize(
    ("names", "patterns", "expected"),
    [
        ([], MODELS, None),
        (["readme.txt"], MODELS, None),
        (["model.keras"], MODELS, "model.keras"),
        (["MODEL.Keras"], MODELS, "MODEL.Keras"),
        (["model.keras"], ["*.KERAS"], "model.keras"),
        (["deep/inside/x.h5"], MODELS, "deep/inside/x.h5"),
        (["x.h5", "model/x.h5"], ["model/*.h5"], "model/x.h5"),
        (["a/b/model/x.h5", "other/x.h5"], ["model/*.h5"], "a/b/model/x.h5"),
        (["x.h5"], ["model/*.h5"], None),
        (["a\nb.h5"], ["*.h5"], "a\nb.h5"),
        (["[1].csv"], ["[[]1].csv"], "[1].csv"),
        (["submission.yaml"], ["*.yaml", "*"], None),
        (["Submission.YML"], ["*.yml"], None),
        (["submission.yml"], DECLARATION, "submission.yml"),
        (["a/Submission.YAML"], DECLARATION, "a/Submission.YAML"),
    ],
)
def test_a_name_is_preferred_by_pattern(names: list[str], patterns: list[str], expected: str | None) -> None:
    """Letter case does not matter, a pattern may name a folder, a wildcard takes no declaration."""
    assert expected == next((one.name for one in preferred(names, patterns)), None)


@pytest.mark.parametrize(
    ("names", "taken", "why", "ignored"),
    [
        ("a.keras|b/model.keras", "b/model.keras", "`model.keras` is preferred to `*.keras`", "`a.keras`"),
        ("a/z.keras|z.keras", "z.keras", "it is in the outermost folder", "`a/z.keras`"),
        ("B.keras|a.keras", "a.keras", FIRST, "`B.keras`"),
        ("a.h5|b.h5|c.h5|d.h5|e.h5", "a.h5", FIRST, "`b.h5`, `c.h5`, `d.h5` and others"),
        ("\x1b[2J`.h5|\u202eb\udcff.h5", r"\x1b[2J'.h5", FIRST, r"`\u202eb\udcff.h5`"),
        (
            "model.keras|model (2).keras|model (1).keras",
            "model (2).keras",
            NEWEST,
            "`model (1).keras`, `model.keras`",
        ),
        ("model.keras|model-1.keras", "model-1.keras", NEWEST, "`model.keras`"),
        ("x(9).h5|x(10).h5", "x(10).h5", NEWEST, "`x(9).h5`"),
        ("m_2026-11-29.h5|m_2026-10-31.h5", "m_2026-11-29.h5", NEWEST, "`m_2026-10-31.h5`"),
        ("m 20261129_0910.h5|m 20261129_1530.h5", "m 20261129_1530.h5", NEWEST, "`m 20261129_0910.h5`"),
        ("Copy of net.h5|net.h5|net - Copy.h5", "net.h5", NEWEST, "`Copy of net.h5`, `net - Copy.h5`"),
        (
            "e.out.1771590821.a.1.h5|e.out.1771590832.b.2.h5",
            "e.out.1771590832.b.2.h5",
            NEWEST,
            "`e.out.1771590821.a.1.h5`",
        ),
        ("z.keras|a.net", "z.keras", "the rubric asks for its name", "`a.net`"),
        ("z.net|a.txt", "z.net", "its name is the more usual one", "`a.txt`"),
        # Two experiments are no attempts at one file.
        ("b-2.h5|a-1.h5", "a-1.h5", FIRST, "`b-2.h5`"),
    ],
)
def test_a_preference_says_why(names: str, taken: str, why: str, ignored: str) -> None:
    """A note has the file, the reason and what was ignored; of attempts at one file the newest counts."""
    first, *others = preferred(names.split("|"), (*MODELS, "*.net", "*.txt"))
    told = note(say("model"), first.name, reason(first, others[0], MODELS), [one.name for one in others])

    assert f"Used `{taken}` as the model, because {why}; ignored {ignored}." == str(told)
    assert (why == NEWEST) is is_newer(first, others[0])


@pytest.mark.hostile_row(48)
def test_twins_are_told_apart() -> None:
    """Two names that look alike, composed and decomposed, are two files; the same one is taken each time."""
    twins = [unicodedata.normalize(form, "é.keras") for form in ("NFC", "NFD")]

    assert preferred(twins, MODELS) == preferred(twins[::-1], MODELS)
    assert twins[1] == preferred(twins, MODELS)[0].name


@settings(max_examples=150)
@given(NAMES, st.lists(st.sampled_from(["*.keras", "*.h5", "a/*", "?", "*"]), max_size=3), st.randoms())
def test_any_names_have_an_order(names, patterns, random) -> None:
    """It does not depend on the order in which they come, each has one place, and a note is one safe line."""
    found = preferred(names, patterns)
    shuffled = names.copy()
    random.shuffle(shuffled)

    assert found == preferred(shuffled, patterns)
    assert len(found) == len({one.name for one in found} & set(names))
    for first, second in itertools.pairwise(found):
        told = str(note(say("model"), first.name, reason(first, second, patterns), [second.name]))
        assert plain(told) == told


@settings(max_examples=150)
@given(NAMES)
def test_a_star_takes_whatever_is_no_declaration(names) -> None:
    """Only declarations are left out."""
    others = [name for name in names if PurePosixPath(name).name.lower() not in DECLARATION]

    assert len(others) == len(preferred(names, ["*"]))


@settings(max_examples=150)
@given(NAMES, st.randoms())
def test_another_name_changes_no_order(names, random) -> None:
    """Without one of the names the others stand as they stood."""
    found = preferred(names, MODELS)
    left_out = random.choice([*found, None])

    rest = preferred([name for name in names if left_out is None or name != left_out.name], MODELS)

    assert rest == [one for one in found if one != left_out]

"""Finds the people of one list in another: by an id, an e-mail address, a login, or a name."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_LONGEST_NAME = 200


@dataclass(frozen=True)
class Person:
    """A student as a learning platform knows them; a field is empty where it does not say."""

    name: str = ""
    id: str = ""
    email: str = ""
    login: str = ""


# What a person is found by, a set for each of the ways; `keys_of` makes it.
Keys = tuple[frozenset[str], ...]
# In the order in which they count, as they are called in a sentence; the main ids are before all others.
_WAYS = ("id", "id", "e-mail", "login", "name")


def keys_of(
    *,
    main_ids: Iterable[str] = (),
    ids: Iterable[str] = (),
    emails: Iterable[str] = (),
    logins: Iterable[str] = (),
    names: Iterable[str] = (),
) -> Keys:
    """The keys as they are compared, without the empty ones; `names` are spellings, see `name_keys`."""
    given = (main_ids, ids, emails, logins, names)
    return tuple(frozenset(map(_folded, kind)) - {"", "@"} for kind in given)


def finder(people: Sequence[Keys]) -> Callable[[Keys], tuple[tuple[int, ...], str]]:
    """Make a function that finds the positions of those whom keys may mean among these people, () if nobody.

    The first kind of key that finds anybody decides; its word comes too: `id`, `e-mail`, `login` or `name`.
    """
    indexes: list[dict[str, set[int]]] = [defaultdict(set) for _ in _WAYS]
    for position, person in enumerate(people):
        for index, keys in zip(indexes, person, strict=True):
            for key in keys:
                index[key].add(position)

    def find(wanted: Keys) -> tuple[tuple[int, ...], str]:
        for way, index, keys in zip(_WAYS, indexes, wanted, strict=True):
            found = {position for key in keys for position in index.get(key, ())}
            if found:
                return tuple(sorted(found)), way
        return (), ""

    return find


def name_keys(name: str, *, accents: bool) -> frozenset[str]:
    """The keys of a name, of two letters at least; two names are one if they share a key.

    Letter case, punctuation, the borders of words and the order of the words do not count:
    `garcíaanamaría`, as Canvas writes it, is `Ana María García` and `García, Ana María`.
    Accents count for a roster, where whoever is spelled otherwise may be somebody else. They do not for
    people who are known to be there, such as in a gradebook, which may have been exported without accents.
    """
    words = _words(name, accents=accents)
    turned = ("".join(words[start:] + words[:start]) for start in range(len(words)))
    return frozenset(key for key in (" ".join(sorted(words)), *turned) if len(key) > 1)


def may_be_one(first: str, second: str) -> bool:
    """Whether two names have a word of three letters in common, written apart or not; "" may be anybody's."""
    one, other = _words(first, accents=True), _words(second, accents=True)
    if not one or not other or first == second:
        return True
    if name_keys(first, accents=True) & name_keys(second, accents=True):
        return True
    together = ("".join(one), "".join(other))
    return any(len(word) > 2 and all(word in text for text in together) for word in (*one, *other))


def _words(name: str, *, accents: bool) -> list[str]:
    text = _folded(name[:_LONGEST_NAME])
    if not accents:
        letters = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in letters if not unicodedata.combining(letter))
    # A vowel sign of an Indic script is a mark that belongs to the letter before; to `\w` it is a border.
    return "".join(letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in text).split()


def _folded(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).casefold()
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", composed)).strip()

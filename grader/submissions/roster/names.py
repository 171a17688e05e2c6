"""Compares the names of people, which platforms write in other orders and without spaces and marks."""

import re
import unicodedata

_BETWEEN = re.compile(r"[\W_]+")
_LONGEST = 200


def keys_with_accents(name: str) -> frozenset[str]:
    """Keys of a name as it is spelled; two names are one if they share a key.

    Letter case and all that is no letter or digit is left out, and so are the borders of words:
    `garcíaanamaría`, as Canvas writes it, is `Ana María García` and `García, Ana María`.
    Each order in which a part of the front stands at the end is a key.

    Accents count: who is on a roster is not known yet, and whoever is spelled otherwise may be somebody else.
    `grader.platforms.gradebooks.people` looks for people who are known to be there, and is less strict.
    """
    words = _words(name)
    return frozenset("".join(words[start:] + words[:start]) for start in range(len(words)))


def may_be_one(first: str, second: str) -> bool:
    """Whether two names have a word of three letters in common, written apart or not; "" may be anybody's."""
    one, other = _words(first), _words(second)
    if not one or not other:
        return True
    shared = (
        word
        for words, text in ((one, "".join(other)), (other, "".join(one)))
        for word in words
        if word in text
    )
    return bool(keys_with_accents(first) & keys_with_accents(second)) or any(len(word) > 2 for word in shared)


def _words(name: str) -> list[str]:
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name[:_LONGEST]).casefold())
    # Marks that have no composed form belong to the letter before; to `\W` they are a border.
    kept = "".join(character for character in composed if not unicodedata.category(character).startswith("M"))
    return [word for word in _BETWEEN.split(kept) if word]

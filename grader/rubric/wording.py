"""What a field must be, in words, from its JSON Schema; what was received; and the nearest right name."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

LONGEST_SHOWN = 60
_MOST_KEYS = 8


def name(word: str, longest: int = LONGEST_SHOWN) -> str:
    """A word from a file as it stands in a sentence: in backticks, short, control characters escaped."""
    return f"`{repr(_short(word, longest))[1:-1]}`"


def names(words: Iterable[str], last: str = "and") -> str:
    """Several words as a list in a sentence."""
    return _listed([name(word) for word in words], last)


def show(value: Any) -> str:
    """A value as YAML would write it, in at most `LONGEST_SHOWN` characters."""
    if isinstance(value, str):
        return repr(_short(value))
    return _short(_flow(value))


def nearest(word: str, allowed: Iterable[str], otherwise: str) -> str:
    """The rest of a sentence on an unknown name: the nearest right one, or else all there are.

    Args:
        word: the name that is not known.
        allowed: the names that are.
        otherwise: what stands before the list, such as `the checks are`.
    """
    allowed = list(allowed)
    if match := difflib.get_close_matches(word.lower(), allowed, n=1):
        return f"did you mean {name(match[0])}?"
    return f"{otherwise} {names(allowed)}." if allowed else f"{otherwise}."


def demand(schema: Mapping[str, Any]) -> str:
    """What a JSON Schema asks for, as the words behind `must be`; its references are resolved already."""
    if "const" in schema:
        return f"`{_flow(schema['const'])}`"
    if "enum" in schema:
        return _listed([f"`{_flow(value)}`" for value in schema["enum"]], "or")
    if "anyOf" in schema:
        choices = [choice for choice in schema["anyOf"] if choice.get("type") != "null"]
        return " or ".join(dict.fromkeys(demand(choice) for choice in choices))
    match schema.get("type"):
        case "number":
            words = f"a number{_bounds(schema)}"
        case "integer":
            words = f"a whole number{_bounds(schema)}"
        case "string":
            words = f"text{_form(schema)}"
        case "boolean":
            words = "`true` or `false`"
        case "array":
            words = _array(schema)
        case "object":
            keys = list(schema.get("properties", ()))
            words = f"a mapping with keys from {names(keys)}" if 0 < len(keys) <= _MOST_KEYS else "a mapping"
        case _:
            words = "something else"
    return words


def _bounds(schema: Mapping[str, Any]) -> str:
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    least, most = (above if low is None else low), (below if high is None else high)
    if least is not None and most is not None:
        return f" in {'(' if low is None else '['}{_flow(least)}, {_flow(most)}{')' if high is None else ']'}"
    if least is not None:
        return f" above {_flow(least)}" if low is None else f" of at least {_flow(least)}"
    if most is not None:
        return f" below {_flow(most)}" if high is None else f" of at most {_flow(most)}"
    return ""


def _form(schema: Mapping[str, Any]) -> str:
    if "examples" in schema:
        return f" such as {names(schema['examples'], 'or')}"
    form = f" of the form `{schema['pattern'].strip('^$')}`" if "pattern" in schema else ""
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if most is not None:
        return f"{form} of {f'{least} to' if least else 'at most'} {most} characters"
    return f"{form} that is not empty" if least else form


def _array(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    if most is not None:
        many = f" of {least} to {most} entries" if least else f" of at most {most} entries"
    else:
        many = f" of at least {least} {'entry' if least == 1 else 'entries'}" if least else ""
    return f"a list{many}, each {demand(schema['items'])}" if schema.get("items") else f"a list{many}"


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_flow(entry) for entry in value) + "]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{value:.0f}"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value)[1:-1] if isinstance(value, str) else repr(value)


def _short(text: str, longest: int = LONGEST_SHOWN) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _listed(words: list[str], last: str) -> str:
    return (
        words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else "nothing"
    )

"""Tests of the catalogs: everything that is said has its translation, and nothing is said past them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from catalogs import OTHERS, PACKAGE, forms, is_compiled, left_over, missing, read, templates
from jinja2 import Environment, nodes

from grader.messages.languages import translated
from grader.messages.message import Message
from grader.platforms import names

# The rooms whose sentences a student can read.
ROOMS = ("analysis", "checks", "measure", "reports")
FILES = (
    "grading/batch",
    "grading/budget",
    "grading/judge",
    "grading/stages",
    "messages/wording",
    *(f"platforms/{platform}/hook" for platform in names("hook")),
)
# Two words or more: a sentence, or a part of one.
_WORDS = re.compile(r"[A-Za-z]{2,}[,;:]? [a-z`]")
# They are said by `say`, or not to a student: to the log, to a programmer, to whoever types a command;
# or names in a table.
_CALLS = {"say", "say_counted", "counted", "ValueError", "KeyError", "compile"}
_CALLS |= {"Option", "Argument", "UsageError", "RubricError", "QueueError", "echo", "names_in"}
_LOGGERS = {"logger", "re"}
# Names in files and in the evidence, which are compared and not read.
NAMES = {
    *("raw pixels", "standardised pixels", "log and model", "global clipnorm", "not submitted"),
    *("raw values", "standardised features", "standardised channels", "token ids", "the rubric's scale"),
    *("Wall time", "No log", "an object", "the architecture", "::notice title="),
    '<?xml version="1.0" encoding="UTF-8"?>\n',
}


def places(text: str) -> set[str]:
    """The names of the values in a template."""
    return set(re.findall(r"\{(\w+)\}", text))


def code(text: str) -> list[str]:
    """What stands in backticks."""
    return sorted(re.findall(r"`[^`]*`", text))


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_missing_is_listed(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence that the source says and no catalog has; what was taken out of the source is left over."""
    catalog = Catalog()
    catalog.add("A sentence that nobody has translated.")
    monkeypatch.setattr("catalogs.templates", lambda: catalog)

    assert ["A sentence that nobody has translated."] == missing(language)
    assert "passed" in left_over(language)


def test_a_sentence_without_translation_is_shown_in_english() -> None:
    """A contributor needs no Korean."""
    sentence = Message("A sentence that nobody has translated: {found}.", {"found": 3})

    assert "A sentence that nobody has translated: 3." == translated(sentence, "ko")


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_values_and_the_code_of_its_sentence(language: str) -> None:
    """No value is lost or invented, and what stands in backticks stays as it is.

    Where a form is for 1 alone, it may do without the count.
    """
    translations = [message for message in read(language) if message.id and all(forms(message.string))]
    wrong = [
        form
        for message in translations
        for place, form in enumerate(forms(message.string))
        for count in [{"count"} if place == 0 and len(forms(message.string)) > 1 else set()]
        if places(form) - count != places("".join(forms(message.id))) - count
        or code(form) != code(forms(message.id)[0])
    ]

    assert [] == wrong


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_catalog_is_up_to_date(language: str) -> None:
    """`python tests/languages/catalogs.py compile` writes it; the program reads nothing else."""
    assert is_compiled(language)


def sources() -> list[Path]:
    rooms = [path for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py"))]
    return [*rooms, *(PACKAGE / f"{name}.py" for name in FILES)]


def name_of(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        owner = call.func.value
        return "logged" if isinstance(owner, ast.Name) and owner.id in _LOGGERS else call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def parts_not_said(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are neither documentation nor said nor for a programmer."""
    if isinstance(tree, ast.Call) and name_of(tree) in {*_CALLS, "logged"}:
        return
    if isinstance(tree, ast.keyword) and tree.arg == "description":
        return
    if isinstance(tree, ast.Expr) and isinstance(tree.value, ast.Constant):
        return
    # What a check says of a rubric is for its author, as the mistakes in it are.
    if isinstance(tree, ast.FunctionDef) and tree.name.endswith("warnings"):
        return
    yield tree
    for child in ast.iter_child_nodes(tree):
        yield from parts_not_said(child)


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_sentence_is_past_the_catalogs(path: Path) -> None:
    """An f-string, or a string alone, would be English in every language."""
    # The words of many logs' headers, and those that stand in cells which are handed out.
    if path.name in {"names.py", "work.py"}:
        return
    found = [
        node.value
        for node in parts_not_said(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if _WORDS.search(node.value) and node.value not in NAMES
    ]

    assert [] == found


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name != "wording.py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and name_of(node) in {"say", "say_counted"}:
                    yield f"{path.relative_to(PACKAGE)}:{node.lineno}", node


def test_everything_that_is_said_is_found() -> None:
    """A call inside an f-string, for one, would not be."""
    found = {form for message in templates() if message.id for form in forms(message.id)}
    said = {
        str(node.value)
        for _, call in calls()
        for node in call.args
        if isinstance(node, ast.Constant) and re.search("[A-Za-z]", re.sub(r"\{\w+\}", "", str(node.value)))
    }

    assert set() == said - found


PAGES = sorted(PACKAGE.rglob("*.html"))
JINJA = Environment(autoescape=True)
# A person reads or hears them.
_READ = re.compile(r'\b(?:alt|title|aria-label|placeholder|label)="[^"]*[A-Za-z]')


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_sentence_of_a_page_is_past_the_catalogs(path: Path) -> None:
    """Outside of tags there is no letter that was not said, nor in an attribute that is read."""
    source = path.read_text(encoding="utf-8")
    markup = "".join(text for _, kind, text in JINJA.lex(source) if kind == "data")
    found = [line for line in re.sub(r"<[^>]*>", "", markup).split("\n") if re.search("[A-Za-z]", line)]

    assert [] == found
    assert [] == _READ.findall(markup)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_template_says_literals_with_their_values(path: Path) -> None:
    """And every other text in its expressions is a name, and not one that a person reads."""
    tree = JINJA.parse(path.read_text(encoding="utf-8"))
    said = [
        call
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in {"say", "say_counted"}
    ]
    wrong = [
        call.lineno
        for call in said
        if [nodes.Const] != [type(argument) for argument in call.args]
        or places(call.args[0].value) != {keyword.key for keyword in call.kwargs}
    ]
    inside = {id(argument) for call in said for argument in call.args}
    shown = {
        constant.value
        for output in tree.find_all(nodes.Output)
        for constant in output.find_all(nodes.Const)
        if id(constant) not in inside and isinstance(constant.value, str)
    }

    assert [] == wrong
    assert [] == [text for text in shown if re.search("[A-Z]|[a-z] [a-z]", text)]


def test_every_template_is_a_literal_with_its_values() -> None:
    """A template made at run time would not be found, and one without its value would end the program."""
    wrong = []
    for where, call in calls():
        given = {keyword.arg for keyword in call.keywords}
        counts = name_of(call) == "say_counted"
        literals = call.args[1:] if counts else call.args
        texts = [node.value for node in literals if isinstance(node, ast.Constant)]
        wanted = {name for text in texts for name in places(str(text))}
        if len(texts) != len(literals) or wanted - ({"count"} if counts else set()) != given:
            wrong.append(where)

    assert [] == wrong

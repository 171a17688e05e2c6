"""The gettext catalogs of what students read, kept with Babel.

    python tests/languages/catalogs.py update    puts what the source says into each `grader.po`
    python tests/languages/catalogs.py missing   lists what has no translation yet
    python tests/languages/catalogs.py compile   makes what the program reads, `grader.mo`
    python tests/languages/catalogs.py check     the check before a release; 1 if anything is out of date

A sentence without its translation is shown in English.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

import grader
from grader.messages.languages import DOMAIN, ENGLISH, FOLDER, LANGUAGES
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import shipped_rubrics

PACKAGE = Path(grader.__file__).parent
OTHERS = tuple(language for language in LANGUAGES if language != ENGLISH)
# What is said, in Python and in the templates of pages, and which of the arguments is the template for one
# and for many.
_SAID = {"say": None, "say_counted": (2, 3)}
_WIDTH = 110
_LETTERS = re.compile(r"[^\W\d_]")

Template = str | tuple[str, str]


@cache
def templates() -> Catalog:
    """What the source and the rubrics that ship say, each template with the files that say it."""
    catalog = Catalog(domain=DOMAIN, project="grader", creation_date=None, fuzzy=False)
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")]):
        for template in said_in(path):
            catalog.add(template, locations=[(path.relative_to(PACKAGE).as_posix(), None)])
    for path in shipped_rubrics():
        rubric = load_rubric(path)
        for title in (rubric.title, *(item.title for item in rubric.items)):
            catalog.add(title, locations=[(path.name, None)])
    return catalog


def said_in(path: Path) -> Iterator[Template]:
    """The templates in a file; those without a letter are the same in every language."""
    for template in _in_page(path) if path.suffix == ".html" else _in_python(path):
        if _LETTERS.search(re.sub(r"\{\w+\}", "", "".join(template))):
            yield template


def _in_page(path: Path) -> Iterator[Template]:
    for _, found, _, _ in extract_from_file("jinja2.ext:babel_extract", path, keywords=_SAID):
        yield found if isinstance(found, str) else (found[0], found[1])


def _in_python(path: Path) -> Iterator[Template]:
    """Read from the syntax tree: from Python 3.12 on Babel's reader looks into f-strings, too."""
    for call in _calls(ast.parse(path.read_text(encoding="utf-8"))):
        words = [
            part.value for part in call.args if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name == "say" and words:
            yield words[0]
        elif name == "say_counted" and len(words) > 1:
            yield words[0], words[1]
        elif name == "counted" and words:
            yield f"{{number}} {words[0]}", f"{{number}} {words[0]}s"


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """The calls below a node; an f-string is for whoever runs the command, and stays English."""
    if isinstance(node, ast.JoinedStr):
        return
    if isinstance(node, ast.Call):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _calls(child)


def path_of(language: str, suffix: str = ".po") -> Path:
    """The catalog of a language."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}{suffix}"


def read(language: str) -> Catalog:
    """The translations into a language."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def compiled(language: str) -> Catalog:
    """The same as the program reads them."""
    with path_of(language, ".mo").open("rb") as file:
        return read_mo(file)


def compile_catalog(language: str) -> None:
    """Make what the program reads."""
    with path_of(language, ".mo").open("wb") as file:
        write_mo(file, read(language))


def update(language: str) -> None:
    """Put what the source says into the catalog of a language, and take out what it no longer says."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog = read(language) if path.exists() else Catalog(locale=language, domain=DOMAIN, fuzzy=False)
    made = catalog.creation_date
    catalog.project, catalog.version = DOMAIN, "1"
    catalog.msgid_bugs_address = catalog.last_translator = catalog.language_team = ""
    catalog.update(templates(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    # A date that changes by itself would be a change in every commit.
    catalog.creation_date = made
    written = io.BytesIO()
    write_po(written, catalog, width=_WIDTH, no_location=True, sort_output=True)
    # Another version of Babel makes no other file.
    path.write_bytes(re.sub(rb'"Generated-By: [^"]*"\n', b"", written.getvalue()))


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """The one form of a sentence, or that for one and that for many."""
    return (text,) if isinstance(text, str) else tuple(text)


def missing(language: str) -> list[str]:
    """The sentences of the source that a language has no translation of, in English."""
    catalog = read(language)
    found = {forms(message.id): all(forms(message.string)) for message in catalog if message.id}
    return [
        forms(message.id)[0] for message in templates() if message.id and not found.get(forms(message.id))
    ]


def left_over(language: str) -> list[str]:
    """The sentences that a language has a translation of, and that the source no longer says."""
    said = {forms(message.id) for message in templates() if message.id}
    return [forms(one.id)[0] for one in read(language) if one.id and forms(one.id) not in said]


def is_compiled(language: str) -> bool:
    """Whether the program reads what was translated."""
    written, used = (
        {forms(one.id): forms(one.string) for one in catalog if one.id and all(forms(one.string))}
        for catalog in (read(language), compiled(language))
    )
    return written == used


def main(command: str) -> int:
    """Do one of the commands for every language."""
    wrong = 0
    for language in OTHERS:
        if command == "update":
            update(language)
        elif command == "compile":
            compile_catalog(language)
        else:
            lines = [f"no translation: {sentence}" for sentence in missing(language)]
            if command == "check":
                lines += [f"no longer said: {sentence}" for sentence in left_over(language)]
                lines += (
                    [] if is_compiled(language) else ["`grader.mo` is older than `grader.po`: compile it"]
                )
                wrong += len(lines)
            sys.stdout.writelines(f"{language}: {line}\n" for line in lines)
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

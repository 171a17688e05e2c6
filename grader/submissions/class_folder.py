"""The submissions in the folder of a class: a folder, an archive, or loose files for each student.

Whatever could be somebody's submission is one, so that nobody is missed; whoever reads it says what it is.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError, UsageError
from grader.messages.message import say
from grader.messages.wording import listed, quoted
from grader.submissions.archives import ENDINGS
from grader.submissions.submission import Submission, hidden, is_archive, list_files, only_archive, stem

MOST_SUBMISSIONS = 100_000
# A folder of classes has a few; a student may have trained more than once.
_MOST_CLASSES = 10
_MOST_IN_ONE = 2
_ONE_EACH = "Name the folder that holds one folder, or one `.zip`, for each student."
_MODELS = (".weights.h5", ".keras", ".h5", ".hdf5", ".pb", ".pt", ".pth", ".pkl")
_LOGS = (".csv", ".tsv", ".json", ".jsonl", ".npz", ".npy", ".log", ".txt")
# What a teacher keeps beside the submissions: lists, notes, a rubric, pages, scripts.
_DOCUMENTS = (
    *(*_LOGS, ".md", ".rst", ".pdf", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".ppt"),
    *(".pptx", ".html", ".htm", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".xml", ".tex", ".py", ".sh"),
    *(".bat", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".eml"),
)
_DOCUMENTS_WITHOUT_ENDING = ("readme", "license", "notice", "makefile", "rubric", "notes")
# A file that iCloud has not downloaded.
_IN_ICLOUD = re.compile(r"\.(?P<name>.+)\.icloud", re.DOTALL)


@dataclass(frozen=True)
class Listing:
    """The names in a folder, sorted: each link is among the `others`, not followed, what hides is `junk`.

    Where the folder has several assignments of a course, `assignment` is the one that is asked for.
    """

    path: Path
    files: tuple[str, ...]
    folders: tuple[str, ...]
    others: tuple[str, ...]
    junk: tuple[str, ...] = ()
    assignment: str = ""


def list_folder(path: Path) -> Listing:
    """List a folder; raises `OSError` where it is not there or cannot be read."""
    kinds: Mapping[str, list[str]] = {kind: [] for kind in ("files", "folders", "others", "junk")}
    with os.scandir(path) as entries:
        for entry in entries:
            if hidden(entry.name) and not _IN_ICLOUD.fullmatch(entry.name):
                kind = "junk"
            elif entry.is_dir(follow_symlinks=False):
                kind = "folders"
            else:
                kind = "files" if entry.is_file(follow_symlinks=False) else "others"
            kinds[kind].append(entry.name)
    files, folders, others, junk = (tuple(sorted(names)) for names in kinds.values())
    return Listing(path, files, folders, others, junk)


def find_submissions(folder: Path) -> tuple[Submission, ...]:
    """Every submission in a folder, in order of id.

    A folder that is not there, cannot be read, has no submission in it, or is one itself raises `UsageError`.
    """
    try:
        listing = list_folder(folder)
    except FileNotFoundError:
        raise UsageError(f"There is no folder {quoted(folder)}.", _ONE_EACH) from None
    except NotADirectoryError:
        hint = f"If it is an archive, unpack it. {_ONE_EACH}"
        raise UsageError(f"{quoted(folder)} is a file, not a folder.", hint) from None
    except OSError as error:
        raise UsageError(
            f"The folder {quoted(folder)} cannot be read: {error.strerror}.",
            "Name a folder that you may read.",
        ) from None
    found = submissions_in(listing)
    if _is_one_submission(listing):
        raise UsageError(
            f"{quoted(folder)} looks like one submission, not like a class: a model lies in it directly.",
            f"For a single submission, use `grader check`. {_ONE_EACH}",
        )
    if not found:
        raise UsageError(
            f"No submission was found in {quoted(folder)}: it has no subfolder and no `.zip` file.",
            f"{_ONE_EACH} For a single submission, use `grader check`.",
        )
    if len(found) > MOST_SUBMISSIONS:
        raise UsageError(
            f"{quoted(folder)} holds {len(found):,} submissions; at most {MOST_SUBMISSIONS:,} are read.",
            _ONE_EACH,
        )
    return found


def submissions_in(listing: Listing) -> tuple[Submission, ...]:
    """What could be somebody's submission, in order of id: the ids are names without what an archive adds.

    A link to a folder, to an archive or to nothing is one, so that it is said that links are not followed; so
    is a file that cannot be read. Loose models are one each, with the documents that are called like them.
    """
    folder = listing.path
    found = [Submission(name, only_archive(folder / name) or folder / name) for name in listing.folders]
    found.extend(Submission(name, folder / name) for name in listing.others if _misleads(folder / name))
    taken = {submission.id.casefold() for submission in found}

    def own_id(name: str) -> str:
        own = name if stem(name).casefold() in taken else stem(name)
        taken.add(own.casefold())
        return own

    for name in listing.files:
        if not (_has(name, _MODELS) or is_document(name)):
            plain = _IN_ICLOUD.fullmatch(name)
            found.append(Submission(own_id(plain["name"] if plain else name), folder / name))
    for model, files in _loose(listing.files).items():
        found.append(Submission(own_id(model), folder, (_LOOSE,), tuple((name, name) for name in files)))
    return tuple(sorted(found, key=lambda submission: submission.id))


_LOOSE = say("It was handed in as loose files. Next time, hand in one `.zip` with the model and the log.")


def is_document(name: str) -> bool:
    """Whether a file beside submissions may well be the teacher's own, such as notes or a list."""
    return _has(name, _DOCUMENTS) or name.lower() in _DOCUMENTS_WITHOUT_ENDING


def names_of(submission: Submission, folder: Path) -> frozenset[str]:
    """The names in the folder of a class that are part of this submission."""
    if submission.files:
        return frozenset(PurePosixPath(stored).parts[0] for _, stored in submission.files)
    return frozenset(submission.path.relative_to(folder).parts[:1])


def only_folder(listing: Listing) -> Listing | None:
    """The only folder of a folder, which has nothing else in it but a teacher's documents."""
    if len(listing.folders) != 1 or listing.others or not all(map(is_document, listing.files)):
        return None
    try:
        return replace(list_folder(listing.path / listing.folders[0]), assignment=listing.assignment)
    except OSError:
        return None


def is_class(inner: Listing) -> bool:
    """Whether the only folder of a folder is that of the class, and not the submission of one student.

    Raises:
        UsageError: It may be either.
    """
    whole, models = _submissions_below(inner)
    one = _looks_like_one(inner)
    if one and not models:
        return False
    if len(whole) > 1 and not one:
        return True
    if one or len(models) > 1:
        raise UsageError(
            f"{quoted(inner.path)} may be a class or one submission: {listed(_quoted(models))} "
            f"in it {'has' if len(models) == 1 else 'each have'} a model.",
            f"Name {quoted(inner.path)} if it is the class; use `--layout folders` if it is one submission.",
        )
    return False


def refuse_several_classes(listing: Listing) -> None:
    """Raise `UsageError` where one of a few folders holds several submissions: it is a class of its own."""
    for name in listing.folders if len(listing.folders) <= _MOST_CLASSES else ():
        try:
            inner = list_folder(listing.path / name)
        except OSError:
            continue
        whole, _ = _submissions_below(inner)
        if len(whole) > _MOST_IN_ONE and not _looks_like_one(inner):
            raise UsageError(
                f"{quoted(inner.path)} holds several submissions, such as {listed(_quoted(whole))}.",
                f"Name {quoted(inner.path)} if it is the class, or use `--layout folders`.",
            )


def _submissions_below(folder: Listing) -> tuple[list[str], list[str]]:
    """The names in a folder that may be whole submissions, with a model and a log; and those with a model."""
    archives = [name for name in folder.files if is_archive(name)]
    held = {name: _forms_in(folder.path / name) for name in folder.folders}
    whole = [name for name, forms in held.items() if forms == {"model", "log"}]
    return [*archives, *whole], [*archives, *(name for name, forms in held.items() if "model" in forms)]


def _quoted(names: Iterable[str]) -> list[str]:
    return [quoted(name) for name in sorted(names)[:3]]


def _forms_in(folder: Path) -> set[str]:
    """Whether there is a file in the folder that may be a model, and one that may be a log."""
    try:
        names = list_files(folder)
    except SubmissionError:
        return set()
    forms = {"model": _MODELS, "log": _LOGS}
    return {form for form, endings in forms.items() if any(_has(name, endings) for name in names)}


def _is_one_submission(listing: Listing) -> bool:
    """Whether the folder is one student's: with a model and a log of its own, and no other model below it."""
    others = [name for name in listing.files if not _has(name, _MODELS) and not is_document(name)]
    if others or not _looks_like_one(listing):
        return False
    return not any("model" in _forms_in(listing.path / name) for name in listing.folders)


def _looks_like_one(listing: Listing) -> bool:
    """Whether a model lies in the folder, and a log that is called otherwise, or no second model."""
    loose = _loose(listing.files)
    claimed = {name for files in loose.values() for name in files}
    logs = [name for name in listing.files if _has(name, _LOGS) and name not in claimed]
    return bool(loose) and (bool(logs) or (len(loose) == 1 and not listing.folders))


def _loose(files: Iterable[str]) -> Mapping[str, list[str]]:
    """The loose models by their common names, each with the documents that are called like it."""
    names = list(files)
    models: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if _has(name, _MODELS):
            models[_model_stem(name)].append(name)
    if models:
        for name in names:
            if not _has(name, _MODELS) and is_document(name):
                own = PurePosixPath(name).stem
                # `ana_log.csv` is that of `ana.keras`, and of `ana_b.keras` only where it begins like it.
                cuts = [own, *(own[: cut.start()] for cut in reversed(list(re.finditer(r"[-_. ]", own))))]
                if (model := next((cut for cut in cuts if cut in models), None)) is not None:
                    models[model].append(name)
    return models


def _model_stem(name: str) -> str:
    ending = next(ending for ending in _MODELS if name.lower().endswith(ending))
    return name[: -len(ending)]


def _has(name: str, endings: tuple[str, ...]) -> bool:
    return name.lower().endswith(endings)


def _misleads(path: Path) -> bool:
    """Whether a link stands where a submission should: it leads to anything but a file that is no archive."""
    if not path.is_symlink():
        return False
    try:
        return _has(path.name, ENDINGS) or not path.is_file()
    except OSError:  # a ring of links
        return True

"""The keys of what was measured: hashes of everything that a measurement depends on, and of nothing else.

Wordings do not count: when the program words a sentence differently, the keys stay, and cached evidence keeps
its old sentences until it is measured again.
"""

import ast
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path

import grader
from grader.evidence.frozen import Frozen
from grader.measure.request import Request, RerunRequest
from grader.rubric import Limits, Plan

_PACKAGE = Path(grader.__file__).parent
# What computes: another version may give other numbers.
_COMPUTING = ("tensorflow", "keras", "numpy", "h5py", "pandas", "safetensors", "scikit-learn")
# The parts of the program that evidence comes from.
_MEASURING = (
    "analysis/notebook/work.py",
    "analysis/predictions.py",
    "datasets/__init__.py",
    "datasets/labels.py",
    "measure",
    "evidence",
    "rubric/__init__.py",
    "rubric/network.py",
    "submissions/archives.py",
    "submissions/handed_in.py",
    "submissions/people.py",
    "submissions/preference.py",
    "submissions/student_seed.py",
    "submissions/submission.py",
)
_SENTENCES = {"say", "say_counted"}


class Circumstances(Frozen):
    """What every measurement of a run depends on besides the submission."""

    plan: Plan
    # The SHA-256 of the images, and of the parts of the program that measure.
    data: str
    program: str
    versions: tuple[str, ...]


def circumstances(plan: Plan, data: str) -> Circumstances:
    """The circumstances of a run with this plan on data with this SHA-256."""
    usual = Limits()
    # More time and memory give no other numbers; a larger file may be read where a smaller one was refused.
    limits = plan.limits.model_copy(update={"seconds": usual.seconds, "memory": usual.memory})
    # Where the data lie does not matter.
    measuring = plan.model_copy(update={"limits": limits, "data": ""})
    versions = tuple(f"{name} {metadata.version(name)}" for name in _COMPUTING)
    return Circumstances(plan=measuring, data=data, program=measuring_sha256(), versions=versions)


def evidence_key(messages: Sequence[bytes], run: Circumstances) -> str:
    """The key of what is measured of a submission, from what a worker is sent of it: `request.pack`.

    The first of the messages has the SHA-256 of the others.
    """
    request = Request.model_validate_json(messages[0]).model_copy(update={"plan": run.plan})
    return _sha256(run.model_dump_json(), request.model_dump_json())


def rerun_key(request: RerunRequest, run: Circumstances) -> str:
    """The key of a network's rerun, for which only that part of the plan counts."""
    alone = run.model_copy(update={"plan": request.alone})
    return _sha256(alone.model_dump_json(), request.sha256)


@cache
def program_sha256() -> str:
    """The SHA-256 of the whole program's source."""
    return _sha256(*(part for name, content in _sources(".") for part in (name, content)))


@cache
def measuring_sha256() -> str:
    """The SHA-256 of what the measuring parts of the program do."""
    sources = (source for part in _MEASURING for source in _sources(part))
    return _sha256(*(text for name, content in sources for text in (name, what_it_does(content))))


def what_it_does(source: bytes) -> str:
    """A text of a module that stays the same when only comments, docstrings or sentences change."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SENTENCES:
            node.args = [one for one in node.args if not isinstance(one, ast.Constant)]
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node) is not None
        ):
            del node.body[0]
    return ast.dump(tree)


def _sources(part: str) -> Iterator[tuple[str, bytes]]:
    """The modules of a part of the program, by their paths in it."""
    path = _PACKAGE / part
    for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
        yield file.relative_to(_PACKAGE).as_posix(), file.read_bytes()


def _sha256(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
    return digest.hexdigest()

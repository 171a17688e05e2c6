"""The keys under which things are kept: hashes of everything that they depend on."""

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path

import grader
from grader.frozen import Frozen
from grader.measure.architecture import RerunRequest
from grader.measure.request import Request
from grader.rubric import Limits, Plan

# What computes: another version may give other numbers.
_COMPUTING = ("tensorflow", "keras", "numpy", "h5py", "pandas")
# The parts of the program that evidence comes from; all of it makes findings.
_MEASURING = (
    "measure",
    "evidence",
    "frozen.py",
    "messages",
    "rubric/__init__.py",
    "rubric/memory.py",
    "submissions/people.py",
    "submissions/submission.py",
)


class Circumstances(Frozen):
    """What every measurement of a run depends on beside the submission.

    Attributes:
        plan: without the limits on time and memory, which decide only whether a measurement is finished.
        data: the SHA-256 of the images.
        program: of the parts of the program that measure.
        versions: of the libraries that compute.
    """

    plan: Plan
    data: str
    program: str
    versions: tuple[str, ...]


def circumstances(plan: Plan, data: str) -> Circumstances:
    """Those of a run with this plan on data with this SHA-256."""
    versions = tuple(f"{name} {metadata.version(name)}" for name in _COMPUTING)
    return Circumstances(
        plan=_measuring(plan), data=data, program=program_sha256(*_MEASURING), versions=versions
    )


def evidence_key(messages: Sequence[bytes], run: Circumstances) -> str:
    """The key of what is measured of a submission.

    Args:
        messages: what a worker is sent of it, as `grader.measure.request.pack` gives them.
        run: what else it depends on.
    """
    request = Request.model_validate_json(messages[0]).model_copy(update={"plan": run.plan})
    return _sha256(run.model_dump_json(), request.model_dump_json(), *messages[1:])


def rerun_key(request: RerunRequest, run: Circumstances) -> str:
    """The key of what comes of a network's training; of the plan only the rerun counts."""
    alone = run.model_copy(update={"plan": Plan(rerun=run.plan.rerun)})
    return _sha256(alone.model_dump_json(), request.sha256)


@cache
def program_sha256(*parts: str) -> str:
    """Of the source of these files and folders of the package, or of all of it."""
    package = Path(grader.__file__).parent
    sources: list[Path] = []
    for part in parts or (".",):
        path = package / part
        sources += [path] if path.is_file() else sorted(path.rglob("*.py"))
    named = ((path.relative_to(package).as_posix(), path.read_bytes()) for path in sources)
    return _sha256(*(part for pair in named for part in pair))


def _measuring(plan: Plan) -> Plan:
    # Where the data lie is no part of what they are.
    own = Limits()
    # More time and memory give no other numbers; a larger file may be read where a smaller one was refused.
    limits = plan.limits.model_copy(update={"seconds": own.seconds, "memory": own.memory})
    return plan.model_copy(update={"limits": limits, "data": ""})


def _sha256(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
    return digest.hexdigest()

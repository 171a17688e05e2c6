"""What was measured before, kept beside the reports: nothing of it is measured twice.

Everything is kept by the content of what it came from (`keys`), in a file that is written whole and has its
own hash. A run that is killed at any moment leaves nothing half done, and the next one goes on where it was.
"""

from hashlib import sha256
from pathlib import Path

from grader.evidence import Evidence
from grader.evidence.training import Rerun
from grader.files.output import write_whole
from grader.grading.store import sealed
from grader.grading.store.entry import Entry, page, read_entry
from grader.grading.store.files import key_by_stamps, read_seen, seen_page
from grader.grading.store.judged import Judged, read_judged
from grader.grading.store.keys import Circumstances, evidence_key, program_sha256, rerun_key
from grader.grading.store.pairs import Alike, Pairs, read_pairs
from grader.grading.store.run import Run, read_run
from grader.measure.architecture import RerunRequest
from grader.measure.request import pack
from grader.report import Origin
from grader.submissions.submission import Submission

FOLDER = ".grader"


class Store:
    """What is kept below one output folder. One run uses it at a time; see `lock`."""

    def __init__(self, out: Path, run: Circumstances, *, read_only: bool = False) -> None:
        """Open it.

        Args:
            out: the output folder.
            run: what every measurement depends on beside the submission.
            read_only: nothing is kept.
        """
        self.folder = out / FOLDER
        self._run = run
        self._run_sha256 = sha256(run.model_dump_json().encode()).hexdigest()
        self._read_only = read_only
        self._seen = read_seen(self.folder / "files.json")

    def key(self, submission: Submission) -> str:
        """The key of a submission as its files are now; they are read only if they were changed."""
        return key_by_stamps(
            submission,
            self._run_sha256,
            self._seen,
            lambda: evidence_key(pack(submission, self._run.plan), self._run),
        )

    def entry(self, key: str) -> Entry | None:
        """The evidence that is kept under a key."""
        return read_entry(self.folder / "evidence" / f"{key}.jsonl")

    def keep(self, key: str, evidence: Evidence, origin: Origin) -> bool:
        """Keep evidence, unless the measuring failed for a reason that is not in the submission.

        Returns:
            Whether it was kept.
        """
        if any(problem.who != "student" for problem in evidence.problems()):
            return False
        self._write(f"evidence/{key}.jsonl", page(origin, evidence))
        return True

    def rerun(self, request: RerunRequest) -> Rerun | None:
        """What came of training a network, if that was done before."""
        return sealed.read(Rerun, self.folder / "reruns" / f"{rerun_key(request, self._run)}.json")

    def keep_rerun(self, request: RerunRequest, rerun: Rerun) -> None:
        """Keep what came of training a network."""
        self._write(f"reruns/{rerun_key(request, self._run)}.json", sealed.page(rerun))

    def judged(self, key: str) -> Judged | None:
        """What this program found in evidence."""
        return read_judged(self.folder / "judged" / f"{key}.json", program_sha256())

    def keep_judged(self, key: str, judged: Judged) -> None:
        """Keep what was found in evidence."""
        self._write(f"judged/{key}.json", sealed.page(judged))

    @property
    def program(self) -> str:
        """The SHA-256 of the program that judges."""
        return program_sha256()

    def pairs(self, of: str) -> tuple[Alike, ...] | None:
        """The pairs of a class; see `class_sha256`."""
        return read_pairs(self.folder / "pairs.json", of)

    def keep_pairs(self, of: str, alike: tuple[Alike, ...]) -> None:
        """Keep the pairs of a class."""
        self._write("pairs.json", sealed.page(Pairs(of=of, alike=alike)))

    def last_run(self) -> Run | None:
        """Who was graded into this folder."""
        return read_run(self.folder / "run.json")

    def keep_run(self, run: Run) -> None:
        """Keep who was graded, and which files were read."""
        self._write("run.json", sealed.page(run))
        self._write("files.json", seen_page(self._seen))

    def _write(self, name: str, content: str | bytes) -> None:
        if not self._read_only:
            write_whole(self.folder / name, content)

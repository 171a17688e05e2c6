"""Tests of `grader.grading.store.files`: what has not changed is not read again."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from builders_folders import make_file

from grader.grading.store import files
from grader.grading.store.files import Seen, key_by_stamps, read_seen, seen_page
from grader.submissions.submission import Submission


@pytest.fixture(autouse=True)
def _nothing_has_to_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_SECONDS_TO_SETTLE", -60)


class Reader:
    """Gives a new key for each reading."""

    def __init__(self) -> None:
        self.seen: dict[str, Seen] = {}
        self.readings = 0

    def key(self, submission: Submission, circumstances: str = "run") -> str:
        """The key that is given."""
        return key_by_stamps(submission, circumstances, self.seen, self._read)

    def _read(self) -> str:
        self.readings += 1
        return f"key {self.readings}"


def a_submission(folder: Path) -> Submission:
    make_file(folder, "ana/model.keras", b"model")
    make_file(folder, "ana/training_log.csv", b"log")
    return Submission("ana", folder / "ana")


def test_a_submission_is_read_once(tmp_path: Path) -> None:
    """As long as none of its files changes."""
    reader, submission = Reader(), a_submission(tmp_path)

    assert ["key 1", "key 1"] == [reader.key(submission) for _ in range(2)]


def test_it_is_read_again_under_other_circumstances(tmp_path: Path) -> None:
    """Another rubric or version makes another key of the same files."""
    reader, submission = Reader(), a_submission(tmp_path)

    assert ["key 1", "key 2"] == [reader.key(submission, run) for run in ("run", "another")]


def test_equal_size_and_time_of_content_are_not_trusted(tmp_path: Path) -> None:
    """A changed file whose time was set back is read: the time of any change cannot be set."""
    reader, submission = Reader(), a_submission(tmp_path)
    log = tmp_path / "ana" / "training_log.csv"
    before = log.stat()
    reader.key(submission)
    time.sleep(0.02)

    log.write_bytes(b"Log")
    os.utime(log, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert (before.st_size, before.st_mtime_ns) == (log.stat().st_size, log.stat().st_mtime_ns)
    assert "key 2" == reader.key(submission)


@pytest.mark.parametrize("change", ["new file", "gone file", "touched", "other note", "other names"])
def test_every_change_is_read(tmp_path: Path, change: str) -> None:
    """What a key depends on beside the content is noticed, too."""
    reader, submission = Reader(), a_submission(tmp_path)
    reader.key(submission)
    time.sleep(0.02)

    if change == "new file":
        make_file(tmp_path, "ana/more.txt")
    elif change == "gone file":
        (tmp_path / "ana" / "training_log.csv").unlink()
    elif change == "touched":
        (tmp_path / "ana" / "model.keras").touch()
    elif change == "other note":
        submission = replace(submission, notes=("It came late.",))
    else:
        submission = replace(submission, files=(("log.csv", "training_log.csv"),))

    assert "key 2" == reader.key(submission)


def test_a_link_in_its_place_is_read(tmp_path: Path) -> None:
    """A folder that was taken away and linked to is another submission, although its files are the same."""
    reader, submission = Reader(), a_submission(tmp_path)
    reader.key(submission)

    (tmp_path / "ana").rename(tmp_path / "elsewhere")
    (tmp_path / "ana").symlink_to(tmp_path / "elsewhere")

    assert "key 2" == reader.key(submission)


def test_students_in_one_folder_stay_apart(tmp_path: Path) -> None:
    """In a platform's download only the files tell them apart."""
    reader, ana = Reader(), replace(a_submission(tmp_path), files=(("model.keras", "model.keras"),))
    ben = replace(ana, id="ben", files=(("log.csv", "training_log.csv"),))

    assert ["key 1", "key 2", "key 1", "key 2"] == [reader.key(one) for one in (ana, ben, ana, ben)]


def test_a_zip_is_stamped_itself(tmp_path: Path) -> None:
    """Its content is not looked at."""
    reader, zipped = Reader(), Submission("ana", make_file(tmp_path, "ana.zip", b"zip"))
    keys = [reader.key(zipped) for _ in range(2)]
    time.sleep(0.02)
    make_file(tmp_path, "ana.zip", b"piz")

    assert ["key 1", "key 1", "key 2"] == [*keys, reader.key(zipped)]


def test_what_is_not_there_is_read_every_time(tmp_path: Path) -> None:
    """Nothing is remembered of it."""
    reader, gone = Reader(), Submission("ana", tmp_path / "gone")

    assert ["key 1", "key 2"] == [reader.key(gone) for _ in range(2)]
    assert {} == reader.seen


def test_what_changes_while_it_is_read_is_not_remembered(tmp_path: Path) -> None:
    """The next run reads it again."""
    seen: dict[str, Seen] = {}
    submission = a_submission(tmp_path)

    def read() -> str:
        time.sleep(0.02)
        make_file(tmp_path, "ana/model.keras", b"other")
        return "key"

    assert "key" == key_by_stamps(submission, "run", seen, read)
    assert {} == seen


def test_what_was_changed_just_now_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It could be changed again within the same tick of the file system's clock."""
    monkeypatch.setattr(files, "_SECONDS_TO_SETTLE", 2)
    reader, submission = Reader(), a_submission(tmp_path)

    assert ["key 1", "key 2"] == [reader.key(submission) for _ in range(2)]


def test_what_was_read_is_remembered_by_the_next_run(tmp_path: Path) -> None:
    """Names of any bytes come back; a damaged file is as good as none."""
    reader = Reader()
    reader.key(Submission("bad", make_file(tmp_path, "bad\udcff/log.csv").parent))
    (tmp_path / "files.json").write_text(seen_page(reader.seen), encoding="utf-8")
    (tmp_path / "damaged.json").write_text(seen_page(reader.seen)[:-3], encoding="utf-8")

    assert 1 == len(reader.seen)
    assert reader.seen == read_seen(tmp_path / "files.json")
    assert {} == read_seen(tmp_path / "damaged.json") == read_seen(tmp_path / "missing.json")

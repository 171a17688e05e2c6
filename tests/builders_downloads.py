"""A class as each platform hands it out: its files, and whose they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from builders_folders import a_zip, metadata

# What three systems leave behind in a folder.
JUNK = (
    *(".DS_Store", "._.DS_Store", ".localized", "__MACOSX/._x", "Thumbs.db", "desktop.ini", "~$grades.xlsx"),
    *(".~lock.grades.ods#", ".directory", ".Trash-1000/x"),
)
DOCUMENTS = ("grades.csv", "notes.txt", "rubric.yaml")
# What cannot be read, and is somebody's.
UNREADABLE: Mapping[str, bytes] = {
    "hw.rar": b"Rar!\x1a\x07\x01\x00",
    "hw.7z": b"7z\xbc\xaf\x27\x1c",
    "hw.tar.xz": b"\xfd7zXZ\0",
    "hw.zip": b"",
    "model.lnk": b"L\0\0\0\x01\x14\x02\0",
    "model.url": b"[InternetShortcut]\r\nURL=https://example.edu\r\n",
    "model.webloc": b"<?xml version='1.0'?>",
    "model.desktop": b"[Desktop Entry]\nType=Link\n",
    "model.gdoc": b'{"doc_id": "x"}',
    "model.keras": b"",
}
LAYOUTS: dict[str, Callable[["Handout"], None]] = {}


@dataclass
class Handout:
    """The files of a class by name, as `handed_in` by each student, oldest attempt first.

    An attempt has files by the student's own names. Each content says whose it is, but that of what is empty.
    """

    handed_in: Mapping[str, Sequence[Mapping[str, bytes]]]
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def newest(self) -> list[tuple[int, str, Mapping[str, bytes]]]:
        """A number, the student and the newest attempt, for platforms that hand out no other."""
        return [
            (number, student, attempts[-1])
            for number, (student, attempts) in enumerate(self.handed_in.items(), start=1)
        ]

    def add(self, prefix: str, files: Mapping[str, bytes]) -> None:
        """Put files into the class with this before their names."""
        self.files |= {f"{prefix}{name}": content for name, content in files.items()}


def layout(make: Callable[[Handout], None]) -> Callable[[Handout], None]:
    """A way to hand out a class, by the function's name."""
    LAYOUTS[make.__name__] = make
    return make


@layout
def folders(class_: Handout) -> None:
    """A folder for each student."""
    for _, student, files in class_.newest:
        class_.add(f"{student}/", files)


@layout
def archives(class_: Handout) -> None:
    """An archive for each student."""
    for _, student, files in class_.newest:
        class_.files[f"{student}.zip"] = a_zip(*files.items())


@layout
def canvas(class_: Handout) -> None:
    """Every file of every attempt, the newer with the greater number and `-1` in its name."""
    for user, (student, attempts) in enumerate(class_.handed_in.items(), start=1):
        name = "".join(student.lower().split())
        for attempt, files in enumerate(attempts):
            for number, (own, content) in enumerate(files.items()):
                stem, dot, ending = own.partition(".")
                again = f"-{attempt}" if attempt else ""
                stored = (
                    f"{name}_{user}_{user * 1000 + attempt * 100 + number + 1}_{stem}{again}{dot}{ending}"
                )
                class_.files[stored] = content


@layout
def moodle(class_: Handout) -> None:
    """A folder for each participant, and what was typed in."""
    for number, student, files in class_.newest:
        class_.add(f"{student}_{number}_assignsubmission_file_/", files)
        class_.files[f"{student}_{number}_assignsubmission_onlinetext_/onlinetext.html"] = b"<p>"


@layout
def gradescope(class_: Handout) -> None:
    """A folder for each submission, and the metadata."""
    people = {}
    for number, student, files in class_.newest:
        class_.add(f"submission_{number}/", files)
        people[f"submission_{number}"] = [(student, f"s{number}", f"{number}@example.edu")]
    class_.files["submission_metadata.yml"] = metadata(**people).encode()


@layout
def github(class_: Handout) -> None:
    """A repository for each student."""
    for number, _, files in class_.newest:
        class_.add(f"hw-student{number}/", {".git/HEAD": b"ref", **files})


@layout
def brightspace(class_: Handout) -> None:
    """A folder for each attempt, and a list."""
    for number, (student, attempts) in enumerate(class_.handed_in.items(), start=1):
        for attempt, files in enumerate(attempts):
            class_.add(f"{number}-77 - {student} - Sep 24, 2026 {attempt + 9}00 PM/", files)
    class_.files["index.html"] = b"<html>"


@layout
def blackboard(class_: Handout) -> None:
    """Every file of every attempt, each with a text."""
    for number, (student, attempts) in enumerate(class_.handed_in.items(), start=1):
        for attempt, files in enumerate(attempts):
            stored = f"HW 11_login{number}_attempt_2026-03-0{attempt + 1}-10-00-00"
            class_.add(f"{stored}_", files)
            class_.files[f"{stored}.txt"] = f"Name: {student} (login{number})\n".encode()


@layout
def teams(class_: Handout) -> None:
    """A folder for each student, assignment and version."""
    for student, attempts in class_.handed_in.items():
        for attempt, files in enumerate(attempts, start=1):
            class_.add(f"{student}/HW 11/Version {attempt}/", files)


@layout
def google_classroom(class_: Handout) -> None:
    """Every file, after its student's name."""
    for _, student, files in class_.newest:
        class_.add(f"{student} - ", files)


@layout
def ilias(class_: Handout) -> None:
    """A folder for each student, and a table."""
    for number, student, files in class_.newest:
        given, family = student.split()
        class_.add(f"{family}_{given}_login{number}_{number}/", files)
    class_.files["status.xlsx"] = b"PK"


@layout
def nbgrader(class_: Handout) -> None:
    """A folder for each student and assignment."""
    for _, student, files in class_.newest:
        class_.add(f"{student}/ps11/", {"timestamp.txt": b"2026-03-01", **files})

"""Folders as learning platforms hand them out, of empty files."""

from pathlib import Path

from builders_folders import make_file


def a_folder(folder: Path, *names: str) -> Path:
    """A folder with files; a name that ends with `/` is an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        if name.endswith("/"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        else:
            make_file(folder, name)
    return folder


def metadata(**submitters: list[tuple[str, str, str]]) -> str:
    """Gradescope's metadata: for each folder its submitters' names, numbers and e-mail addresses."""
    lines = []
    for folder, people in submitters.items():
        lines += [f"{folder}:", "  :submitters:" if people else "  :submitters: []"]
        for name, number, email in people:
            lines += [f"  - :name: {name}", f"    :sid: '{number}'", f"    :email: {email}"]
        lines += [
            "  :created_at: 2026-03-01 10:00:00.123456000 Z",
            "  :score: 0.0",
            "  :results:",
            "    tests:",
            "    - &1",
            "      name: loads",
            "      output: |",
            "        :submitters: nobody",
            "    - *1",
            "  :history: !ruby/array []",
        ]
    return "\n".join(lines) + "\n"

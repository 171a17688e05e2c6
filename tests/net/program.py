"""The program as its users run it, in a folder that goes afterwards, and what it leaves there."""

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from comparing import plain, sentences, table, tree

# The program is that of the folder in which the net is started.
TREE = Path.cwd()
RUBRIC = TREE / "rubrics" / "gradient_clipping.yaml"
ITEM = re.compile(r"^\S (\w[\w ]*?) (\S.*) ([\d.]+ of [\d.]+)$", re.MULTILINE)


class Program:
    """The program in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str | Path, script: str = "", **variables: str) -> dict[str, Any]:
        """The exit code of a command, what it says, and the items that it shows with their points.

        `script` is run in the place of the grader; the variables of the environment come to those that stay.
        """
        program = [sys.executable, str(TREE / script)] if script else [sys.executable, "-m", "grader"]
        command = [*program, *map(str, arguments)]
        own = {"PYTHONPATH": str(TREE), "COLUMNS": "1000", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "XQ", "LC_"))
        }
        done = subprocess.run(
            command, capture_output=True, cwd=self.folder, env=kept | own | variables, check=False
        )
        out, err = (self.plain(text.decode()) for text in (done.stdout, done.stderr))
        items = {title: {"status": f"{status}, {points}"} for status, title, points in ITEM.findall(out)}
        lined = script or {"--help", "schema"} & set(command)
        return {
            "exit": done.returncode,
            "items": items,
            "out": out if lined else sentences(out),
            "err": err if lined else sentences(err),
        }

    def plain(self, text: str) -> str:
        """A text without what differs by machine and moment."""
        places = {self.folder: "HERE", TREE: "TREE", sys.prefix: "PYTHON", Path.home(): "HOME"}
        return plain(text, {str(path): word for path, word in places.items()})

    def file(self, path: str | Path) -> Any:
        """What a file holds, read by its form."""
        path = self.folder / path
        if not path.is_file():
            return "no such file"
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as packed:
                return {"names_written": "\n".join(sorted(packed.namelist()))}
        text = path.read_text(encoding="utf-8")
        return {".json": json.loads, ".csv": table, ".xml": tree}.get(path.suffix, self.plain)(text)

    def names(self, folder: str) -> str:
        """The files of a folder but hidden ones."""
        top = self.folder / folder
        paths = (path.relative_to(top) for path in top.rglob("*") if path.is_file())
        return "\n".join(sorted(str(path) for path in paths if path.parts[0][0] != "."))

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files, with the folders that they lie in."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def rubric(self, name: str, old: str, new: str) -> Path:
        """The homework's rubric with the first match of a pattern changed, beside its calibration."""
        text, count = re.subn(old, new, RUBRIC.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
        assert count, f"{RUBRIC} has no {old}"
        calibration = RUBRIC.with_suffix(".calibration.json").read_bytes()
        self.write({f"{name}.yaml": text, f"{name}.calibration.json": calibration})
        return self.folder / f"{name}.yaml"

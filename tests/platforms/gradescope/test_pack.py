"""The autograder zip, unpacked into a folder that looks like Gradescope's, set up and run there."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from builders_folders import make_file
from builders_platforms import SITE, a_program, ran, results_in, unpacked

from grader.platforms.gradescope.pack import BUDGET


def test_it_is_set_up_and_grades_without_network(tmp_path: Path, examples: Path) -> None:
    """As Gradescope does it: the zip in `source`, `setup.sh` once, then `run_autograder` for a submission.

    What the program needs is taken from the environment of these tests, so `pip` is told not to load it.
    """
    root = tmp_path / "autograder"
    names = unpacked("gradescope", root / "source", whole=True)
    shutil.copytree(examples / "ana_passes", root / "submission")
    metadata = {"id": 7, "users": [{"name": "Ana Example", "email": "ana@uni.example"}]}
    (root / "submission_metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    # The program is among the packages of these tests, too, and is to be installed all the same.
    offline = {"GRADER_ROOT": str(root), "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_FORCE_REINSTALL": "1"}
    # Python reads this file at its start, and so sees the packages of these tests.
    packages = f'"$3"/lib/python3.{sys.version_info.minor}/site-packages/tests.pth'
    install = f'"{sys.executable}" "$@" || exit 1\nif [ "$2" = venv ]; then echo "{SITE}" > {packages}; fi'
    a_program(tmp_path / "bin" / "python3.13", install)
    setup = ran(root / "source" / "setup.sh", **offline, PATH=f"{tmp_path / 'bin'}:/usr/bin:/bin")

    assert 0 == setup.returncode, setup.stderr
    assert BUDGET < 600
    assert {"setup.sh", "run_autograder"} <= set(names)
    assert "gradient_clipping.yaml has no mistakes" in setup.stdout.replace("\n", "")

    shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
    run = ran(root / "run_autograder", GRADER_ROOT=str(root))
    results = results_in(root)
    assert 0 == run.returncode, run.stderr
    assert (10, "visible") == (results["score"], results["visibility"])
    assert results["output"].startswith("Passed: 10 of 10 points.")
    assert ["passed"] * 14 == [test["status"] for test in results["tests"]]
    assert 10 == sum(test["max_score"] for test in results["tests"])
    *stages, isolation, limits = run.stdout.splitlines()
    assert ("  Isolation: ", "  Limits: ") == (isolation[:13], limits[:10])
    assert stages == [
        *(f"7: partial results, {points} of 10 points" for points in (0, 7, 9)),
        "7: passed, 10 of 10 points",
    ]


@pytest.mark.parametrize(("code", "results", "ends"), [(0, "{}", 0), (3, "{}", 0), (3, "", 3), (2, "", 2)])
def test_a_report_for_a_person_is_no_failure_of_the_autograder(
    tmp_path: Path, code: int, results: str, ends: int
) -> None:
    """Gradescope is to take the results, if there are any."""
    unpacked("gradescope", tmp_path / "source")
    make_file(tmp_path, "results/results.json", results.encode())
    a_program(tmp_path / "grader" / "bin" / "grader", f"exit {code}")

    assert ends == ran(tmp_path / "source" / "run_autograder", GRADER_ROOT=str(tmp_path)).returncode


# A Python that makes environments whose `pip` and `grader` say that they were called, and one that is no use.
NEW = """case "$1" in
  -c) exit 0 ;;
  -m) mkdir -p "$3/bin"; for name in pip grader; do printf '#!/bin/sh\necho $0 "$@"\n' > "$3/bin/$name"; done
      chmod +x "$3"/bin/*; echo "made by $0" ;;
esac"""
OLD = "exit 1"
UV = 'case "$2" in install) echo "installing $3" ;; find) echo "$GRADER_ROOT/new" ;; esac'
# What `apt-get install` and the installer of uv leave behind.
APT = """case "$*" in
  *install*python3.11*) cp "$GRADER_ROOT/new" "$GRADER_ROOT/bin/python3.11" ;;
  *install*) exit 100 ;;
esac"""
CURL = 'echo "cp $GRADER_ROOT/uv $GRADER_ROOT/bin/uv"'


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        ({"python3.12": NEW, "uv": UV}, "bin/python3.12"),
        ({"python3": NEW}, "bin/python3"),
        ({"python3": OLD, "uv": UV}, "new"),
        ({"python3": OLD, "curl": CURL}, "new"),
        ({"python3": OLD, "curl": "exit 6", "apt-get": APT}, "bin/python3.11"),
        ({"python3": OLD, "curl": "exit 6", "apt-get": "exit 100"}, None),
    ],
)
def test_a_python_that_is_new_enough_is_found_or_brought(
    tmp_path: Path, there: dict[str, str], taken: str | None
) -> None:
    """That of the image, else one by `uv`, else one of the distribution; else it is said what to choose."""
    unpacked("gradescope", tmp_path / "source")
    here = tmp_path / "bin"
    a_program(tmp_path / "new", NEW)
    a_program(tmp_path / "uv", UV)
    for name, script in there.items():
        a_program(here / name, script)
    for name in ("env", "sh", "mkdir", "chmod", "cp", "bash"):
        (here / name).symlink_to(shutil.which(name) or name)

    setup = ran(tmp_path / "source" / "setup.sh", GRADER_ROOT=str(tmp_path), PATH=str(here))

    if taken is None:
        assert (1, "needs Python 3.11 to 3.13" in setup.stderr) == (setup.returncode, True)
    else:
        made, *called = setup.stdout.splitlines()[-3:]
        assert 0 == setup.returncode, setup.stderr
        assert f"made by {tmp_path / taken}" == made
        assert ["pip", "grader"] == [Path(line.split()[0]).name for line in called]

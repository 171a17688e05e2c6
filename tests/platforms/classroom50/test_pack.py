"""The `autograder.py` of Classroom 50, started as the runner starts it, and the image for it."""

import sys
from pathlib import Path

import pytest
from builders_folders import make_file
from builders_platforms import a_program, ran, unpacked

from grader.platforms.classroom50.pack import BUDGET


@pytest.mark.parametrize(
    ("code", "has_result", "ends"), [(0, True, 0), (3, True, 0), (3, False, 3), (2, True, 2), (0, False, 0)]
)
def test_its_exit_code_says_whether_it_graded(tmp_path: Path, code: int, has_result: bool, ends: int) -> None:
    """0 if it did, also if a person must look; the step puts out the state, after what was there."""
    unpacked("classroom50", tmp_path / "bundle")
    written = "printf 'status=pending\\nsummary=x\\n' > step-output.txt; echo '{}' > result.json; "
    a_program(tmp_path / "bin" / "grader", f'echo "$@" > asked; {written * has_result}exit {code}')
    make_file(tmp_path, "environment/bin/grader", (tmp_path / "bin" / "grader").read_bytes())
    (tmp_path / "environment" / "bin" / "grader").chmod(0o755)
    output = make_file(tmp_path, "output", b"baseline-sha=1\n")
    (tmp_path / "repository").mkdir()

    done = ran(
        *(
            "bash",
            "-c",
            f'cd "{tmp_path}/repository" && "{sys.executable}" "{tmp_path}/bundle/autograder.py"',
        ),
        GRADER_FOLDER=str(tmp_path),
        GITHUB_OUTPUT=str(output),
    )

    assert ends == done.returncode, done.stderr
    put_out = "status=pending\nsummary=x\n" if has_result and not ends else ""
    assert f"baseline-sha=1\n{put_out}" == output.read_text(encoding="utf-8")
    asked = (tmp_path / "repository" / "asked").read_text(encoding="utf-8")
    assert asked == (
        f"hook classroom50 --budget {BUDGET} --rubric {tmp_path}/rubric/gradient_clipping.yaml\n"
    )
    assert BUDGET < 15 * 60

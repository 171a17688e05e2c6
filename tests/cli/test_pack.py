"""`grader pack`: one zip, and what to do with it."""

import zipfile
from pathlib import Path

import pytest
from builders_command_line import invoked

from grader.platforms import names


@pytest.mark.parametrize("platform", names("pack"))
def test_a_zip_for_a_platform(tmp_path: Path, platform: str) -> None:
    """It is written, with the rubric that was named, and explained; the help names the platform."""
    out = tmp_path / "packed.zip"
    done = invoked("pack", platform, "gradient_clipping", "--out", out)

    assert 0 == done.exit_code
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert [] != [path for path in archive.namelist() if path.endswith("rubric/gradient_clipping.yaml")]
    assert done.stdout.startswith(f"Written: {out}, ")
    assert 2 < len(done.stdout.splitlines())
    assert platform in invoked("pack", "--help").stdout


def test_a_platform_that_is_not_there(tmp_path: Path) -> None:
    """The nearest is named."""
    done = invoked("pack", "gradscope", "gradient_clipping", "--out", tmp_path / "x.zip")

    assert 2 == done.exit_code
    assert ["There is no platform `gradscope`.", "Did you mean `gradescope`?"] == done.stderr.splitlines()

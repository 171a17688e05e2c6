"""The folder of an image for PrairieLearn, run from a folder that looks like the image's."""

import json
from pathlib import Path

from builders_platforms import an_environment, ran, results_in, unpacked

from grader.platforms.prairielearn.pack import TIMEOUT


def test_its_script_grades_in_the_folders_of_the_platform(tmp_path: Path) -> None:
    """What `COPY` puts below `/grader`, the submission below `/grade`; only the grader makes `results`."""
    image, grade = tmp_path / "grader", tmp_path / "grade"
    unpacked("prairielearn", image)
    an_environment(image / "environment")
    (grade / "student").mkdir(parents=True)
    run = ran(image / "run.sh", GRADER_FOLDER=str(image), GRADER_ROOT=str(grade))
    results = results_in(grade)

    assert 0 == run.returncode, run.stderr
    assert (True, 0) == (results["gradable"], results["score"])
    assert ["results.json"] == [path.name for path in (grade / "results").iterdir()]


def test_the_fragment_is_one_of_info_json(tmp_path: Path) -> None:
    """With the keys that PrairieLearn knows, a time that it allows, and no network."""
    unpacked("prairielearn", tmp_path)
    fragment = json.loads((tmp_path / "info.json").read_text(encoding="utf-8"))
    options = fragment["externalGradingOptions"]

    assert "External" == fragment["gradingMethod"]
    timeout = options.pop("timeout")
    assert options.pop("image")
    assert {"enabled": True, "entrypoint": "/grader/run.sh", "enableNetworking": False} == options
    assert TIMEOUT == timeout <= 600


def test_the_image_copies_only_what_is_there(tmp_path: Path) -> None:
    """Each path after `COPY` is in the folder."""
    unpacked("prairielearn", tmp_path)
    lines = (tmp_path / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY")]

    assert 3 == len(copied)
    assert [] == [path for path in copied if not (tmp_path / path).exists()]

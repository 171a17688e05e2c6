"""Tests of `grader.platforms.packing.packed`: what every platform's file has in common."""

import subprocess

import pytest
from builders_packed import A_PROGRAM

from grader.platforms.packing import load, names
from grader.platforms.packing.shipment import shipment
from grader.rubric.shelf import DEFAULT


@pytest.mark.parametrize("platform", names())
def test_the_program_and_the_rubric_are_in_it(platform: str) -> None:
    """Under their names; each script is among the files, and bash finds no mistake in it."""
    packed = load(platform)(A_PROGRAM, shipment(DEFAULT))
    endings = {path.rpartition("/")[2] for path in packed.files}

    assert {A_PROGRAM.name, f"{DEFAULT}.yaml", f"{DEFAULT}.calibration.json"} <= endings
    assert set(packed.programs) <= set(packed.files)
    for path in packed.programs:
        script = str(packed.files[path])
        checked = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
        assert script.startswith("#!/usr/bin/env bash\n")
        assert "" == checked.stderr

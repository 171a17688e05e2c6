"""Make an image and an `autograder.py` for Classroom 50.

A bundle of Classroom 50 may have 10 MiB, which is less than the grader has with its data, and is loaded for
each submission; so the grader is in an image.
"""

from grader.platforms.packing import DOCKERFILE

FOLDER = ""
# The job has 15 minutes, in which the image is loaded.
BUDGET = 300

_RUNNER = """\
# What Classroom 50's own steps call in the image.
RUN apt-get update \\
 && apt-get install -y --no-install-recommends ca-certificates curl gh git \\
 && rm -rf /var/lib/apt/lists/*
"""
_AUTOGRADER = """\
\"\"\"Grades the repository that Classroom 50's runner starts this in.\"\"\"

import os
import subprocess
import sys

folder = os.environ.get("GRADER_FOLDER", "/grader")
grade = [f"{folder}/environment/bin/grader", "hook", "classroom50", "--budget", "{budget}"]
code = subprocess.call(
    [*grade, "--rubric", f"{folder}/{rubric}"], env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
)
# 3 says that a person must look. Without a result the grader could not do its work, which is an error.
if code in {0, 3} and os.path.isfile("result.json"):
    with open("step-output.txt", "rb") as status, open(os.environ["GITHUB_OUTPUT"], "ab") as output:
        output.write(status.read())
    code = 0
sys.exit(code)
"""
FILES = {"Dockerfile": DOCKERFILE + _RUNNER, "autograder.py": _AUTOGRADER}
ADVICE = (
    "Unpack it, run `docker build -t NAME .` in its folder, and push the image to where anybody can pull it.",
    "Do not do so with a rubric that has `labels`: Classroom 50 takes public images only.",
    "Put `autograder.py` into `CLASSROOM/autograders/ASSIGNMENT/` of your `classroom50` repository.",
    (
        'Register the assignment with the runtime {"container": {"image": "NAME", "user": "root"}}, and with '
        '"release_assets": ["report.html"] for the report beside each release.'
    ),
    "One point of the rubric is 100 of Classroom 50's; to change it, add `--per-point` to `autograder.py`.",
)

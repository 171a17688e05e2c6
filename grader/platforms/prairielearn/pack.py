"""Make an image and a part of `info.json` for PrairieLearn.

The grader and the rubric are in the image.
"""

import json

FOLDER = ""
IMAGE = "keras-homework-grader"
# PrairieLearn's own limit is 30 s where nothing else is chosen, and 600 s at most.
TIMEOUT = 120
# PrairieLearn counts the start of the container.
BUDGET = TIMEOUT - 10

_DOCKERFILE = """\
# The grader with everything that it needs: PrairieLearn's containers have no network.
FROM python:3.12-slim
COPY {wheel} /grader/
RUN python -m venv /grader/environment \\
 && /grader/environment/bin/pip install --no-cache-dir /grader/{wheel} \\
 && rm /grader/{wheel}
COPY rubric /grader/rubric
RUN /grader/environment/bin/grader rubric lint /grader/{rubric}
COPY run.sh /grader/run.sh
RUN chmod +x /grader/run.sh
CMD ["/grader/run.sh"]
"""
_RUN = """\
#!/usr/bin/env bash
# Grades the submission in /grade/student and writes /grade/results/results.json.
set -uo pipefail
folder="${GRADER_FOLDER:-/grader}"
root="${GRADER_ROOT:-/grade}"
export TF_CPP_MIN_LOG_LEVEL=2
"$folder/environment/bin/grader" hook prairielearn \\
  --root "$root" --rubric "$folder/{rubric}" --budget {budget}
code=$?
# 3 says that a person must look; the results say so themselves.
[ "$code" -eq 3 ] && [ -s "$root/results/results.json" ] && exit 0
exit "$code"
"""
_OPTIONS = {
    "enabled": True,
    "image": IMAGE,
    "entrypoint": "/grader/run.sh",
    "timeout": TIMEOUT,
    "enableNetworking": False,
}
_INFO = {"gradingMethod": "External", "externalGradingOptions": _OPTIONS}
FILES = {"Dockerfile": _DOCKERFILE, "run.sh": _RUN, "info.json": json.dumps(_INFO, indent=2) + "\n"}
ADVICE = (
    f"Unpack it, and run `docker build -t {IMAGE} .` in its folder.",
    "Push the image to where your PrairieLearn pulls from, and write its name there after `image`.",
    "Merge `info.json` into that of the question, which needs `pl-file-upload` for the model and the log.",
)

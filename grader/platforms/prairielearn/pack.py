"""Make an image and a part of `info.json` for PrairieLearn.

The grader and the rubric are in the image.
"""

import json

from grader.platforms.packing import DOCKERFILE, RUN_IN_IMAGE, run_script

FOLDER = ""
IMAGE = "keras-homework-grader"
# PrairieLearn's own limit is 30 s where nothing else is chosen, and 600 s at most.
TIMEOUT = 120
# PrairieLearn counts the start of the container.
BUDGET = TIMEOUT - 10

_OPTIONS = {
    "enabled": True,
    "image": IMAGE,
    "entrypoint": "/grader/run.sh",
    "timeout": TIMEOUT,
    "enableNetworking": False,
}
_INFO = {"gradingMethod": "External", "externalGradingOptions": _OPTIONS}
FILES = {
    "Dockerfile": DOCKERFILE + RUN_IN_IMAGE,
    "run.sh": run_script("prairielearn", "/grade", "results/results.json"),
    "info.json": json.dumps(_INFO, indent=2) + "\n",
}
ADVICE = (
    f"Unpack it, and run `docker build -t {IMAGE} .` in its folder.",
    "Push the image to where your PrairieLearn pulls from, and write its name there after `image`.",
    "Merge `info.json` into that of the question, which needs `pl-file-upload` for the model and the log.",
)

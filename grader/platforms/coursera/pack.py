"""Make the folder of an image for Coursera's custom grader."""

from grader.platforms.packing import DOCKERFILE, RUN_IN_IMAGE, run_script

FOLDER = ""
# Coursera's own limit is 1,200 s where nothing else is chosen, and 300 s at least.
BUDGET = 290

FILES = {
    "Dockerfile": DOCKERFILE + RUN_IN_IMAGE,
    "run.sh": run_script("coursera", "/shared", "feedback.json"),
}
ADVICE = (
    "Upload it as it is, with `coursera_autograder upload FILE COURSE ITEM PART`.",
    "The defaults are enough: 1 CPU, 4 GB of memory, 1,200 s. The network is not needed.",
    "Try it before with `coursera_autograder grade local IMAGE SUBMISSION '{}' --mem-limit 4096`.",
    "Let the part take one .zip file with the model and the log.",
)

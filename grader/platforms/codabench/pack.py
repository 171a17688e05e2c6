"""Make an image and a scoring program for Codabench."""

from grader.platforms.codabench.hook import ACCURACY, POINTS
from grader.platforms.packing import DOCKERFILE, RUN_IN_IMAGE, run_script

FOLDER = ""
# Codabench's own limit is 600 s where nothing else is chosen.
BUDGET = 570

_COMPETITION = f"""\
# Merge this into the `competition.yaml` of your bundle, with the folder `scoring_program` beside it.
version: 2
# Where your Codabench pulls the image from.
docker_image: keras-homework-grader
enable_detailed_results: true
# Others would see a student's report.
show_detailed_results_in_leaderboard: false
can_participants_make_submissions_public: false
tasks:
  - index: 0
    name: Homework
    scoring_program: scoring_program
leaderboards:
  - title: Results
    key: main
    submission_rule: Force_Last
    columns:
      - {{title: Points, key: {POINTS}, index: 0, sorting: desc, precision: 2}}
      - {{title: Accuracy, key: {ACCURACY}, index: 1, sorting: desc, precision: 4}}
"""
FILES = {
    "Dockerfile": DOCKERFILE + RUN_IN_IMAGE,
    "run.sh": run_script("codabench", "/app", "output/scores.json"),
    "scoring_program/metadata.yaml": "command: /grader/run.sh\n",
    "competition.yaml": _COMPETITION,
}
ADVICE = (
    "Unpack it, run `docker build -t keras-homework-grader .` in it, and push the image to a registry.",
    "Merge `competition.yaml` into that of your bundle, with the image's name, and add `scoring_program`.",
    "Let the phase accept only result submissions: a .zip with the model and the log.",
)

"""Make a workflow for a template repository on GitHub.

The grader and the rubric lie beside it.
"""

# The grader does not look into folders whose name begins with a dot.
FOLDER = ".github/grading/"
WORKFLOW = ".github/workflows/grading.yml"
# The workflow has 15 minutes, of which the installation of TensorFlow takes some.
BUDGET = 300

_WORKFLOW = """\
# Grades the submission in this repository; GitHub Classroom reads the points.
name: Grading
on: [push, workflow_dispatch]
permissions:
  contents: read
  checks: write
  actions: read
jobs:
  grading:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
          cache: pip
          cache-dependency-path: {wheel}
      - name: Install the grader
        run: |
          python -P -m venv "$RUNNER_TEMP/grader"
          "$RUNNER_TEMP/grader/bin/pip" install {wheel}
      - name: Grade
        id: grader
        env:
          TF_CPP_MIN_LOG_LEVEL: "2"
        run: |
          "$RUNNER_TEMP/grader/bin/grader" hook github . --rubric {rubric} --budget {budget}
      - name: Report to Classroom
        if: always() && steps.grader.outputs.result
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
          GRADER_RESULTS: ${{ steps.grader.outputs.result }}
        with:
          runners: grader
"""
FILES = {WORKFLOW: _WORKFLOW}
ADVICE = (
    "Unpack it in the assignment's template repository, and commit what is in its `.github`.",
    (
        "Students can change their repositories, and this workflow. For points that count, look at changes "
        "to `.github`, or grade copies of the repositories with `grader grade`."
    ),
)

"""GitHub: a workflow for a Classroom's template repository, with the grader and the rubric beside it."""

from grader.platforms.packing import Archive, RubricBundle, Wheel

WORKFLOW = ".github/workflows/grading.yml"
FOLDER = ".github/grading"
MINUTES = 15
# The installation of TensorFlow is a step of its own.
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
    timeout-minutes: {minutes}
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
          cache: pip
          cache-dependency-path: {folder}/{wheel}
      - name: Install the grader
        run: |
          python -m venv "$RUNNER_TEMP/grader"
          "$RUNNER_TEMP/grader/bin/pip" install {folder}/{wheel}
      - name: Grade
        id: grader
        env:
          TF_CPP_MIN_LOG_LEVEL: "2"
        run: |
          "$RUNNER_TEMP/grader/bin/grader" hook github . --rubric {folder}/{rubric} --budget {budget}
      - name: Report to Classroom
        if: always() && steps.grader.outputs.result
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
          GRADER_RESULTS: ${{{{ steps.grader.outputs.result }}}}
        with:
          runners: grader
"""


def pack(program: Wheel, rubric: RubricBundle) -> Archive:
    """The files of a repository; the grader does not look into folders whose name begins with a dot."""
    names = {
        "wheel": program.name,
        "rubric": rubric.rubric,
        "budget": BUDGET,
        "folder": FOLDER,
        "minutes": MINUTES,
    }
    files: dict[str, str | bytes] = {
        WORKFLOW: _WORKFLOW.format(**names),
        f"{FOLDER}/{program.name}": program.content,
        **{f"{FOLDER}/{path}": content for path, content in rubric.files.items()},
    }
    advice = (
        "Unpack it in the assignment's template repository, and commit what it has in `.github`.",
        (
            "Students can change what is in their repositories, this workflow too: for points that "
            "count, look at "
            "the changes to `.github`, or grade a copy of the repositories with `grader grade`."
        ),
    )
    return Archive(files, (), advice)

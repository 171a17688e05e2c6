"""Make an image and the files of a lab for Autolab.

The lab's `autograde.tar` has the rubric, so that it can change without another image.
"""

FOLDER = ""
# Autolab's own limit is 180 s where nothing else is chosen.
BUDGET = 170
TIMEOUT = 180

_DOCKERFILE = """\
# Autolab's image with the grader. The image's own Python may be too old, so uv brings one.
FROM autograding_image
COPY --from=ghcr.io/astral-sh/uv:latest /uv /usr/local/bin/uv
COPY {wheel} /grader/
ENV UV_PYTHON_INSTALL_DIR=/grader/python
RUN uv venv --python 3.12 /grader/environment \\
 && uv pip install --no-cache --python /grader/environment/bin/python /grader/{wheel} \\
 && rm /grader/{wheel}
"""
_LAB = """\
# Makes the file that Autolab unpacks beside a submission; run `make` after each change of the rubric.
autograde.tar: rubric
\ttar cf autograde.tar rubric
.PHONY: autograde.tar
"""
_AUTOGRADE = """\
# Autolab runs this for each submission. The last line has the points, or none if the grader did not work.
all:
\t@tar xf autograde.tar
\t@mkdir -p submission
\t@find . -maxdepth 1 -type f ! -name Makefile ! -name autograde.tar -exec mv {} submission/ ';'
\t@TF_CPP_MIN_LOG_LEVEL=2 $${GRADER_FOLDER:-/grader}/environment/bin/grader hook autolab \\
\t  --rubric {rubric} --budget {budget} 2>/dev/null \\
\t  || [ $$? -eq 3 ] || echo '{"scores": {"Total": null}}'
"""
FILES = {"Dockerfile": _DOCKERFILE, "Makefile": _LAB, "autograde-Makefile": _AUTOGRADE}
ADVICE = (
    "Unpack it. In its folder, run `make`, and have `docker build -t keras-homework-grader .` run on Tango.",
    "With Add Autograder, put `autograde-Makefile` and `autograde.tar` into the lab, and name the image.",
    f"Let the lab take a .zip file, set its timeout to {TIMEOUT} s or more, and let Tango give it 1.5 GB.",
    "Define one problem, Total, with the rubric's points. It has no score while a teacher still decides.",
)

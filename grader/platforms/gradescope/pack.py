"""Make the autograder zip for Gradescope.

Its `setup.sh` has the network; its `run_autograder` needs none.
"""

FOLDER = ""
# Gradescope's own limit is 10 minutes where nothing else is chosen.
BUDGET = 570

_SETUP = """\
#!/usr/bin/env bash
# Installs the grader. Gradescope runs this once, with the network, when the zip is uploaded.
set -euo pipefail
root="${GRADER_ROOT:-/autograder}"

find_python() {
  local fits='import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'
  for name in python3.13 python3.12 python3.11 python3; do
    if command -v "$name" >/dev/null && "$name" -c "$fits" 2>/dev/null; then
      echo "$name"
      return 0
    fi
  done
  return 1
}

# The Python 3.10 of Gradescope's usual image, Ubuntu 22.04, is too old. `uv` brings a newer one.
bring_python() {
  {
    command -v uv ||
      curl -LsSf https://astral.sh/uv/install.sh | env UV_INSTALL_DIR=/usr/local/bin sh ||
      python3 -m pip install uv
  } >&2 || return 1
  export UV_PYTHON_INSTALL_DIR="$root/python"
  uv python install 3.13 >&2 && uv python find 3.13
}

install_python() {
  apt-get update
  for version in 3.13 3.12 3.11; do
    apt-get install -y --no-install-recommends "python$version" "python$version-venv" && return 0
  done
  return 1
}

if ! python="$(find_python)" && ! python="$(bring_python)"; then
  install_python && python="$(find_python)" || {
    echo "The grader needs Python 3.11 to 3.13: choose a newer base image in Gradescope." >&2
    exit 1
  }
fi
"$python" -m venv "$root/grader"
"$root/grader/bin/pip" install --no-cache-dir "$root/source/{wheel}"
# A mistake in the rubric is better seen now than in the first submission.
"$root/grader/bin/grader" rubric lint "$root/source/{rubric}"
"""
_RUN = """\
#!/usr/bin/env bash
# Grades one submission. Gradescope runs this for each, in a container of its own.
set -uo pipefail
root="${GRADER_ROOT:-/autograder}"
export TF_CPP_MIN_LOG_LEVEL=2
"$root/grader/bin/grader" hook gradescope --root "$root" --rubric "$root/source/{rubric}" --budget {budget}
code=$?
# 3 says that a person must look; the results say so themselves, and Gradescope is to take them.
[ "$code" -eq 3 ] && [ -s "$root/results/results.json" ] && exit 0
exit "$code"
"""
# Gradescope wants both at the root of the zip.
FILES = {"setup.sh": _SETUP, "run_autograder": _RUN}
ADVICE = (
    "Upload it in Gradescope under Configure Autograder, as Zip file upload.",
    (
        "Choose 1 CPU with 1.5 GB of memory. A submission takes 0.6 GB, so Gradescope's default of 0.75 GB "
        "is enough as well, but slower."
    ),
    f"Leave the time limit at 10 minutes. The grader needs at most {BUDGET} s.",
)

"""Make an image and a gradeable's files for Submitty."""

import json

from grader.platforms.packing import DOCKERFILE, RUN_IN_IMAGE, run_script

FOLDER = ""
BUDGET = 170
SECONDS = 180

_RESULT = "results/validation_results.json"
_RUNNER = """\
# What Submitty's runner is linked with.
RUN apt-get update \\
 && apt-get install -y --no-install-recommends libseccomp2 \\
 && rm -rf /var/lib/apt/lists/*
"""
_VALIDATOR = f"""\
\"\"\"Hands on the result of the test case; without one, the grader could not do its work.\"\"\"

import json
import os
import shutil

with open("custom_validator_input.json", encoding="utf-8") as file:
    result = os.path.join(json.load(file)["testcase_prefix"], "{_RESULT}")
if os.path.isfile(result):
    shutil.copyfile(result, "validation_results.json")
else:
    with open("validation_results.json", "w", encoding="utf-8") as file:
        json.dump({{"status": "fail", "message": "There is no result of the grader."}}, file)
"""
CONFIG = {
    "autograding_method": "docker",
    "container_options": {"container_image": "keras-homework-grader:latest"},
    "autograding": {
        # Files that are not in a folder: a student cannot hand in a result.
        "submission_to_runner": ["*.*"],
        "submission_to_validation": [],
        "work_to_details": [f"test*/{_RESULT}", "test*/*.txt"],
    },
    "max_submission_size": 50_000_000,
    "resource_limits": {
        "RLIMIT_CPU": SECONDS,
        "RLIMIT_FSIZE": 500_000_000,
        "RLIMIT_DATA": 8_000_000_000,
        "RLIMIT_STACK": 8_000_000_000,
        "RLIMIT_RSS": 2_000_000_000,
        "RLIMIT_NPROC": 500,
        "RLIMIT_NOFILE": 1_000,
    },
    # TensorFlow has threads; the grader has processes that send one another what was measured.
    "allow_system_calls": [
        "COMMUNICATIONS_AND_NETWORKING_INTERPROCESS_COMMUNICATION",
        "COMMUNICATIONS_AND_NETWORKING_KILL",
        "COMMUNICATIONS_AND_NETWORKING_SIGNALS",
        "COMMUNICATIONS_AND_NETWORKING_SOCKETS",
        "COMMUNICATIONS_AND_NETWORKING_SOCKETS_MINIMAL",
        "FILE_MANAGEMENT_MOVE_DELETE_RENAME_FILE_DIRECTORY",
        "FILE_MANAGEMENT_PERMISSIONS",
        "FILE_MANAGEMENT_RARE",
        "PROCESS_CONTROL_ADVANCED",
        "PROCESS_CONTROL_GET_SET_USER_GROUP_ID",
        "PROCESS_CONTROL_MEMORY_ADVANCED",
        "PROCESS_CONTROL_NEW_PROCESS_THREAD",
        "PROCESS_CONTROL_SCHEDULING",
        "PROCESS_CONTROL_SYNCHRONIZATION",
        "TGKILL",
        "UNKNOWN",
    ],
    "testcases": [
        {
            "title": "Homework",
            "command": "bash /grader/run.sh",
            "points": 10,
            "validation": [
                {
                    "method": "custom_validator",
                    "command": "python3 validator.py",
                    "actual_file": _RESULT,
                }
            ],
        }
    ],
}
FILES = {
    "Dockerfile": DOCKERFILE + RUN_IN_IMAGE + _RUNNER,
    "run.sh": run_script("submitty", ".", _RESULT),
    "config/config.json": json.dumps(CONFIG, indent=2) + "\n",
    "config/custom_validation_code/validator.py": _VALIDATOR,
}
ADVICE = (
    "Unpack it, and have `docker build -t keras-homework-grader .` run on the machines that grade.",
    "Give the gradeable the folder `config`, and write the rubric's points after `points` there.",
    "Students hand in the files themselves, in no folder.",
    "This was not tried on a Submitty: if its filter ends the grader, ask for the system call that it names.",
)

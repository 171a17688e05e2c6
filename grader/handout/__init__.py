"""What a teacher gives to students: files by their names, made of a rubric."""

import io

import numpy as np

from grader.datasets import SHIPPED, Dataset
from grader.exercises.handed_out import GIVEN, PAGE, HandedOut
from grader.handout import how_to_check
from grader.handout.notebook import IMAGES, starter, trains
from grader.handout.one_file import one_file
from grader.messages.languages import ENGLISH
from grader.platforms.packing import FOLDER, Wheel, bundle
from grader.rubric import Rubric
from grader.rubric.lookup import find_rubric

LOGGER, STARTER = "norm_logger.py", "starter.ipynb"


def for_everyone(rubric: Rubric, found_by: str, data: Dataset, program: Wheel) -> dict[str, str | bytes]:
    """What all students get, of a rubric that is found by a name or a path, and the images that it names.

    The rubric itself, and the program to check with, are among it unless `kept_back` says why not.
    """
    files: dict[str, str | bytes] = {LOGGER: one_file()} if trains(rubric) else {}
    if kept_back(rubric):
        if rubric.starter:
            own = find_rubric(found_by).parent / rubric.starter
            files[own.name] = own.read_bytes()
        files[how_to_check.NAME] = how_to_check.page(rubric)
    else:
        its = {path.removeprefix(f"{FOLDER}/"): content for path, content in bundle(found_by).items()}
        files |= {program.name: program.content, **its}
        files[how_to_check.NAME] = how_to_check.page(rubric, program.name, next(iter(its)))
    if data.name not in SHIPPED and trains(rubric):
        content = io.BytesIO()
        np.savez_compressed(content, allow_pickle=False, images=data.x_train, classes=data.y_train)
        files[IMAGES] = content.getvalue()
    return files


def for_one(rubric: Rubric, data: Dataset, student: str = "") -> dict[str, str | bytes]:
    """What the student with this id gets; a starter notebook unless the teacher has made one."""
    files: dict[str, str | bytes] = {} if rubric.starter else {STARTER: starter(rubric, data, student)}
    if rubric.exercises:
        own = HandedOut(rubric.exercises, rubric.plan.course_key, student)
        files |= {GIVEN: own.file(), PAGE: own.page(rubric.language or ENGLISH)}
    return files


def differs(rubric: Rubric) -> bool:
    """Whether each student gets something else."""
    has_seeds = rubric.plan.replay is not None and rubric.plan.replay.seed == "per_student"
    return has_seeds or bool(rubric.exercises)


def kept_back(rubric: Rubric) -> str:
    """Why students do not get the rubric, and so cannot check at home; "" where they do."""
    if rubric.plan.data not in SHIPPED:
        return "Its data hold the labels of the test images."
    if rubric.labels:
        return "Its labels are what students predict."
    if any(item.show != "always" for item in rubric.items):
        return "It has items that are not shown to students."
    return ""

"""Canvas' API: a course's students with what they have for an assignment, and a grade and a comment for one.

It is asked through `canvasapi`, the extra `canvas`; whatever goes wrong there is a `UsageError`.

Sources: `app/controllers/submissions_api_controller.rb` of instructure/canvas-lms, and the documents it has.
Only those to whom the assignment is given have a submission, be it an empty one. `entered_score` is the score
before Canvas takes points off for late work, as a posted grade is. Requests that come too fast are answered
with 429, formerly with 403 and the words `Rate Limit Exceeded`.
"""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from grader.errors import UsageError
from grader.messages.safe_text import plain
from grader.messages.wording import quoted
from grader.reports.sentences import in_words

TOKEN = "CANVAS_TOKEN"  # noqa: S105  (where the token is, not a token)
EXCUSED, NOT_GIVEN = "EX", "N/A"
_HERE = {"127.0.0.1", "localhost", "::1"}
_SECONDS = 60.0
_PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)
_LONGEST = 200
_NO_POINTS = {"pass_fail", "not_graded"}
_LATER = "Try again later; what has been sent is not sent again."

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Student:
    """A student of the course; `grade` is as the gradebook's export has it, `comments` are their texts.

    The `submission` is what `canvasapi` has of it, None where the assignment is not for this student.
    """

    name: str
    ids: tuple[str, ...]
    logins: tuple[str, ...]
    grade: str
    handed_in: bool
    comments: tuple[str, ...]
    submission: Any = None


@dataclass(frozen=True)
class Work:
    """An assignment: its title, the points that are possible, and the students of its course."""

    title: str
    possible: float | None
    students: tuple[Student, ...]


def read_work(address: str, token: str, course: int, assignment: int) -> Work:
    """What there is at an address such as `https://canvas.example.edu`, for whom the token lets in."""
    canvas = _connected(address, token)

    def read() -> Work:
        place = canvas.get_course(course)
        # Else a request may take for ever, and `canvasapi` has no setting for it.
        session = place._requester._session  # noqa: SLF001
        session.request = partial(session.request, timeout=_SECONDS)
        work = place.get_assignment(assignment)
        if work.grading_type in _NO_POINTS:
            raise UsageError(
                f"The assignment {quoted(str(work.name))} is not graded in points ({work.grading_type}).",
                "Have Canvas display its grade as points.",
            )
        given = {one.user_id: one for one in work.get_submissions(include=["submission_comments"])}
        people = {one.id: one for one in place.get_users(enrollment_type=["student"])}
        students = tuple(_student(one, given.get(number)) for number, one in people.items())
        possible = work.points_possible
        return Work(str(work.name), None if possible is None else float(possible), students)

    return _asked(read, f"the course {course} with the assignment {assignment}")


def send(student: Student, grade: str | None, comment: str | None) -> None:
    """Give a grade, or take it away if it is "", and add a comment; None leaves what there is."""
    fields: dict[str, dict[str, str]] = {}
    if grade is not None:
        fields["submission"] = {"posted_grade": grade}
    if comment is not None:
        fields["comment"] = {"text_comment": comment}
    _asked(lambda: student.submission.edit(**fields), f"the submission of {quoted(student.name)}")


def _connected(address: str, token: str) -> Any:
    parts = urlsplit(address)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    if not secure or not parts.hostname or parts.path.strip("/") or parts.query:
        raise UsageError(
            f"The address of Canvas must be like `https://canvas.example.edu`. Received: {quoted(address)}.",
            "Give the beginning of what your browser shows, before the first single `/`.",
        )
    if not token.strip():
        raise UsageError(
            f"The environment must have `{TOKEN}`.",
            "Make a token in Canvas under Account, Settings, New Access Token. It is not an option, which "
            "other users could see.",
        )
    try:
        import canvasapi
    except ModuleNotFoundError as error:
        raise UsageError(
            f"Canvas' API needs the package `{error.name}`, which is not installed.",
            "Install it: pip install 'keras-homework-grader[canvas]'",
        ) from None
    with warnings.catch_warnings():
        # It warns of `http`, which is allowed on this machine alone.
        warnings.simplefilter("ignore", UserWarning)
        return canvasapi.Canvas(address, token)


def _student(person: Any, submission: Any) -> Student:
    """What Canvas says of a student; ids of the school and logins come only to those who may see them."""
    known = {
        key: str(getattr(person, key, None) or "") for key in ("sis_user_id", "integration_id", "login_id")
    }
    score = getattr(submission, "entered_score", None)
    score = getattr(submission, "score", None) if score is None else score
    grade = NOT_GIVEN if submission is None else "" if score is None else str(in_words(float(score)))
    comments = getattr(submission, "submission_comments", None) or []
    return Student(
        name=str(getattr(person, "sortable_name", None) or person.name),
        ids=(str(person.id), known["sis_user_id"], known["integration_id"]),
        logins=(known["login_id"], str(getattr(person, "email", None) or "")),
        grade=EXCUSED if getattr(submission, "excused", False) else grade,
        handed_in=bool(getattr(submission, "submitted_at", None)),
        comments=tuple(str(comment.get("comment") or "") for comment in comments),
        submission=submission,
    )


def _asked(ask: Callable[[], Answer], what: str) -> Answer:
    """The answer, also if Canvas first asks to wait; what goes wrong is said of `what` was asked for."""
    for pause in (*_PAUSES, None):
        try:
            return _answered(ask, what)
        except _BusyError:
            if pause is not None:
                time.sleep(pause)
    raise UsageError(f"Canvas has no time for so many requests, and did not give {what}.", _LATER)


class _BusyError(Exception):
    """Canvas asks to wait."""


def _answered(ask: Callable[[], Answer], what: str) -> Answer:
    from canvasapi import exceptions
    from requests import RequestException

    try:
        return ask()
    except exceptions.InvalidAccessToken:
        message, hint = "Canvas does not know the token.", f"Make another one, and put it into `{TOKEN}`."
    except exceptions.RateLimitExceeded:
        raise _BusyError from None
    except (exceptions.Unauthorized, exceptions.Forbidden) as error:
        if "rate limit" in str(error).lower():
            raise _BusyError from None
        message = f"Canvas does not let the owner of the token read or grade {what}."
        hint = (
            "Use the token of somebody who may grade there; grades of a moderated assignment must be posted."
        )
    except exceptions.ResourceDoesNotExist:
        message, hint = f"Canvas does not have {what}.", "Take both numbers from the assignment's address."
    except exceptions.CanvasException as error:
        message, hint = f"Canvas refused {what}: {plain(str(error), _LONGEST)}", _LATER
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"The answer about {what} is none of Canvas' ({type(error).__name__})."
        hint = "Check the address."
    except RequestException as error:
        message, hint = f"Canvas cannot be reached for {what} ({type(error).__name__}).", _LATER
    raise UsageError(message, hint)

"""Who is in the class: a roster's students."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Student:
    """One line of a roster.

    Attributes:
        id: the first that the line has of an id, a login, an e-mail address and a name.
        name: as the roster writes it, or given name and family name; "" where it has none.
        ids: every id of the student, `id` among them if it is one.
        email: "" where the roster has none.
        login: likewise.
        line: of the file, from 1.
    """

    id: str
    name: str = ""
    ids: tuple[str, ...] = ()
    email: str = ""
    login: str = ""
    line: int = 0

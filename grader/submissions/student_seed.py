"""The seed of one student of one course, from which everything is made that differs between students."""

import hashlib
import unicodedata


def student_seed(course_key: str, student: str, purpose: str = "") -> int:
    """A whole number below 2**31 for a student's id; another course, student or `purpose` has another one.

    Upper and lower case, accents that are written in two ways, and blanks around the id do not count.
    It is no secret: it makes students different, and hides nothing.
    """
    written = unicodedata.normalize("NFC", student.strip().casefold())
    content = f"{purpose}\0{written}".encode(errors="backslashreplace")
    key = hashlib.blake2b(course_key.encode(errors="backslashreplace"), digest_size=32).digest()
    return int.from_bytes(hashlib.blake2b(content, digest_size=8, key=key).digest(), "big") % 2**31

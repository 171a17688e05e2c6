"""What the columns of a roster mean: their usual names on the platforms and in lists made by hand."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal

Role = Literal["id", "other id", "identifier", "name", "given name", "family name", "email", "login"]

# Moodle writes its columns in the site's language.
_NAMES: Mapping[Role, str] = {
    "id": "id, student id, student number, matriculation number, matrikelnummer, matricula",
    "other id": "sis user id, sid, id number, idnumber, user id, userid, canvas id, github id, "
    "integration id, id nummer, numero de id, numero d'identification, numero de identificacion",
    "identifier": "identifier, participant, teilnehmer/in",
    "name": "name, student, student name, full name, fullname, vollstandiger name, nombre completo, "
    "nom complet",
    "given name": "first name, firstname, given name, vorname, nombre, prenom",
    "family name": "last name, lastname, family name, surname, nachname, apellido, apellidos, apellido(s), "
    "nom, nom de famille",
    "email": "email, e mail, email address, e mail address, mail, e mail adresse, direccion de correo, "
    "correo electronico, adresse de courriel",
    "login": "sis login id, login, login id, username, user name, github username, github, anmeldename, "
    "nombre de usuario, nom d'utilisateur",
}
_ROLES = {name: role for role, names in _NAMES.items() for name in names.split(", ")}


def role_of(header: str) -> Role | None:
    """What a column holds, by its header, whatever its letter case and accents; None if it is not known."""
    letters = unicodedata.normalize("NFKD", header.casefold())
    unmarked = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _ROLES.get(re.sub(r"[\s_-]+", " ", unmarked).strip())


def roles_of(headers: Sequence[str]) -> tuple[Role | None, ...]:
    """What each column holds; of two with one role, other than ids, the first has it."""
    roles: list[Role | None] = []
    for header in headers:
        role = role_of(header)
        roles.append(None if role in roles and role not in ("id", "other id") else role)
    return tuple(roles)

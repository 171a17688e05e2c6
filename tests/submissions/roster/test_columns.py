"""What the columns of rosters mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.submissions.roster.columns import role_of, roles_of


@pytest.mark.parametrize(
    ("headers", "roles"),
    [
        ("id,name,email", ["id", "name", "email"]),
        (
            "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77)",
            ["name", "id", "other id", "login", None, None],
        ),
        (
            "First name,Last name,ID number,Email address,Groups",
            ["given name", "family name", "other id", "email", None],
        ),
        (
            "Identifier,Full name,ID number,Email address,Status,Grade",
            ["identifier", "name", "other id", "email", None, None],
        ),
        ("First Name,Last Name,SID,Email,Sections", ["given name", "family name", "other id", "email", None]),
        ("identifier,github_username,github_id,name", ["identifier", "login", "other id", "name"]),
        ("Vorname,Nachname,ID-Nummer,E-Mail-Adresse", ["given name", "family name", "other id", "email"]),
        (
            "Nombre,Apellido(s),Número de ID,Dirección de correo",
            ["given name", "family name", "other id", "email"],
        ),
        (
            "Prénom,Nom de famille,Numéro d'identification,Adresse de courriel",
            ["given name", "family name", "other id", "email"],
        ),
        ("name,Name,id,ID", ["name", None, "id", "id"]),
    ],
)
def test_headers_of_platforms(headers: str, roles: list[str | None]) -> None:
    """Letter case, accents, hyphens and underscores do not matter; of two names the first is taken."""
    assert roles == list(roles_of(headers.split(",")))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
def test_any_header_has_a_role_or_none(header) -> None:
    """Spaces around it and its letter case do not matter."""
    assert role_of(header) == role_of(f"  {header} ")
